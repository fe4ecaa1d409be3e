/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_KEYS_H
#define CTAGG_REPORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Keys and their numbers, from 0 on in the order in which they come. Keys hold what strangers chose:
 * they are found by a hash under a secret. */

/* Two keys are the same when every byte matches: begin with all 0. */
struct report_key {
	uint8_t bytes[24];
};

/* of     n of them, by number; the caller may read them
 * slots  numbers + 1 by the hash of the key, 0 where a slot is free; mask + 1 of them, at most half
 *        of them used
 */
struct report_keys {
	uint64_t secret[2];
	struct report_key *of;
	size_t n, room;
	uint32_t *slots;
	size_t mask;
};

int report_keys_open(struct report_keys *k);	/* 0 or -ENOMEM */
void report_keys_close(struct report_keys *k);	/* one that is all zero is fine */

/* The number of a key. Returns 0; 1 when the key is new; or -ENOMEM, and nothing has changed. */
int report_keys_number(struct report_keys *k, const struct report_key *key, uint32_t *number);

/* Keep the first n keys only. Whoever has put others in place of them sees these from now on. */
void report_keys_renew(struct report_keys *k, size_t n);

#endif
