/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash/hash_set.h"

uint64_t hash_set_slots(uint64_t n)
{
	uint64_t slots = 2;

	while (slots < 2 * n)
		slots *= 2;
	return slots;
}

int hash_set_open(struct hash_set *s, uint64_t limit)
{
	s->used = 0;
	s->limit = limit;
	s->mask = hash_set_slots(limit) - 1;
	s->slots = calloc(s->mask + 1, sizeof(*s->slots));
	return s->slots ? 0 : -ENOMEM;
}

int hash_set_grow(struct hash_set *s)
{
	struct hash_set larger;

	if (s->used < s->limit)
		return 0;
	if (hash_set_open(&larger, 2 * s->limit))
		return -ENOMEM;
	hash_set_add_all(&larger, s);
	hash_set_close(s);
	*s = larger;
	return 0;
}

bool hash_set_add(struct hash_set *s, uint64_t hash)
{
	uint64_t i;

	if (!hash)
		hash = 1;
	for (i = hash & s->mask; s->slots[i]; i = (i + 1) & s->mask)
		if (s->slots[i] == hash)
			return false;
	if (s->used < s->limit) {
		s->slots[i] = hash;
		s->used++;
	}
	return true;
}

void hash_set_add_all(struct hash_set *s, const struct hash_set *from)
{
	uint64_t left = from->used;

	for (uint64_t i = 0; left; i++) {
		if (!from->slots[i])
			continue;
		hash_set_add(s, from->slots[i]);
		left--;
	}
}

void hash_set_clear(struct hash_set *s)
{
	if (s->used)
		memset(s->slots, 0, (s->mask + 1) * sizeof(*s->slots));
	s->used = 0;
}

void hash_set_close(struct hash_set *s)
{
	free(s->slots);
	s->slots = NULL;
}
