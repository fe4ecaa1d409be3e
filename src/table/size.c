/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "table/size.h"

static uint64_t both(uint64_t orig, uint64_t reply)
{
	uint64_t sum;

	return __builtin_add_overflow(orig, reply, &sum) ? UINT64_MAX : sum;
}

uint64_t size_of(const struct flow_sums *s, enum top_by by)
{
	switch (by) {
	case TOP_STARTS:
		return s->starts;
	case TOP_ENDS:
		return s->ends;
	case TOP_DROPS:
		return s->drops;
	case TOP_BYTES:
		return both(s->orig_bytes, s->reply_bytes);
	case TOP_PACKETS:
		return both(s->orig_packets, s->reply_packets);
	case TOP_LIVE:
		return s->live;
	case TOP_EVENTS:
		break;
	}
	return flow_sums_events(s);
}

const char *size_name(enum top_by by)
{
	static const char *const names[] = {
		[TOP_STARTS] = "starts", [TOP_ENDS] = "ends", [TOP_DROPS] = "drops",
		[TOP_BYTES] = "bytes", [TOP_PACKETS] = "packets", [TOP_LIVE] = "live",
		[TOP_EVENTS] = "events",
	};

	return names[by];
}
