/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_EVENTS_H
#define CTAGG_TESTS_TABLE_EVENTS_H

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "table/default_key.h"
#include "table/memory.h"

/* Tables and events for tests of the memory table. */

static inline struct memory *open_for(uint32_t max_flows)
{
	struct memory *m = NULL;

	cr_assert_eq(memory_open(&m, max_flows), 0);
	return m;
}

/* Flow n; different n differ somewhere in the source address. */
static inline struct flow_key key_of(uint32_t n)
{
	struct flow_key k;

	flow_key_init(&k);
	k.family = AF_INET;
	k.l4 = IPPROTO_TCP;
	k.has_ports = 1;
	k.dport = htons(443);
	n = htonl(n);
	flow_addr_v4(k.saddr, &n);
	flow_addr_v4(k.daddr, "\x0a\x00\x00\x01");
	return k;
}

static inline struct flow_event start_of(uint32_t n, uint64_t time_ns)
{
	struct flow_event ev = {
		.kind = FLOW_START, .time_ns = time_ns, .conntrack = true,
		.family = AF_INET, .l4 = IPPROTO_TCP, .has_ports = true, .orig.dport = htons(443),
	};

	n = htonl(n);
	flow_addr_v4(ev.orig.saddr, &n);
	flow_addr_v4(ev.orig.daddr, "\x0a\x00\x00\x01");
	return ev;
}

static inline struct flow_event end_of(uint32_t n, uint64_t time_ns)
{
	struct flow_event ev = start_of(n, time_ns);

	ev.kind = FLOW_END;
	ev.has_counters = ev.replied = ev.timed = true;
	ev.duration_ns = 1500999;
	ev.orig_packets = 5;
	ev.orig_bytes = 500;
	ev.reply_packets = 3;
	ev.reply_bytes = 4000;
	return ev;
}

#endif
