/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash/hash_set.h"
#include "socket/cookies.h"

int cookies_open(struct cookies *c, uint64_t n)
{
	uint64_t slots = hash_set_slots(n);

	c->slots = calloc(slots, sizeof(*c->slots));
	c->mask = slots - 1;
	c->round = 1;
	return c->slots ? 0 : -ENOMEM;
}

/* The slot of a cookie, or the free one where it would be. Cookies come in sequences, which the
 * multiplication spreads (Knuth, volume 3, 6.4). */
static struct cookie_slot *slot_of(const struct cookies *c, uint64_t cookie)
{
	uint64_t at = cookie * 0x9e3779b97f4a7c15ULL >> 16;

	while (c->slots[at & c->mask].round == c->round && c->slots[at & c->mask].cookie != cookie)
		at++;
	return &c->slots[at & c->mask];
}

uint32_t cookies_find(const struct cookies *c, uint64_t cookie)
{
	const struct cookie_slot *slot = slot_of(c, cookie);

	return slot->round == c->round ? slot->place : COOKIES_NONE;
}

void cookies_set(struct cookies *c, uint64_t cookie, uint32_t place)
{
	*slot_of(c, cookie) = (struct cookie_slot){ cookie, place, c->round };
}

/* After 2^32 rounds a slot could pass for one of this round. */
void cookies_clear(struct cookies *c)
{
	if (++c->round)
		return;
	memset(c->slots, 0, (c->mask + 1) * sizeof(*c->slots));
	c->round = 1;
}

void cookies_close(struct cookies *c)
{
	free(c->slots);
	c->slots = NULL;
}
