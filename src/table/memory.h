/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_MEMORY_H
#define CTAGG_TABLE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/distinct.h"
#include "flow/event.h"
#include "flow/sums.h"
#include "flow/size.h"
#include "hash/sketch.h"

/* Sums per flow, in memory: a row for each flow that has room, and `other` for the rest. The
 * table takes no more memory than its capacity asks for, and the kernel gives it a page when
 * the page is first used. */
struct memory;

/* The largest table: with 2^24 flows a table takes about 3 GB. */
#define MEMORY_MAX_FLOWS (1u << 24)

/* Open a table for up to max_flows keys (1 to MEMORY_MAX_FLOWS). Returns 0 and
 * a table the caller owns, or -errno with *out untouched: -ENOMEM, or what
 * getrandom(2) says. */
int memory_open(struct memory **out, uint32_t max_flows);

/* From now on only the first bytes of a key are hashed and compared, a multiple of 8; the bytes
 * behind them must be 0. Without this call the whole key is hashed and compared. Call while the
 * table is empty. */
void memory_key_bytes(struct memory *m, size_t bytes);

/* From now on, when the table is full, a flow with a new key takes the row of one of the
 * smallest flows by this counter. The sums of the small flow are folded into `other`
 * (Space-Saving, Metwally et al. 2005), so large flows survive a flood of small ones, also
 * large flows that have finished before the flood. Without this call, flows with new keys
 * are folded when the table is full. Call while the table is empty. */
void memory_evict(struct memory *m, enum top_by by);

/* From now on, keys that are added or merged are finer keys (flow/distinct.h): they are cut in two,
 * and each row, `other` and the total also have how many different values were cut off. The table
 * then takes up to MEMORY_DISTINCT_BYTES more a row, and what malloc() adds. Values are kept as
 * their hashes under `key`; tables that are merged have the same one. cut is copied. Call while the
 * table is empty. Returns 0 or -ENOMEM. */
#define MEMORY_DISTINCT_BYTES (SKETCH_BYTES + sizeof(struct sketch))
int memory_distinct(struct memory *m, const struct flow_cut *cut, const uint64_t key[2]);

/* With memory_evict(): a bound on how much of any one flow, with a row or without, is in
 * `other`; and the name of the counter that the bound is about. The bound is at most the
 * counter's total divided by the capacity, unless a table that had folded flows was merged into
 * this one. */
uint64_t memory_max_error(const struct memory *m);
const char *memory_error_counter(const struct memory *m);

/* Add n events: events[i] to the flow with the key keys[i]. One socket read is one call. Both
 * arrays stay the caller's. Never fails: an event whose key finds no room goes to `other`. */
void memory_add(struct memory *m, const struct flow_key *keys, const struct flow_event *events,
		size_t n);

/* Merge a row of another table: add its sums, as if its events had been added here. */
void memory_merge(struct memory *m, const struct flow_row *row);

/* Merge all rows and `other` of the table `from`, and empty `from`. Both tables have the same
 * memory_key_bytes(). A flow that both tables had folded is one flow in memory_folded(). */
void memory_merge_all(struct memory *m, struct memory *from);

/* Merge all rows and `other` of the table `from` as memory_merge_all() does, but leave `from`
 * as it is. */
void memory_add_all(struct memory *m, const struct memory *from);

/* Do the work of memory_add_all() in steps of at most n rows, so that other work gets its turn
 * between two steps. *next says where a step begins: the caller sets it to 0 before the first
 * step and leaves it alone afterwards. Returns whether this was the last step. Between the
 * first and the last step nobody else may change either table. */
bool memory_add_some(struct memory *m, const struct memory *from, size_t *next, size_t n);

/* Set `live`, `closing` and `uncounted_live` to 0 in all rows, in `other` and in the total. Packets
 * and bytes of the connections that were in the connection table stay. */
void memory_forget_live(struct memory *m);

/* How many rows the table has room for. */
uint32_t memory_capacity(const struct memory *m);

/* How many rows there are, and row number i, the first being 0. Rows are in the order in which
 * their keys came first, except that with memory_evict() a new flow gets the number of the row
 * that it takes. A row is lent until the next call that changes the table. */
size_t memory_rows(const struct memory *m);
const struct flow_row *memory_row(const struct memory *m, size_t i);

/* The sums of all that was folded: of flows that found no room, or lost their row.
 * memory_folded() says how many different keys these flows have: exactly up to
 * memory_folded_limit(), and a lower bound beyond. */
const struct flow_sums *memory_other(const struct memory *m);
uint64_t memory_folded(const struct memory *m);
uint64_t memory_folded_limit(const struct memory *m);

/* The sum of all rows and `other`; and whether a counter, of the total or of a row, would be
 * larger than FLOW_SUMS_MAX, and stopped there. */
const struct flow_sums *memory_total(const struct memory *m);
bool memory_capped(const struct memory *m);

/* Whether memory_distinct() was called. */
bool memory_counts_distinct(const struct memory *m);

/* With memory_distinct(): how many values row number i, `other` and the total have; and the values
 * of row number i, to be added to others. */
struct flow_distinct_count memory_distinct_row(const struct memory *m, size_t i);
struct flow_distinct_count memory_distinct_other(const struct memory *m);
struct flow_distinct_count memory_distinct_total(const struct memory *m);
const struct sketch *memory_distinct_values(const struct memory *m, size_t i);

/* How many values those are that were added up, besides these sums. Where no event said which
 * value it had, their number is not known. */
struct flow_distinct_count memory_distinct_count(const struct sketch *values,
						 const struct flow_sums *sums);

/* Empty the table. The cost grows with the number of rows, not with the capacity. */
void memory_clear(struct memory *m);

void memory_close(struct memory *m);	/* NULL is fine */

#endif
