/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash/siphash.h"
#include "report/grow.h"
#include "report/keys.h"

#define FIRST_SLOTS 64

int report_keys_open(struct report_keys *k, size_t size)
{
	memset(k, 0, sizeof(*k));
	k->size = size;
	k->mask = FIRST_SLOTS - 1;
	k->slots = calloc(FIRST_SLOTS, sizeof(*k->slots));
	/* Before the kernel has random bytes, keys are found as fast, under a secret of 0. */
	if (getrandom(k->secret, sizeof(k->secret), GRND_NONBLOCK) < 0)
		memset(k->secret, 0, sizeof(k->secret));
	return k->slots ? 0 : -ENOMEM;
}

void report_keys_close(struct report_keys *k)
{
	free(k->items);
	free(k->slots);
	memset(k, 0, sizeof(*k));
}

static bool has_key(const struct report_keys *k, size_t number, const struct report_key *key)
{
	return !memcmp(report_keys_item(k, number), key, sizeof(*key));
}

/* The slot of a key with this hash, or the free one where the key belongs. */
static struct report_slot *slot_of(const struct report_keys *k, const struct report_key *key, uint64_t hash)
{
	uint32_t print = (uint32_t)(hash >> 32);
	size_t i = hash & k->mask;

	while (k->slots[i].number && (k->slots[i].print != print || !has_key(k, k->slots[i].number - 1, key)))
		i = (i + 1) & k->mask;
	return &k->slots[i];
}

static void put(struct report_keys *k, const struct report_key *key, uint64_t hash, size_t number)
{
	*slot_of(k, key, hash) = (struct report_slot){ number + 1, (uint32_t)(hash >> 32) };
}

static void fill(struct report_keys *k)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct report_key *key = report_keys_item(k, i);

		put(k, key, siphash(k->secret, key, sizeof(*key)), i);
	}
}

/* Double the slots when half of them are used. */
static int make_room(struct report_keys *k)
{
	struct report_slot *slots;

	if (2 * (k->n + 1) <= k->mask + 1)
		return 0;
	slots = calloc(2 * (k->mask + 1), sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(k->slots);
	k->slots = slots;
	k->mask = 2 * k->mask + 1;
	fill(k);
	return 0;
}

uint64_t report_keys_expect(const struct report_keys *k, const struct report_key *key)
{
	uint64_t hash = siphash(k->secret, key, sizeof(*key));

	__builtin_prefetch(&k->slots[hash & k->mask]);
	return hash;
}

void report_keys_approach(const struct report_keys *k, uint64_t hash)
{
	uint32_t number = k->slots[hash & k->mask].number;

	if (number)
		__builtin_prefetch(report_keys_item(k, number - 1));
}

int report_keys_number(struct report_keys *k, const struct report_key *key, uint32_t *number)
{
	return report_keys_number_by(k, key, siphash(k->secret, key, sizeof(*key)), number);
}

int report_keys_number_by(struct report_keys *k, const struct report_key *key, uint64_t hash, uint32_t *number)
{
	uint32_t found;
	int err;

	found = slot_of(k, key, hash)->number;
	if (found) {
		*number = found - 1;
		return 0;
	}
	err = make_room(k);
	if (!err)
		err = grow_by_one(&k->items, k->n, &k->room, k->size);
	if (err)
		return err;
	memset(report_keys_item(k, k->n), 0, k->size);
	memcpy(report_keys_item(k, k->n), key, sizeof(*key));
	put(k, key, hash, k->n);
	*number = k->n++;
	return 1;
}

void report_keys_renew(struct report_keys *k, size_t n)
{
	k->n = n;
	memset(k->slots, 0, (k->mask + 1) * sizeof(*k->slots));
	fill(k);
}
