/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_JSON_FLAT_H
#define CTAGG_JSON_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/names.h"

/* Reads one flat JSON object (RFC 8259), as each line of ctagg is one, and copies nothing.
 *
 * What jansson refuses with JSON_REJECT_DUPLICATES is refused here too: bytes that are not UTF-8,
 * control characters in a string, unknown escapes, half a surrogate pair, \u0000, numbers with a
 * leading 0 or without a digit on either side of the point, numbers that neither 64 bits nor a
 * double can hold, a name given twice, text behind the object. This reader refuses more:
 *
 *   - a value that is an array or an object, so a line cannot nest; but for flat_allow()
 *   - a line that is an array
 *   - an object of more than FLAT_MAX_FIELDS fields
 *   - a NUL behind a number, which jansson skips
 */
#define FLAT_MAX_FIELDS 256

/* The inside of a string as it stands in the line; lent. escaped: it has escapes, so flat_copy()
 * gives what it means; otherwise it means what it is. */
struct flat_text {
	const char *p;
	size_t len;
	bool escaped;
};

enum flat_type {
	FLAT_STRING,	/* text */
	FLAT_COUNT,	/* count: a number of digits only, at most 2^63 - 1 */
	FLAT_NUMBER,	/* any other number: it has a sign, a fraction or an exponent */
	FLAT_TRUTH,	/* truth */
	FLAT_NULL,
};

/* One name and its value. The members named in enum flat_type are set for that type only; text
 * also for FLAT_NUMBER: the number as it stands in the line.
 *
 * name    not of a field in of[], see flat_begin()
 * number  of the name, as flat_names_add() was told; -1: none
 * inner   a field of the object that flat_allow() allows
 */
struct flat_field {
	struct flat_text name;
	int number;
	enum flat_type type;
	bool inner;
	struct flat_text text;
	uint64_t count;
	bool truth;
};

/* A line that is being read; its members are for flat.c only, but `why', which the caller may
 * read: why flat_next() failed, a static text.
 *
 * of, spare  where fields go that have a number, and those that have none
 * allowed    the name of the field that may be an object; NULL: none
 * within     that object is being read
 * any        the object that is being read has had a field
 * known      the name that was read last, in names->of
 * met        a bit for each name of names->of that the line has had
 * n          fields so far
 * others     the names that are not in names->of; from first_other on those of the object that is being
 *            read
 */
struct flat {
	const char *p, *end;
	const char *why, *allowed;
	struct flat_names *names;
	struct flat_field *of, spare;
	bool begun, within, any;
	unsigned int known;
	uint64_t met[(FLAT_MAX_NAMES + 1) / 64];
	size_t n, n_others, first_other;
	struct flat_text others[FLAT_MAX_FIELDS];
};

/* Begin to read a line of len bytes, without its newline. Fields whose names have a number go to of[number],
 * unless `of' is NULL. Everything is lent until the last use of f and of the fields. names can be NULL: no
 * name has a number. */
void flat_begin(struct flat *f, struct flat_names *names, struct flat_field *of, const char *line, size_t len);

/* Allow that the value of the field of this name (a static text) is a flat object: flat_next() then
 * returns the fields of that object, `inner', in place of the field. Call it before the first
 * flat_next(). */
void flat_allow(struct flat *f, const char *name);

/* The next field, which is lent until the next call or, in of[], until the line's last use. Returns 1; 0
 * behind the last field, when the whole line is well-formed; or -EBADMSG at the first byte that is not, and
 * f->why. A line can be found malformed behind fields that have been returned already, so act on fields only
 * after the 0. */
int flat_next(struct flat *f, const struct flat_field **field);

/* Whether the text means these len bytes of UTF-8. */
bool flat_is(const struct flat_text *text, const char *s, size_t len);

/* Copy what the text means to `to`, without a NUL at the end. No text has a NUL inside. Returns
 * false when it has more than `room` bytes; otherwise true, and the number of bytes in *len. */
bool flat_copy(const struct flat_text *text, char *to, size_t room, size_t *len);

#endif
