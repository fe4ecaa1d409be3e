/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TOP_H
#define CTAGG_TABLE_TOP_H

#include <stdbool.h>

#include "table/memory.h"
#include "flow/size.h"

/* The k largest rows of a table, chosen in steps, so that other work gets its turn. The first
 * steps walk over the table and keep the k largest rows so far in a heap: n rows cost about n +
 * k log k log(n / k) comparisons, n log k at worst. The last steps sort the heap. Of two rows
 * of one size, the row with the smaller key (memcmp) is the larger one, so that the choice does
 * not depend on the order of the rows. */
struct top;

/* Begin to choose from a table, which has more than k rows (k is 1 or more) and must not
 * change. Returns 0 and a choice the caller owns, or -ENOMEM. */
int top_open(struct top **out, const struct memory *m, size_t k, enum top_by by);

/* Do the work of so many rows. Returns whether the choice is complete. */
bool top_step(struct top *t, size_t rows);

/* When the choice is complete: the number of the i-th largest row, i from 0 to k - 1, and the sums
 * of the rows that were not chosen, lent. */
size_t top_row(const struct top *t, size_t i);
const struct flow_sums *top_rest(const struct top *t);

/* The same, where the table counts values (memory_distinct()): how many those rows have. */
struct flow_distinct_count top_rest_distinct(const struct top *t);

void top_close(struct top *t);	/* NULL is fine */

#endif
