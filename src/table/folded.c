/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/folded.h"

uint64_t folded_slots(uint64_t n)
{
	uint64_t slots = 2;

	while (slots < 2 * n)
		slots *= 2;
	return slots;
}

int folded_open(struct folded *f, uint64_t limit)
{
	f->limit = limit;
	f->mask = folded_slots(limit) - 1;
	f->hash = calloc(f->mask + 1, sizeof(*f->hash));
	return f->hash ? 0 : -ENOMEM;
}

void folded_add(struct folded *f, uint64_t hash)
{
	uint64_t i;

	if (!hash)
		hash = 1;
	for (i = hash & f->mask; f->hash[i]; i = (i + 1) & f->mask)
		if (f->hash[i] == hash)
			return;
	if (f->used < f->limit) {
		f->hash[i] = hash;
		f->used++;
	}
}

void folded_add_all(struct folded *f, const struct folded *from)
{
	uint64_t left = from->used;

	for (uint64_t i = 0; left; i++) {
		if (!from->hash[i])
			continue;
		folded_add(f, from->hash[i]);
		left--;
	}
}

void folded_clear(struct folded *f)
{
	if (f->used)
		memset(f->hash, 0, (f->mask + 1) * sizeof(*f->hash));
	f->used = 0;
}

void folded_close(struct folded *f)
{
	free(f->hash);
	f->hash = NULL;
}
