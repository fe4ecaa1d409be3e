/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash/siphash.h"
#include "report/grow.h"
#include "report/keys.h"

#define FIRST_SLOTS 64

int report_keys_open(struct report_keys *k)
{
	memset(k, 0, sizeof(*k));
	k->mask = FIRST_SLOTS - 1;
	k->slots = calloc(FIRST_SLOTS, sizeof(*k->slots));
	/* Before the kernel has random bytes, keys are found as fast, under a secret of 0. */
	if (getrandom(k->secret, sizeof(k->secret), GRND_NONBLOCK) < 0)
		memset(k->secret, 0, sizeof(k->secret));
	return k->slots ? 0 : -ENOMEM;
}

void report_keys_close(struct report_keys *k)
{
	free(k->of);
	free(k->slots);
	memset(k, 0, sizeof(*k));
}

/* The slot of a key, or the free one where the key belongs. */
static uint32_t *slot_of(const struct report_keys *k, const struct report_key *key)
{
	size_t i = siphash(k->secret, key, sizeof(*key)) & k->mask;

	while (k->slots[i] && memcmp(&k->of[k->slots[i] - 1], key, sizeof(*key)))
		i = (i + 1) & k->mask;
	return &k->slots[i];
}

static void fill(struct report_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		*slot_of(k, &k->of[i]) = i + 1;
}

/* Double the slots when half of them are used. */
static int make_room(struct report_keys *k)
{
	uint32_t *slots;

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

int report_keys_number(struct report_keys *k, const struct report_key *key, uint32_t *number)
{
	uint32_t *slot = slot_of(k, key);
	int err;

	if (*slot) {
		*number = *slot - 1;
		return 0;
	}
	err = make_room(k);
	if (!err)
		err = grow_by_one((void **)&k->of, k->n, &k->room, sizeof(*k->of));
	if (err)
		return err;
	*number = k->n;
	k->of[k->n] = *key;
	slot = slot_of(k, key);
	*slot = ++k->n;
	return 1;
}

void report_keys_renew(struct report_keys *k, size_t n)
{
	k->n = n;
	memset(k->slots, 0, (k->mask + 1) * sizeof(*k->slots));
	fill(k);
}
