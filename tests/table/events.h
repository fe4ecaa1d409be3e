/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_EVENTS_H
#define CTAGG_TESTS_TABLE_EVENTS_H

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
	return (struct flow_event){ .key = key_of(n), .kind = FLOW_START, .time_ns = time_ns };
}

static inline struct flow_event end_of(uint32_t n, uint64_t time_ns)
{
	return (struct flow_event){
		.key = key_of(n), .kind = FLOW_END, .time_ns = time_ns,
		.counted = true, .replied = true, .timed = true, .duration_ns = 1500999,
		.orig_packets = 5, .orig_bytes = 500, .reply_packets = 3, .reply_bytes = 4000,
	};
}

#endif
