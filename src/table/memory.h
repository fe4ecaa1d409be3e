/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_MEMORY_H
#define CTAGG_TABLE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"

/* Sums per flow, in memory. The table never grows past what memory_open() was
 * told; pages it has not needed yet are not resident. */
struct memory;

/* The largest table: 2^24 flows are about 3 GB. */
#define MEMORY_MAX_FLOWS (1u << 24)

/* Open a table for up to max_flows keys (1 to MEMORY_MAX_FLOWS). Returns 0 and
 * a table the caller owns, or -errno with *out untouched: -ENOMEM, or what
 * getrandom(2) says. */
int memory_open(struct memory **out, uint32_t max_flows);

/* Add n events, copied; one socket read is one call. Never fails: a key that
 * finds no room is folded into the table's `other`. */
void memory_add(struct memory *m, const struct flow_event *ev, size_t n);

/* Add a row that has been summed elsewhere, as if its events had come here. */
void memory_merge(struct memory *m, const struct flow_row *row);

/* Add all that another table holds, and empty it. A flow of which it kept only
 * the count is counted again as folded. */
void memory_merge_all(struct memory *m, struct memory *from);

/* The rows, 0 to memory_rows() - 1, in the order in which their keys first
 * came. Lent until the next call that changes the table. */
size_t memory_rows(const struct memory *m);
const struct flow_row *memory_row(const struct memory *m, size_t i);

/* What found no room, and how many different keys that was: exact while they
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
