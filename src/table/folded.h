/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_FOLDED_H
#define CTAGG_TABLE_FOLDED_H

#include <stdint.h>

/* Keys that have something in `other`, by their 64-bit hash: enough to count them
 * without keeping them. Sets can be added up when their hashes have the same secret. */
struct folded {
	uint64_t *hash;		/* open addressing; 0 is free */
	uint64_t mask, used, limit;
};

/* The slots of a hash table with room for n, never more than half full: a power of 2. */
uint64_t folded_slots(uint64_t n);

/* Up to limit keys are told apart; further ones are not counted. Returns 0 or -ENOMEM. */
int folded_open(struct folded *f, uint64_t limit);
void folded_add(struct folded *f, uint64_t hash);
void folded_add_all(struct folded *f, const struct folded *from);
void folded_clear(struct folded *f);
void folded_close(struct folded *f);	/* one that is all zero is fine */

#endif
