/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_KEYS_H
#define CTAGG_REPORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Items by their keys, numbered from 0 on in the order in which they come. Keys hold what strangers
 * chose: they are found by a hash under a secret. */

/* Two keys are the same when every byte matches: begin with all 0. */
struct report_key {
	uint8_t bytes[24];
};

/* Where an item may be: its number + 1, 0 where the slot is free, and a part of the hash of its key. */
struct report_slot {
	uint32_t number, print;
};

/* items  n of them, `size' bytes each, which begin with their key; the caller may read and write all
 *        behind it. They move when there are more
 * slots  mask + 1 of them, open addressing with linear probing, at most half of them used
 */
struct report_keys {
	uint64_t secret[2];
	void *items;
	size_t size, n, room;
	struct report_slot *slots;
	size_t mask;
};

int report_keys_open(struct report_keys *k, size_t size);	/* 0 or -ENOMEM */
void report_keys_close(struct report_keys *k);			/* one that is all zero is fine */

/* The number of the item with this key. Returns 0; 1 when the item is new, and all 0 but for its key;
 * or -ENOMEM, and nothing has changed. */
int report_keys_number(struct report_keys *k, const struct report_key *key, uint32_t *number);

/* The same in three steps, with time between them in which the memory that the next one looks at can
 * come: the hash of a key; the item with this hash, perhaps; and the number by key and hash. */
uint64_t report_keys_expect(const struct report_keys *k, const struct report_key *key);
void report_keys_approach(const struct report_keys *k, uint64_t hash);
int report_keys_number_by(struct report_keys *k, const struct report_key *key, uint64_t hash, uint32_t *number);

/* The items have changed places, and there are n of them now. */
void report_keys_renew(struct report_keys *k, size_t n);

static inline void *report_keys_item(const struct report_keys *k, size_t number)
{
	return (char *)k->items + number * k->size;
}

#endif
