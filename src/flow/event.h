/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_EVENT_H
#define CTAGG_FLOW_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "flow/address.h"
#include "flow/key_layout.h"

enum flow_kind {
	FLOW_START,	/* ctnetlink NEW */
	FLOW_END,	/* ctnetlink DESTROY */
	FLOW_DROP,	/* a packet that a rule has logged, and dropped */
	FLOW_LIVE,	/* a connection that is in the table at this moment */
	FLOW_LOGGED,	/* a packet that a rule has logged, and let go */
};

/* What an event says of its connection besides the default key; see struct flow_key.
 * conntrack is false for a packet: then nothing but sport and icmp_code is known. */
struct flow_extra {
	__u8 nat_saddr[16];
	__be16 sport, nat_sport, nat_dport;
	__u16 zone;
	__u32 mark;
	__u8 icmp_code;
	bool conntrack;
};

/* Which connection, of all that are alive: the id is a hash under a secret of the
 * kernel's (nf_ct_get_id(), since 5.3), and what comes with it makes two that share it
 * by chance unlikely enough. Ports are those of the original direction, in network
 * order, 0 without; of the addresses it is the last four bytes. */
struct flow_identity {
	__u32 id;
	__be16 sport, dport;
	__u32 saddr, daddr;
};

/* One thing that happened to one connection, or to one packet. Numbers are in host order.
 *
 * key           the default key's fields
 * real_daddr    the source of the reply direction, as in struct flow_key: who
 *               really answers, after DNAT. With key.saddr it gives key.dir.
 * identity      which connection; its id is 0 for a packet
 * rule          of a packet, whatever the key: the number that key.rule has with the
 *               default key; 0 for connections
 * time_ns       when, in nanoseconds since 1970 (CLOCK_REALTIME): the kernel's
 *               timestamp when has_time, else the reader's to fill in
 * counted       orig_* and reply_* are known (nf_conntrack_acct was on when the
 *               connection began): packets, and IP bytes
 * replied       an end, and a packet of the reply direction was seen
 * timed         duration_ns is known (nf_conntrack_timestamp)
 * unreplied_live  of a live connection: whether one without reply counts as such
 */
struct flow_event {
	struct flow_key key;
	__u8 real_daddr[16];
	struct flow_extra extra;
	struct flow_identity identity;
	__u32 rule;
	enum flow_kind kind;
	bool has_time, counted, replied, timed, unreplied_live;
	uint64_t time_ns;
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
	uint64_t duration_ns;
};

/* What events add up to. All zero is "nothing yet". */
struct flow_sums {
	uint64_t starts, ends, drops, logged;
	uint64_t live;			/* in the connection table, when that was read */
	uint64_t unreplied;		/* of the ends, or of those alive */
	uint64_t uncounted, uncounted_live;	/* of each, such as carried no counters */
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
	/* Lifetimes, each in whole microseconds: nanoseconds would wrap at 584 years
	 * of them, which the ends of a large table reach; these stop at 584,000. */
	uint64_t timed_ends, duration_us_sum, duration_us_max;
	uint64_t first_ns, last_ns;	/* meaningless while there is no event */
};

struct flow_row {
	struct flow_key key;
	struct flow_sums sum;
};

static inline uint64_t flow_sums_events(const struct flow_sums *s)
{
	return s->starts + s->ends + s->drops + s->logged + s->live;
}

/* Whether anything has been added. What is alive no more has carried something. */
static inline bool flow_sums_any(const struct flow_sums *s)
{
	return flow_sums_events(s) || s->orig_packets || s->reply_packets;
}

/* Add from to into; times and the longest duration are merged. */
static inline void flow_sums_add(struct flow_sums *into, const struct flow_sums *from)
{
	if (!flow_sums_any(from))
		return;
	if (!flow_sums_any(into) || from->first_ns < into->first_ns)
		into->first_ns = from->first_ns;
	if (!flow_sums_any(into) || from->last_ns > into->last_ns)
		into->last_ns = from->last_ns;
	into->starts += from->starts;
	into->ends += from->ends;
	into->drops += from->drops;
	into->logged += from->logged;
	into->live += from->live;
	into->unreplied += from->unreplied;
	into->uncounted += from->uncounted;
	into->uncounted_live += from->uncounted_live;
	into->orig_packets += from->orig_packets;
	into->orig_bytes += from->orig_bytes;
	into->reply_packets += from->reply_packets;
	into->reply_bytes += from->reply_bytes;
	into->timed_ends += from->timed_ends;
	if (__builtin_add_overflow(into->duration_us_sum, from->duration_us_sum,
				   &into->duration_us_sum))
		into->duration_us_sum = UINT64_MAX;
	if (from->duration_us_max > into->duration_us_max)
		into->duration_us_max = from->duration_us_max;
}

#endif
