/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_JSON_NAMES_H
#define CTAGG_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The names that the fields of many lines have: those that a reader wants, each with a number of the
 * reader's, and those that it has met besides. Lines of one kind mostly have the same names in the same
 * order, so each name remembers which name stood behind it the last time: then it costs one comparison
 * to know the name of a field.
 *
 * Not for two threads at a time. The members are for names.c and flat.c only. */
#define FLAT_MAX_NAMES 255	/* further names are read, but not remembered */
#define FLAT_MAX_NAME 64	/* the same of longer ones, in bytes */
#define FLAT_NAME_BYTES 8192	/* and when all together have more than that */
#define FLAT_NAME_SLOTS 512

struct flat_name {
	uint64_t print;
	uint16_t at, len;
	int16_t number;
	uint8_t next;
	bool inner;
};

/* of     from 1 on; 0 stands for the beginning of a line, and in `next' and in slots for none
 * bytes  of all names, each followed by the quote and the colon that follow it in lines
 * slots  of a hash table: open addressing with linear probing
 */
struct flat_names {
	unsigned int n;
	size_t used;
	struct flat_name of[FLAT_MAX_NAMES + 1];
	uint8_t slots[FLAT_NAME_SLOTS];
	char bytes[FLAT_NAME_BYTES];
};

void flat_names_init(struct flat_names *names);

/* The reader wants fields of this name, at most FLAT_MAX_NAME bytes of plain ASCII, and knows them by
 * this number, 0 or more. inner: fields of the object that flat_allow() allows. Add the names in the
 * order in which lines mostly have them. Returns false when there is no room. */
bool flat_names_add(struct flat_names *names, const char *name, bool inner, int number);

/* The place of a name in names->of, where it is put if it is new; 0 when it is not to be had. */
unsigned int flat_names_find(struct flat_names *names, const char *name, size_t len, bool inner);

#endif
