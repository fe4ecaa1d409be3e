/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_SIZE_H
#define CTAGG_FLOW_SIZE_H

#include <stdint.h>

#include "flow/sums.h"

/* What makes one flow larger than another: a counter, or the sum of a counter's two directions.
 * The largest flows are written (--top), the smallest lose their rows in a full table. */
enum top_by {
	TOP_STARTS,
	TOP_ENDS,
	TOP_DROPS,
	TOP_KERNEL_DROPS,
	TOP_BYTES,
	TOP_PACKETS,
	TOP_LIVE,	/* of a snapshot, which has no starts: flow_sums_entries() */
	TOP_EVENTS,	/* without --top: all of flow_sums_events() */
};

static inline uint64_t size_both(uint64_t orig, uint64_t reply)
{
	uint64_t sum;

	return __builtin_add_overflow(orig, reply, &sum) ? UINT64_MAX : sum;
}

/* A sum stops at UINT64_MAX. Inline: a table that overflows calls this for each new flow. */
static inline uint64_t size_of(const struct flow_sums *s, enum top_by by)
{
	switch (by) {
	case TOP_STARTS:
		return s->starts;
	case TOP_ENDS:
		return s->ends;
	case TOP_DROPS:
		return s->drops;
	case TOP_KERNEL_DROPS:
		return s->kernel_drops;
	case TOP_BYTES:
		return size_both(s->orig_bytes, s->reply_bytes);
	case TOP_PACKETS:
		return size_both(s->orig_packets, s->reply_packets);
	case TOP_LIVE:
		return flow_sums_entries(s);
	case TOP_EVENTS:
		break;
	}
	return flow_sums_events(s);
}

/* The name of the size in records: "starts", "events" and so on. Static. */
const char *size_name(enum top_by by);

#endif
