/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "table/trace_decode.h"

/* An end of TCP in which all is known and no two numbers are the same. */
static struct trace_event whole(void)
{
	return (struct trace_event){
		.saddr = { [15] = 1 }, .daddr = { [15] = 2 }, .reply_saddr = { [15] = 3 }, .reply_daddr = { [15] = 4 },
		.source = htons(5), .destination = htons(6), .reply_source = htons(7), .reply_destination = htons(8),
		.l4 = IPPROTO_TCP, .family = AF_INET6, .is_end = 1, .injected = 1, .has_ports = 1, .has_counters = 1,
		.replied = 1, .tcp_state = TCP_CONNTRACK_TIME_WAIT, .mark = 9, .zone = 10, .clash = 1,
		.orig_packets = 11, .orig_bytes = 12, .reply_packets = 13, .reply_bytes = 14,
		.start_ns = 15000, .stop_ns = 16000,
	};
}

static struct flow_event decoded(const struct trace_event *from)
{
	struct flow_event ev;

	memset(&ev, 0xa5, sizeof(ev));
	trace_event_decode(from, &ev);
	return ev;
}

Test(trace_decode, an_end_has_all_facts)
{
	struct trace_event from = whole();
	struct flow_event ev = decoded(&from);

	cr_expect_eq(ev.kind, FLOW_END);
	cr_expect(ev.conntrack);
	cr_expect_eq(ev.family, AF_INET6);
	cr_expect_eq(ev.l4, IPPROTO_TCP);
	cr_expect_arr_eq(ev.orig.saddr, from.saddr, 16);
	cr_expect_arr_eq(ev.orig.daddr, from.daddr, 16);
	cr_expect_arr_eq(ev.reply.saddr, from.reply_saddr, 16);
	cr_expect_arr_eq(ev.reply.daddr, from.reply_daddr, 16);
	cr_expect(ev.has_ports);
	cr_expect_eq(ntohs(ev.orig.sport), 5);
	cr_expect_eq(ntohs(ev.orig.dport), 6);
	cr_expect_eq(ntohs(ev.reply.sport), 7);
	cr_expect_eq(ntohs(ev.reply.dport), 8);
	cr_expect_not(ev.has_icmp);
	cr_expect_eq(ev.mark, 9);
	cr_expect_eq(ev.zone, 10);
	cr_expect(ev.has_counters);
	cr_expect_eq(ev.orig_packets, 11);
	cr_expect_eq(ev.orig_bytes, 12);
	cr_expect_eq(ev.reply_packets, 13);
	cr_expect_eq(ev.reply_bytes, 14);
	cr_expect(ev.replied);
	cr_expect_eq(ev.tcp_state, TCP_CONNTRACK_TIME_WAIT);
	cr_expect(ev.timed && ev.has_time);
	cr_expect_eq(ev.time_ns, 16000);
	cr_expect_eq(ev.duration_ns, 1000);
	cr_expect_not(ev.injected);
	cr_expect(ev.clash);
	cr_expect_eq(ev.id, 0);
	cr_expect_not(ev.has_dir);
}

Test(trace_decode, a_start_has_what_a_start_can_have)
{
	struct trace_event from = whole();
	struct flow_event ev;

	from.is_end = 0;
	ev = decoded(&from);
	cr_expect_eq(ev.kind, FLOW_START);
	cr_expect(ev.injected);
	cr_expect_not(ev.has_counters || ev.replied || ev.clash || ev.timed || ev.has_time);
	cr_expect_eq(ev.tcp_state, TCP_CONNTRACK_NONE);
	cr_expect_eq(ev.mark, 9);
}

Test(trace_decode, icmp_has_a_type_and_a_code_and_no_ports)
{
	struct trace_event from = whole();
	struct flow_event ev;

	from.l4 = IPPROTO_ICMPV6;
	from.has_ports = 0;
	memcpy(&from.destination, "\x80\x07", 2);
	ev = decoded(&from);
	cr_expect(ev.has_icmp);
	cr_expect_eq(ev.icmp_type, 0x80);
	cr_expect_eq(ev.icmp_code, 7);
	cr_expect_not(ev.has_ports);
	cr_expect_eq(ev.orig.sport | ev.orig.dport | ev.reply.sport | ev.reply.dport, 0);
}

Test(trace_decode, what_is_unknown_stays_unknown)
{
	struct trace_event from = whole();
	struct flow_event ev;

	from.start_ns = from.stop_ns = 0;
	from.has_counters = 0;
	from.l4 = IPPROTO_GRE;
	from.has_ports = 0;
	ev = decoded(&from);
	cr_expect_not(ev.timed || ev.has_time || ev.has_counters || ev.has_ports || ev.has_icmp);
	cr_expect_eq(ev.duration_ns, 0);
	cr_expect_eq(ev.orig.sport | ev.orig.dport, 0);
}
