/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash/siphash.h"
#include "netlabel/grow.h"
#include "netlabel/names.h"

#define FIRST_SLOTS 1024

/* texts    all of them, one behind the other
 * ends     ends[i] is where the text of number i ends in texts and that of i + 1 begins; ends[0] is 0
 * count    the largest number
 * slots    the numbers by the hash of their text, 0 where a slot is free: open addressing with
 *          linear probing, at most half full; mask + 1 of them
 */
struct netlabel_names {
	uint64_t secret[2];
	char *texts;
	size_t texts_room;
	uint32_t *ends;
	size_t ends_room;
	uint32_t count;
	uint32_t *slots;
	uint64_t mask;
};

int netlabel_names_open(struct netlabel_names **out)
{
	struct netlabel_names *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->mask = FIRST_SLOTS - 1;
	n->slots = calloc(FIRST_SLOTS, sizeof(*n->slots));
	if (!n->slots || !netlabel_grow((void **)&n->ends, &n->ends_room, 1, sizeof(*n->ends))) {
		netlabel_names_close(n);
		return -ENOMEM;
	}
	n->ends[0] = 0;
	/* Before the kernel has random bytes, texts are found as fast, under a secret of 0. */
	if (getrandom(n->secret, sizeof(n->secret), GRND_NONBLOCK) < 0)
		memset(n->secret, 0, sizeof(n->secret));
	*out = n;
	return 0;
}

const char *netlabel_names_text(const struct netlabel_names *n, uint32_t number, size_t *len)
{
	if (!number) {
		*len = 0;
		return "";
	}
	*len = n->ends[number] - n->ends[number - 1];
	return n->texts + n->ends[number - 1];
}

static bool is_text(const struct netlabel_names *n, uint32_t number, const char *text, size_t len)
{
	size_t its_len;
	const char *its = netlabel_names_text(n, number, &its_len);

	return its_len == len && !memcmp(its, text, len);
}

/* The slot of a text, or the free one where the text belongs. */
static uint32_t *slot_of(const struct netlabel_names *n, const char *text, size_t len)
{
	uint64_t i = siphash(n->secret, text, len) & n->mask;

	while (n->slots[i] && !is_text(n, n->slots[i], text, len))
		i = (i + 1) & n->mask;
	return &n->slots[i];
}

/* Double the slots when half of them are used. */
static int grow_slots(struct netlabel_names *n)
{
	uint32_t *old = n->slots;

	if (2 * ((uint64_t)n->count + 1) <= n->mask + 1)
		return 0;
	n->slots = calloc(2 * (n->mask + 1), sizeof(*n->slots));
	if (!n->slots) {
		n->slots = old;
		return -ENOMEM;
	}
	n->mask = 2 * n->mask + 1;
	for (uint32_t number = 1; number <= n->count; number++) {
		size_t len;
		const char *text = netlabel_names_text(n, number, &len);

		*slot_of(n, text, len) = number;
	}
	free(old);
	return 0;
}

static int make_room(struct netlabel_names *n, size_t len)
{
	size_t bytes = n->ends[n->count] + len;

	if (n->count == NETLABEL_MAX_LABELS || len > NETLABEL_MAX_BYTES || bytes > NETLABEL_MAX_BYTES)
		return -ENOSPC;
	if (!netlabel_grow((void **)&n->ends, &n->ends_room, n->count + 2, sizeof(*n->ends)) ||
	    !netlabel_grow((void **)&n->texts, &n->texts_room, bytes, 1))
		return -ENOMEM;
	return grow_slots(n);
}

int netlabel_names_number(struct netlabel_names *n, const char *text, size_t len, uint32_t *number)
{
	uint32_t found = len ? *slot_of(n, text, len) : 0;
	int err;

	if (len && !found) {
		err = make_room(n, len);
		if (err)
			return err;
		memcpy(n->texts + n->ends[n->count], text, len);
		n->ends[n->count + 1] = n->ends[n->count] + (uint32_t)len;
		/* The slot is looked for anew: slots may have moved. */
		found = n->count + 1;
		*slot_of(n, text, len) = found;
		n->count = found;
	}
	*number = found;
	return 0;
}

uint32_t netlabel_names_count(const struct netlabel_names *n)
{
	return n->count;
}

void netlabel_names_close(struct netlabel_names *n)
{
	if (!n)
		return;
	free(n->texts);
	free(n->ends);
	free(n->slots);
	free(n);
}
