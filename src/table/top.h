/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TOP_H
#define CTAGG_TABLE_TOP_H

#include <stdbool.h>

#include "table/memory.h"
#include "flow/size.h"

/* The k largest rows of a table, chosen in steps, so that other work gets its turn: a
 * pass over the table that keeps the k largest so far in a heap (n rows cost about
 * n + k log k log(n / k) comparisons, n log k at worst), then the heap is sorted. Of
 * rows of the same size those with smaller keys come first, so that it does not matter
 * in which order they came. */
struct top;

/* Begin with a table that has more than k (1 or more) rows; it must stay as it is.
 * Returns 0 and a choice the caller owns, or -ENOMEM. */
int top_open(struct top **out, const struct memory *m, size_t k, enum top_by by);

/* Look at so many more rows. Returns whether all is done. */
bool top_step(struct top *t, size_t rows);

/* When all is done: the i-th largest row (0 to k - 1), and the sums of all others. Lent. */
const struct flow_row *top_row(const struct top *t, size_t i);
const struct flow_sums *top_rest(const struct top *t);

void top_close(struct top *t);	/* NULL is fine */

#endif
