/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_SIZE_H
#define CTAGG_TABLE_SIZE_H

#include <stdint.h>

#include "flow/event.h"

/* What makes one flow larger than another: a counter, or both directions' sum of one.
 * The largest are written (--top), the smallest lose their rows in a full table. */
enum top_by {
	TOP_STARTS,
	TOP_ENDS,
	TOP_DROPS,
	TOP_BYTES,
	TOP_PACKETS,
	TOP_LIVE,	/* of a snapshot, which has no starts */
	TOP_EVENTS,	/* without --top: all of flow_sums_events() */
};

/* Stops at UINT64_MAX. */
uint64_t size_of(const struct flow_sums *s, enum top_by by);

/* As records name it: "starts", "events" and so on. Static. */
const char *size_name(enum top_by by);

#endif
