/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "json/names.h"

_Static_assert(FLAT_NAME_SLOTS > 2 * FLAT_MAX_NAMES, "never more than half full");

void flat_names_init(struct flat_names *names)
{
	names->n = 0;
	names->used = 0;
	memset(names->slots, 0, sizeof(names->slots));
	names->of[0] = (struct flat_name){ .number = -1 };
}

/* A number that few other names share. */
static uint64_t print_of(const char *name, size_t len, bool inner)
{
	uint64_t print = len << 1 | inner;

	for (size_t i = 0; i < len; i++)
		print = (print ^ (unsigned char)name[i]) * 0x9e3779b97f4a7c15ULL;
	return print ^ print >> 32;
}

static bool is_name(const struct flat_names *names, unsigned int i, uint64_t print, const char *name, size_t len,
		    bool inner)
{
	const struct flat_name *its = &names->of[i];

	return its->print == print && its->len == len && its->inner == inner &&
	       !memcmp(names->bytes + its->at, name, len);
}

/* Put a new name into a free slot. */
static unsigned int put(struct flat_names *names, uint8_t *slot, uint64_t print, const char *name, size_t len,
			bool inner)
{
	char *bytes = names->bytes + names->used;

	if (names->n == FLAT_MAX_NAMES || len + 2 > FLAT_NAME_BYTES - names->used)
		return 0;
	/* NOLINTBEGIN(bugprone-not-null-terminated-result): names have a length, and end with ": */
	memcpy(bytes, name, len);
	memcpy(bytes + len, "\":", 2);
	/* NOLINTEND(bugprone-not-null-terminated-result) */
	names->of[++names->n] = (struct flat_name){
		.print = print, .at = (uint16_t)names->used, .len = (uint16_t)len, .number = -1, .inner = inner,
	};
	names->used += len + 2;
	*slot = (uint8_t)names->n;
	return names->n;
}

unsigned int flat_names_find(struct flat_names *names, const char *name, size_t len, bool inner)
{
	uint64_t print = print_of(name, len, inner);
	unsigned int slot = print % FLAT_NAME_SLOTS;

	if (len > FLAT_MAX_NAME)
		return 0;
	for (; names->slots[slot]; slot = (slot + 1) % FLAT_NAME_SLOTS)
		if (is_name(names, names->slots[slot], print, name, len, inner))
			return names->slots[slot];
	return put(names, &names->slots[slot], print, name, len, inner);
}

bool flat_names_add(struct flat_names *names, const char *name, bool inner, int number)
{
	unsigned int last = names->n, i = flat_names_find(names, name, strlen(name), inner);

	if (!i)
		return false;
	names->of[i].number = (int16_t)number;
	names->of[last].next = (uint8_t)i;
	return true;
}
