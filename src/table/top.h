/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TOP_H
#define CTAGG_TABLE_TOP_H

#include "table/memory.h"

/* What the largest flows are the largest of: counters, or both directions' sums of
 * them. */
enum top_by {
	TOP_STARTS,
	TOP_ENDS,
	TOP_DROPS,
	TOP_BYTES,
	TOP_PACKETS,
	TOP_LIVE,	/* of a snapshot, which has no starts */
};

/* The k largest rows of a table that has more: their numbers, the largest first, in
 * *order, which the caller frees, and the sums of all others in *rest. Of rows of the
 * same size those with smaller keys come first, so that it does not matter in which
 * order they came. Returns 0 or -ENOMEM. */
int top_rows(const struct memory *m, size_t k, enum top_by by, uint32_t **order,
	     struct flow_sums *rest);

#endif
