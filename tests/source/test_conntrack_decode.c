/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "source/conntrack.h"
#include "source/decode_case.h"
#include "source/recorded.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void expect_decoded(const struct message_spec *s)
{
	struct flow_event ev;

	cr_assert_eq(decode_spec(s, &ev), 0);
	expect_event(&ev, s);
}

/* --- as a real kernel sends them ------------------------------------------------ */

static void from_hex(struct message *m, const char *hex)
{
	unsigned int byte;

	if (htons(1) == 1)
		cr_skip_test("recorded on a little-endian machine");
	for (m->len = 0; sscanf(hex + 2 * m->len, "%2x", &byte) == 1; m->len++)
		m->bytes[m->len] = byte;
}

/* The recorded bytes are what we take them for, and what message_build() makes;
 * but for the port id of whoever deleted the connection. */
static void expect_recorded(const char *hex, const struct message_spec *s)
{
	struct message recorded, built;
	struct flow_event ev;

	from_hex(&recorded, hex);
	cr_assert_eq(decode_message(&recorded, &ev), 0);
	expect_event(&ev, s);
	message_build(&built, s);
	((struct nlmsghdr *)recorded.bytes)->nlmsg_pid = 0;
	cr_assert_eq(built.len, recorded.len);
	for (size_t i = 0; i < built.len; i++)
		cr_assert_eq(built.bytes[i], recorded.bytes[i], "byte %zu", i);
}

static struct message_spec recorded_tcp4(enum message_kind kind)
{
	struct message_spec s = message_spec(kind, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");

	message_address(s.reply.src, "10.1.0.1");
	s.reply.sport = 8443;
	s.id = 0x03f99c96;
	s.mark = 66;
	s.protoinfo = true;
	return s;
}

Test(decode, recorded_tcp_over_ipv4_with_dnat)
{
	struct message_spec s = recorded_tcp4(MESSAGE_NEW);

	s.status = 0x1a8;
	s.event_ns = 1795236616562216340;
	expect_recorded(RECORDED_NEW_TCP4_DNAT, &s);
	s = recorded_tcp4(MESSAGE_DESTROY);
	s.status = 0x3ae;
	s.timeout_s = 119;
	s.counted = true;
	s.orig_packets = 6;
	s.orig_bytes = 1320;
	s.reply_packets = 4;
	s.reply_bytes = 5216;
	s.start_ns = 1795236616562309193;
	s.stop_ns = 1795236616890461970;
	s.event_ns = 1795236616890462040;
	expect_recorded(RECORDED_DESTROY_TCP4_DNAT, &s);
}

Test(decode, recorded_tcp_over_ipv6)
{
	struct message_spec s =
		message_spec(MESSAGE_NEW, IPPROTO_TCP, "2001:db8::7", "2001:db8::10");

	s.id = 0x9acb200a;
	s.status = 0x188;
	s.mark = 66;
	s.protoinfo = true;
	expect_recorded(RECORDED_NEW_TCP6, &s);
	s.kind = MESSAGE_DESTROY;
	s.status = 0x38e;
	s.timeout_s = 119;
	expect_recorded(RECORDED_DESTROY_TCP6, &s);
}

Test(decode, recorded_udp)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_UDP, "10.0.0.7", "10.1.0.1");

	s.orig.sport = s.reply.dport = 40001;
	s.orig.dport = s.reply.sport = 53;
	s.id = 0x24013764;
	s.status = 0x188;
	s.timeout_s = 30;
	s.mark = 66;
	expect_recorded(RECORDED_NEW_UDP4, &s);
	s.kind = MESSAGE_DESTROY;
	s.id = 0xe39d5158;
	s.status = 0x388;	/* no reply was seen */
	s.timeout_s = 29;
	s.counted = true;
	s.orig_packets = 1;
	s.orig_bytes = 38;
	s.start_ns = 1795236616564132401;
	s.stop_ns = 1795236616890334783;
	s.event_ns = 1795236616890335133;
	expect_recorded(RECORDED_DESTROY_UDP4, &s);
}

Test(decode, recorded_icmp)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_ICMP, "10.0.0.7", "10.1.0.1");

	s.orig.icmp_id = s.reply.icmp_id = 0x3ff9;
	s.id = 0x7549ae4b;
	s.status = 0x188;
	s.timeout_s = 30;
	s.mark = 66;
	expect_recorded(RECORDED_NEW_ICMP4, &s);
	s.kind = MESSAGE_DESTROY;
	s.orig.icmp_id = s.reply.icmp_id = 0x3fc3;
	s.id = 0x36be1dd8;
	s.status = 0x38a;
	s.timeout_s = 29;
	s.counted = true;
	s.orig_packets = s.reply_packets = 1;
	s.orig_bytes = s.reply_bytes = 84;
	s.start_ns = 1795236616574868273;
	s.stop_ns = 1795236616890429970;
	s.event_ns = 1795236616890430090;
	expect_recorded(RECORDED_DESTROY_ICMP4, &s);
}

/* --- what becomes of what --------------------------------------------------------- */

Test(decode, a_start_has_both_tuples)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
	struct flow_event ev, expected = {
		.kind = FLOW_START, .conntrack = true, .family = AF_INET, .l4 = IPPROTO_TCP,
		.has_ports = true,
		.orig = { .sport = htons(40000), .dport = htons(443) },
		.reply = { .sport = htons(8443), .dport = htons(1234) },
	};

	message_address(s.reply.src, "10.1.0.1");
	s.reply.sport = 8443;
	message_address(s.reply.dst, "198.51.100.1");
	s.reply.dport = 1234;
	flow_addr_v4(expected.orig.saddr, "\x0a\x00\x00\x07");
	flow_addr_v4(expected.orig.daddr, "\xc0\x00\x02\x0a");
	flow_addr_v4(expected.reply.saddr, "\x0a\x01\x00\x01");
	flow_addr_v4(expected.reply.daddr, "\xc6\x33\x64\x01");
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_eq(ev.kind, FLOW_START);
	cr_expect(message_same_connection(&ev, &expected));
	cr_expect_not(ev.has_time || ev.has_counters || ev.replied || ev.timed);
}

Test(decode, every_protocol_over_both_families)
{
	static const char *const addresses[][2] = {
		{ "10.0.0.7", "192.0.2.10" },
		{ "2001:db8::7", "::ffff:192.0.2.10" },
	};

	for (int l4 = 0; l4 < 256; l4++) {
		for (int i = 0; i < 2; i++) {
			struct message_spec s = message_spec(MESSAGE_NEW, l4, addresses[i][0], addresses[i][1]);

			expect_decoded(&s);
			s.kind = MESSAGE_DESTROY;
			expect_decoded(&s);
		}
	}
}

/* A dump says in which state TCP is, or says nothing: of offloaded connections. */
Test(decode, an_entry_has_the_state_of_tcp)
{
	struct message_spec s = message_spec(MESSAGE_UPDATE, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
	struct conntrack_entry entry;
	struct message m;

	for (s.tcp_state = TCP_CONNTRACK_SYN_SENT; s.tcp_state < TCP_CONNTRACK_MAX; s.tcp_state++) {
		s.protoinfo = true;
		message_build(&m, &s);
		cr_assert_eq(conntrack_decode_entry(m.bytes, m.len, &entry), 0);
		cr_expect_eq(entry.event.tcp_state, s.tcp_state);
		s.protoinfo = false;
		message_build(&m, &s);
		cr_assert_eq(conntrack_decode_entry(m.bytes, m.len, &entry), 0);
		cr_expect_eq(entry.event.tcp_state, TCP_CONNTRACK_NONE);
	}
}

/* nlmsg_pid names the process that made or deleted the connection. */
Test(decode, a_start_that_a_process_caused_is_injected)
{
	struct message_spec start = message_spec(MESSAGE_NEW, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct message_spec end = message_spec(MESSAGE_DESTROY, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct flow_event ev;

	cr_assert_eq(decode_spec(&start, &ev), 0);
	cr_expect_not(ev.injected, "a packet");
	start.port = end.port = 4711;
	cr_assert_eq(decode_spec(&start, &ev), 0);
	cr_expect(ev.injected);
	cr_assert_eq(decode_spec(&end, &ev), 0);
	cr_expect_not(ev.injected, "no start");
}

Test(decode, protocols_with_ports_and_with_types)
{
	static const __u8 with_ports[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP,
					   IPPROTO_DCCP };
	struct message_spec s;
	struct flow_event ev;

	for (size_t i = 0; i < LENGTH(with_ports); i++) {
		s = message_spec(MESSAGE_NEW, with_ports[i], "10.0.0.7", "192.0.2.10");
		cr_assert_eq(decode_spec(&s, &ev), 0);
		cr_expect_eq(ev.has_ports, 1);
		cr_expect_eq(ntohs(ev.orig.dport), 443);
	}
	s = message_spec(MESSAGE_NEW, IPPROTO_GRE, "10.0.0.7", "192.0.2.10");
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_eq(ev.has_ports, 0, "what looks like one is a GRE key");
	cr_expect_eq(ev.orig.dport, 0);
	s = message_spec(MESSAGE_NEW, IPPROTO_ICMP, "10.0.0.7", "192.0.2.10");
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_eq(ev.icmp_type, 8);
	s = message_spec(MESSAGE_NEW, IPPROTO_ICMPV6, "2001:db8::7", "2001:db8::10");
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_eq(ev.icmp_type, 128);
}

Test(decode, the_end_of_an_unanswered_connection)
{
	struct message_spec s = message_spec(MESSAGE_DESTROY, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct flow_event ev;

	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_eq(ev.kind, FLOW_END);
	cr_expect(ev.replied);
	s.status = IPS_CONFIRMED | IPS_ASSURED | IPS_DYING;
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_not(ev.replied);
}

Test(decode, an_end_is_timed_only_by_a_clock_that_went_on)
{
	struct message_spec s = message_spec(MESSAGE_DESTROY, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct flow_event ev;

	s.start_ns = 1000;
	s.stop_ns = 1000;
	s.event_ns = 1500;
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect(ev.timed && ev.has_time);
	cr_expect_eq(ev.duration_ns, 0);
	cr_expect_eq(ev.time_ns, 1000, "when it ended, not when that was said");
	s.stop_ns = 999;
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_not(ev.timed);
	cr_expect(ev.has_time);
	cr_expect_eq(ev.time_ns, 1500);
	s.event_ns = 0;
	cr_assert_eq(decode_spec(&s, &ev), 0);
	cr_expect_not(ev.has_time);
}

Test(decode, random_connections)
{
	struct random r = random_from(31);
	struct message_spec s;

	for (int i = 0; i < 100000; i++) {
		message_random(&s, &r);
		expect_decoded(&s);
	}
}

Test(decode, what_is_no_event)
{
	struct message_spec s = message_spec(MESSAGE_UPDATE, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
	struct message m;
	struct nlmsghdr *nlh = (struct nlmsghdr *)m.bytes;
	struct flow_event ev;

	cr_expect_eq(decode_spec(&s, &ev), -EBADMSG, "an update");
	s.kind = MESSAGE_NEW;
	message_build(&m, &s);
	for (int type = 0; type < 65536; type++) {
		bool event = type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW);

		nlh->nlmsg_type = type;
		if (type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE))
			cr_assert_eq(decode_message(&m, &ev), event ? 0 : -EBADMSG, "type %x", type);
	}
}
