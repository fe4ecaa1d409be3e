/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_HASH_SET_H
#define CTAGG_HASH_HASH_SET_H

#include <stdbool.h>
#include <stdint.h>

/* A set of things by their 64-bit hash (hash/siphash.h): enough to tell them apart and to
 * count them without keeping them. Among a million things, two share a hash with a
 * probability of 2^-26. Open addressing with linear probing; never more than half full. */
struct hash_set {
	uint64_t *slots;	/* 0 is free: a hash of 0 is stored as 1 */
	uint64_t mask, used, limit;
};

/* The slots that a table of open addressing needs for n things: a power of 2. */
uint64_t hash_set_slots(uint64_t n);

/* A set with room for up to limit (1 or more) hashes. Returns 0 or -ENOMEM. */
int hash_set_open(struct hash_set *s, uint64_t limit);

/* Double the limit if the set has reached it. Returns 0, or -ENOMEM: then the set is as
 * before. */
int hash_set_grow(struct hash_set *s);

/* Add a hash. Returns whether the hash is new to the set. When the set has reached its limit, a
 * new hash is not kept, and is new again the next time. */
bool hash_set_add(struct hash_set *s, uint64_t hash);

/* Add all hashes of another set; the hashes of both sets were made under the same secret. */
void hash_set_add_all(struct hash_set *s, const struct hash_set *from);

void hash_set_clear(struct hash_set *s);
void hash_set_close(struct hash_set *s);	/* a set that is all zero is fine */

#endif
