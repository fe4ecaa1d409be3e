/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_MEMORY_H
#define CTAGG_TABLE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"
#include "flow/sums.h"
#include "flow/size.h"

/* Sums per flow, in memory. The table never grows past what memory_open() was
 * told; pages it has not needed yet are not resident. */
struct memory;

/* The largest table: 2^24 flows are about 3 GB. */
#define MEMORY_MAX_FLOWS (1u << 24)

/* Open a table for up to max_flows keys (1 to MEMORY_MAX_FLOWS). Returns 0 and
 * a table the caller owns, or -errno with *out untouched: -ENOMEM, or what
 * getrandom(2) says. */
int memory_open(struct memory **out, uint32_t max_flows);

/* Of each key only the first bytes matter, a multiple of 8; the rest is 0. All of it
 * does, to begin with. Call while the table is empty. */
void memory_key_bytes(struct memory *m, size_t bytes);

/* From now on, when the table is full, a new key takes the place of one of the
 * smallest flows by that counter, whose sums go to `other` (Space-Saving, Metwally et
 * al. 2005): large flows survive a flood of small ones, also those that have finished
 * before. Without, new keys go to `other`. Call while the table is empty. */
void memory_evict(struct memory *m, enum top_by by);

/* With memory_evict(): at most so much of any flow, with a row or without, is in
 * `other`, by the counter of that name. Where no other table was merged into this
 * one's `other`, that is at most the total by that counter, divided by the capacity. */
uint64_t memory_max_error(const struct memory *m);
const char *memory_error_counter(const struct memory *m);

/* Add n events, each to the flow of the key beside it; one socket read is one call. Nothing
 * is kept of what is passed. Never fails: an event whose key finds no room is folded into
 * the table's `other`. */
void memory_add(struct memory *m, const struct flow_key *keys, const struct flow_event *events,
		size_t n);

/* Add a row that has been summed elsewhere, as if its events had come here. */
void memory_merge(struct memory *m, const struct flow_row *row);

/* Add all that another table holds, and empty it. Both have the same memory_key_bytes().
 * A flow that is folded in both is counted as folded once. */
void memory_merge_all(struct memory *m, struct memory *from);

/* The same, and leave the other table as it is. */
void memory_add_all(struct memory *m, const struct memory *from);

/* The same in steps of at most n rows, so that other work gets its turn between them:
 * *next is 0 to begin with, and then stays what the call before has left there. Returns
 * whether that was all. Until then neither table changes otherwise. */
bool memory_add_some(struct memory *m, const struct memory *from, size_t *next, size_t n);

/* What was alive is alive no more: of everything `live` is 0; what it carried stays. */
void memory_forget_live(struct memory *m);

/* How many rows it has room for. */
uint32_t memory_capacity(const struct memory *m);

/* The rows, 0 to memory_rows() - 1, in the order in which their keys first
 * came, but for those that took the place of others. Lent until the next call that changes the table. */
size_t memory_rows(const struct memory *m);
const struct flow_row *memory_row(const struct memory *m, size_t i);

/* What found no room or lost it, and how many different keys that was: exact while they
 * are at most memory_folded_limit(), a lower bound beyond. */
const struct flow_sums *memory_other(const struct memory *m);
uint64_t memory_folded(const struct memory *m);
uint64_t memory_folded_limit(const struct memory *m);

/* Everything: the sum over all rows and `other`. */
const struct flow_sums *memory_total(const struct memory *m);

/* Empty the table. The cost follows what was in it, not its size. */
void memory_clear(struct memory *m);

void memory_close(struct memory *m);	/* NULL is fine */

#endif
