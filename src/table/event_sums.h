/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_EVENT_SUMS_H
#define CTAGG_TABLE_EVENT_SUMS_H

#include "flow/event.h"
#include "flow/sums.h"
#include "flow/tcp_end.h"

/* What an event adds to sums. Only the counters that events of its kind change are touched: most
 * of the counters are 0 in most events, and adding up all of them takes a third of the time that
 * the memory table needs for an event. */

/* No sum of counters of up to EVENT_SUMS_BATCH events that are not large is larger than half of
 * FLOW_SUMS_MAX. */
#define EVENT_SUMS_BATCH 32
#define EVENT_SUMS_LARGE (FLOW_SUMS_MAX / 2 / EVENT_SUMS_BATCH)

/* Whether a counter of the event is so large that adding the event can make a sum larger than
 * FLOW_SUMS_MAX. Durations never are: they are added in microseconds. */
static inline bool event_is_large(const struct flow_event *ev)
{
	return (ev->orig_packets | ev->orig_bytes | ev->reply_packets | ev->reply_bytes |
		ev->bytes) > EVENT_SUMS_LARGE;
}

static inline void event_add_times(struct flow_sums *s, uint64_t time_ns)
{
	bool any = flow_sums_any(s);

	flow_sums_merge(SUMS_FIRST, &s->first_ns, time_ns, any);
	flow_sums_merge(SUMS_LAST, &s->last_ns, time_ns, any);
}

static inline void event_add_traffic(struct flow_sums *s, const struct flow_event *ev)
{
	if (!ev->has_counters)
		return;
	s->orig_packets += ev->orig_packets;
	s->orig_bytes += ev->orig_bytes;
	s->reply_packets += ev->reply_packets;
	s->reply_bytes += ev->reply_bytes;
}

static inline void event_add_end(struct flow_sums *s, const struct flow_event *ev)
{
	s->ends++;
	s->unreplied += !ev->replied;
	s->tcp_unanswered += tcp_end_is(ev->tcp_state, TCP_END_UNANSWERED);
	s->tcp_closed += tcp_end_is(ev->tcp_state, TCP_END_CLOSED);
	s->tcp_reset += tcp_end_is(ev->tcp_state, TCP_END_RESET);
	s->tcp_expired += tcp_end_is(ev->tcp_state, TCP_END_EXPIRED);
	s->uncounted += !ev->has_counters;
	event_add_traffic(s, ev);
	if (!ev->timed)
		return;
	s->timed_ends++;
	s->duration_us_sum += ev->duration_ns / 1000;
	flow_sums_merge(SUMS_MAX, &s->duration_us_max, ev->duration_ns / 1000, true);
}

static inline void event_add_live(struct flow_sums *s, const struct flow_event *ev)
{
	bool closed = flow_event_closed(ev);

	s->closing += closed;
	s->live += !closed;
	s->unreplied += ev->unreplied_live && !ev->replied;
	s->uncounted_live += !ev->has_counters;
	event_add_traffic(s, ev);
}

/* Add an event to sums none of which becomes larger than FLOW_SUMS_MAX by it. */
static inline void event_add(struct flow_sums *s, const struct flow_event *ev)
{
	event_add_times(s, ev->time_ns);
	switch (ev->kind) {
	case FLOW_START:
		s->starts++;
		break;
	case FLOW_END:
		event_add_end(s, ev);
		break;
	case FLOW_DROP:
		s->drops++;
		s->drop_bytes += ev->bytes;
		s->unsized_drops += !ev->bytes;
		break;
	case FLOW_LOGGED:
		s->logged++;
		break;
	case FLOW_KERNEL_DROP:
		s->kernel_drops++;
		break;
	case FLOW_LIVE:
		event_add_live(s, ev);
		break;
	}
}

#endif
