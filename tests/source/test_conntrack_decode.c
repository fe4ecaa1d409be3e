/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "source/conntrack.h"
#include "source/message.h"
#include "source/recorded.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* In memory of just its size, so that reading past it is seen. */
static int decode(const void *bytes, size_t len, struct flow_event *ev)
{
	void *exact = malloc(len ? len : 1);
	int err;

	memcpy(exact, bytes, len);
	err = conntrack_decode(exact, len, ev);
	free(exact);
	return err;
}

static int decode_message(const struct message *m, struct flow_event *ev)
{
	return decode(m->bytes, m->len, ev);
}

static int decode_spec(const struct message_spec *s, struct flow_event *ev)
{
	struct message m;

	message_build(&m, s);
	return decode_message(&m, ev);
}

/* ev is what the description stands for: what is not known does not count. */
static void expect_event(const struct flow_event *ev, const struct message_spec *s)
{
	struct flow_event expected;

	message_event(s, &expected);
	cr_assert(message_same_connection(ev, &expected));
	cr_assert_eq(ev->id, expected.id);
	cr_assert_eq(ev->kind, expected.kind);
	cr_assert_eq(ev->replied, expected.replied);
	cr_assert_eq(ev->has_time, expected.has_time);
	cr_assert_eq(ev->timed, expected.timed);
	cr_assert_eq(ev->has_counters, expected.has_counters);
	if (expected.has_time)
		cr_assert_eq(ev->time_ns, expected.time_ns);
	if (expected.timed)
		cr_assert_eq(ev->duration_ns, expected.duration_ns);
	if (!expected.has_counters)
		return;
	cr_assert_eq(ev->orig_packets, expected.orig_packets);
	cr_assert_eq(ev->orig_bytes, expected.orig_bytes);
	cr_assert_eq(ev->reply_packets, expected.reply_packets);
	cr_assert_eq(ev->reply_bytes, expected.reply_bytes);
}

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

/* --- damaged ones ------------------------------------------------------------------ */

/* Those with the most in them. */
static struct message_spec rich(int i)
{
	static const __u8 l4[] = { IPPROTO_TCP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_GRE };
	bool v6 = i & 1;
	struct message_spec s = message_spec(i & 2 ? MESSAGE_NEW : MESSAGE_DESTROY, l4[i >> 2 & 3],
					     v6 ? "2001:db8::7" : "10.0.0.7",
					     v6 ? "2001:db8::10" : "192.0.2.10");

	s.mark = 7;
	s.zone = 9;
	s.zone_in = 1 + i % 3;
	s.protoinfo = s.l4 == IPPROTO_TCP;
	s.labels = s.kind == MESSAGE_NEW;
	s.event_ns = 1795236616890462040;
	if (s.kind == MESSAGE_NEW)
		return s;
	s.timeout_s = 30;
	s.counted = true;
	s.orig_packets = 6;
	s.orig_bytes = 1320;
	s.reply_packets = 4;
	s.reply_bytes = 5216;
	s.start_ns = 1795236616562309193;
	s.stop_ns = 1795236616890461970;
	return s;
}
#define RICH 16

/* Whatever came, an event keeps to its rules: tables and records rely on them. */
static void expect_sane(const struct flow_event *ev)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool icmp = ev->l4 == IPPROTO_ICMP || ev->l4 == IPPROTO_ICMPV6;

	cr_assert(ev->kind == FLOW_START || ev->kind == FLOW_END);
	cr_assert(ev->family == AF_INET || ev->family == AF_INET6);
	if (ev->family == AF_INET) {
		cr_assert(!memcmp(ev->orig.saddr, mapped, 12));
		cr_assert(!memcmp(ev->orig.daddr, mapped, 12));
		cr_assert(!memcmp(ev->reply.saddr, mapped, 12));
	}
	cr_assert(ev->has_ports || !(ev->orig.sport | ev->orig.dport));
	cr_assert(ev->has_ports || !(ev->reply.sport | ev->reply.dport));
	cr_assert(icmp || !(ev->icmp_type | ev->icmp_code));
	cr_assert_eq(ev->has_icmp, icmp);
	cr_assert_eq(ev->dir, 0);
	cr_assert_eq(ev->rule, 0);
	cr_assert(ev->conntrack);
	cr_assert(ev->kind == FLOW_END || !(ev->has_counters || ev->replied || ev->timed));
	cr_assert(!ev->timed || ev->has_time);
}

/* A part of a message says nothing, or what the whole one says. */
static void expect_part(const struct flow_event *ev, const struct flow_event *whole)
{
	expect_sane(ev);
	cr_assert(!memcmp(&ev->orig, &whole->orig, sizeof(ev->orig)));
	cr_assert(!memcmp(ev->reply.saddr, whole->reply.saddr, 16));
	cr_assert_eq(ev->l4, whole->l4);
	cr_assert_eq(ev->has_ports, whole->has_ports);
	cr_assert_eq(ev->icmp_type, whole->icmp_type);
	cr_assert_eq(ev->kind, whole->kind);
	cr_assert_eq(ev->replied, whole->replied);
	if (ev->has_counters)
		cr_assert(!memcmp(&ev->orig_packets, &whole->orig_packets, 4 * sizeof(uint64_t)));
	if (ev->timed)
		cr_assert_eq(ev->duration_ns, whole->duration_ns);
	if (ev->has_time)
		cr_assert_eq(ev->time_ns, whole->time_ns);
}

Test(decode, cut_off_anywhere)
{
	for (int i = 0; i < RICH; i++) {
		struct message_spec s = rich(i);
		struct message m;
		struct flow_event whole, ev;
		int parts = 0;

		message_build(&m, &s);
		message_event(&s, &whole);
		for (size_t len = 0; len < m.len; len++) {
			cr_assert_eq(decode(m.bytes, len, &ev), -EBADMSG, "less than its header says");
			if (len < sizeof(struct nlmsghdr))
				continue;
			((struct nlmsghdr *)m.bytes)->nlmsg_len = len;
			if (!decode(m.bytes, len, &ev)) {
				expect_part(&ev, &whole);
				parts++;
			}
			((struct nlmsghdr *)m.bytes)->nlmsg_len = m.len;
		}
		cr_assert_gt(parts, 0, "what comes last can be missing");
	}
}

Test(decode, any_byte_changed)
{
	static const unsigned char to[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 0x7f, 0x80, 0xfe, 0xff };

	for (int i = 0; i < RICH; i++) {
		struct message_spec s = rich(i);
		struct message m;
		struct flow_event ev;

		message_build(&m, &s);
		for (size_t at = 0; at < m.len; at++) {
			unsigned char was = m.bytes[at];

			for (size_t k = 0; k < sizeof(to) + 8; k++) {
				m.bytes[at] = k < sizeof(to) ? to[k] : was ^ 1 << (k - sizeof(to));
				if (!decode_message(&m, &ev))
					expect_sane(&ev);
			}
			m.bytes[at] = was;
		}
	}
}

Test(decode, many_bytes_changed)
{
	struct random r = random_from(32);
	struct message_spec s;
	struct message m;
	struct flow_event ev;
	int decoded = 0;

	for (int i = 0; i < 300000; i++) {
		message_random(&s, &r);
		message_build(&m, &s);
		for (int n = random_below(&r, 4); n >= 0; n--)
			m.bytes[16 + random_below(&r, m.len - 16)] = random_next(&r);
		if (decode_message(&m, &ev))
			continue;
		expect_sane(&ev);
		decoded++;
	}
	cr_assert_gt(decoded, 1000);
}

Test(decode, nonsense)
{
	struct random r = random_from(33);
	struct message_spec s = rich(0);
	struct message m;
	struct flow_event ev;

	for (int i = 0; i < 300000; i++) {
		message_build(&m, &s);
		m.len = ((struct nlmsghdr *)m.bytes)->nlmsg_len = 16 + random_below(&r, 400);
		random_bytes(&r, m.bytes + 16, m.len - 16);
		if (!decode_message(&m, &ev))
			expect_sane(&ev);
	}
}

/* libmnl takes a length with the highest bit for a negative one, so that it is
 * no more than there is. What follows cannot be read. */
Test(decode, a_length_that_is_negative_to_some)
{
	long page = sysconf(_SC_PAGESIZE);
	char *room = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct message_spec s = rich(0);
	struct message m;
	struct flow_event ev;

	cr_assert_neq(room, MAP_FAILED);
	cr_assert_eq(mprotect(room + page, page, PROT_NONE), 0);
	message_build(&m, &s);
	for (size_t len = 0; len <= m.len; len += 4) {
		((struct nlmsghdr *)m.bytes)->nlmsg_len = 0x80000000 | len;
		memcpy(room + page - len, m.bytes, len);
		cr_assert_eq(conntrack_decode(room + page - len, len, &ev), -EBADMSG);
	}
	munmap(room, 2 * page);
}

/* Find an attribute by the types on the way to it. */
static struct nlattr *find(struct message *m, const int *path, size_t depth)
{
	unsigned char *p = m->bytes + 20, *end = m->bytes + m->len;
	struct nlattr *attr = NULL;

	for (size_t i = 0; i < depth; i++) {
		for (;; p += NLA_ALIGN(attr->nla_len)) {
			cr_assert_lt(p, end);
			attr = (struct nlattr *)p;
			if ((attr->nla_type & NLA_TYPE_MASK) == path[i])
				break;
		}
		end = p + attr->nla_len;
		p += NLA_HDRLEN;
	}
	return attr;
}
#define FIND(m, ...)                                                                           \
	find((m), (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

/* A message without one of these is none; nor is one where it has another size,
 * or is empty when it holds others. */
static void expect_needed(const struct message_spec *s, const int *path, size_t depth)
{
	struct flow_event ev;
	struct nlattr *attr;
	struct message m;
	int len;

	message_build(&m, s);
	attr = find(&m, path, depth);
	len = attr->nla_type & NLA_F_NESTED ? NLA_HDRLEN + 1 : attr->nla_len;
	attr->nla_type ^= 0x1000;	/* a type that nobody knows */
	cr_expect_eq(decode_message(&m, &ev), -EBADMSG);
	attr->nla_type ^= 0x1000;
	cr_expect_eq(decode_message(&m, &ev), 0);
	for (attr->nla_len = 0; attr->nla_len < len; attr->nla_len++)
		cr_expect_eq(decode_message(&m, &ev), -EBADMSG, "of length %u", attr->nla_len);
	while (!(attr->nla_type & NLA_F_NESTED) && attr->nla_len < NLA_ALIGN(len)) {
		attr->nla_len++;	/* into its own padding */
		cr_expect_eq(decode_message(&m, &ev), -EBADMSG, "of length %u", attr->nla_len);
	}
	attr->nla_len = 0xffff;
	cr_expect_eq(decode_message(&m, &ev), -EBADMSG);
}
#define EXPECT_NEEDED(s, ...)                                                                  \
	expect_needed((s), (const int[]){ __VA_ARGS__ },                                       \
		      sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

Test(decode, what_must_be_there_and_of_its_size)
{
	for (int i = 0; i < RICH; i++) {
		struct message_spec s = rich(i);
		bool v4 = s.family == AF_INET;

		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG);
		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_IP);
		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_IP, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC);
		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_IP, v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST);
		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_PROTO);
		EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_PROTO, CTA_PROTO_NUM);
		EXPECT_NEEDED(&s, CTA_TUPLE_REPLY);
		EXPECT_NEEDED(&s, CTA_TUPLE_REPLY, CTA_TUPLE_IP);
		EXPECT_NEEDED(&s, CTA_TUPLE_REPLY, CTA_TUPLE_IP, v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC);
		if (s.l4 == IPPROTO_ICMP)
			EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_PROTO, CTA_PROTO_ICMP_TYPE);
		if (s.l4 == IPPROTO_ICMPV6)
			EXPECT_NEEDED(&s, CTA_TUPLE_ORIG, CTA_TUPLE_PROTO, CTA_PROTO_ICMPV6_TYPE);
		if (s.kind == MESSAGE_DESTROY)
			EXPECT_NEEDED(&s, CTA_STATUS);
	}
}

/* Without one of these, or with it in another size, the rest still stands. */
static void expect_optional(const struct message_spec *s, const int *path, size_t depth,
			    void (*without)(struct flow_event *))
{
	struct flow_event expected, ev;
	struct nlattr *attr;
	struct message m;

	message_event(s, &expected);
	without(&expected);
	message_build(&m, s);
	attr = find(&m, path, depth);
	for (int damage = 0; damage < 2; damage++) {
		if (damage)
			attr->nla_len--;
		else
			attr->nla_type ^= 0x1000;
		cr_assert_eq(decode_message(&m, &ev), 0);
		cr_expect(message_same_connection(&ev, &expected));
		cr_expect_eq(ev.has_counters, expected.has_counters);
		cr_expect_eq(ev.timed, expected.timed);
		cr_expect_eq(ev.has_time, expected.has_time);
		if (ev.has_time)
			cr_expect_eq(ev.time_ns, expected.time_ns);
		attr->nla_type ^= damage ? 0 : 0x1000;
	}
}
#define EXPECT_OPTIONAL(s, without, ...)                                                       \
	expect_optional((s), (const int[]){ __VA_ARGS__ },                                     \
			sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int), without)

static void no_counters(struct flow_event *ev)
{
	ev->has_counters = false;
}

static void no_lifetime(struct flow_event *ev)
{
	ev->timed = false;
	ev->time_ns = 1795236616890462040;	/* the event's own time is left */
}

static void no_event_time(struct flow_event *ev)
{
	ev->has_time = ev->timed;
}

static void no_ports(struct flow_event *ev)
{
	ev->has_ports = false;
	ev->orig.sport = ev->orig.dport = ev->reply.sport = ev->reply.dport = 0;
}

static void no_mark(struct flow_event *ev)
{
	ev->mark = 0;
}

static void no_reply_sport(struct flow_event *ev)
{
	ev->reply.sport = 0;
}

static void no_reply_dport(struct flow_event *ev)
{
	ev->reply.dport = 0;
}

static void nothing_less(struct flow_event *ev)
{
	(void)ev;
}

Test(decode, what_may_be_missing)
{
	struct message_spec end = rich(0), start = rich(2);

	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_ORIG);
	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_ORIG, CTA_COUNTERS_PACKETS);
	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_ORIG, CTA_COUNTERS_BYTES);
	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_REPLY);
	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_REPLY, CTA_COUNTERS_PACKETS);
	EXPECT_OPTIONAL(&end, no_counters, CTA_COUNTERS_REPLY, CTA_COUNTERS_BYTES);
	EXPECT_OPTIONAL(&end, no_lifetime, CTA_TIMESTAMP);
	EXPECT_OPTIONAL(&end, no_lifetime, CTA_TIMESTAMP, CTA_TIMESTAMP_START);
	EXPECT_OPTIONAL(&end, no_lifetime, CTA_TIMESTAMP, CTA_TIMESTAMP_STOP);
	EXPECT_OPTIONAL(&end, no_event_time, 27);
	EXPECT_OPTIONAL(&start, no_event_time, 27);
	EXPECT_OPTIONAL(&start, nothing_less, CTA_STATUS);
	EXPECT_OPTIONAL(&start, no_mark, CTA_MARK);
	EXPECT_OPTIONAL(&start, no_reply_sport, CTA_TUPLE_REPLY, CTA_TUPLE_PROTO,
			CTA_PROTO_SRC_PORT);
	EXPECT_OPTIONAL(&start, no_reply_dport, CTA_TUPLE_REPLY, CTA_TUPLE_PROTO,
			CTA_PROTO_DST_PORT);
	EXPECT_OPTIONAL(&start, no_ports, CTA_TUPLE_ORIG, CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT);
}

Test(decode, a_beginning_in_1970_is_none)
{
	struct message_spec s = message_spec(MESSAGE_DESTROY, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	struct flow_event ev;
	struct message m;

	s.start_ns = 1;
	s.stop_ns = 1795236616890461970;
	message_build(&m, &s);
	memset(mnl_attr_get_payload(FIND(&m, CTA_TIMESTAMP, CTA_TIMESTAMP_START)), 0, 8);
	cr_assert_eq(decode_message(&m, &ev), 0);
	cr_expect_not(ev.timed || ev.has_time);
}

Test(decode, addresses_of_another_family_are_none)
{
	static const __u8 families[] = { AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, AF_BRIDGE, 255 };

	for (int i = 0; i < RICH; i++) {
		struct message_spec s = rich(i);
		struct flow_event ev;
		struct message m;

		message_build(&m, &s);
		for (size_t k = 0; k < sizeof(families); k++) {
			m.bytes[16] = families[k];
			cr_expect_eq(decode_message(&m, &ev),
				     families[k] == s.family ? 0 : -EBADMSG);
		}
	}
}

Test(decode, of_attributes_of_one_type_the_first_counts)
{
	struct message_spec s = rich(0), liar = rich(0);
	struct message m, other;
	struct flow_event ev;

	message_address(liar.orig.src, "6.6.6.6");
	message_address(liar.reply.src, "6.6.6.6");
	liar.orig_bytes = 666;
	liar.stop_ns++;
	liar.status = 0;
	message_build(&m, &s);
	message_build(&other, &liar);
	cr_assert_leq(m.len + other.len - 20, sizeof(m.bytes));
	memcpy(m.bytes + m.len, other.bytes + 20, other.len - 20);
	m.len += other.len - 20;
	((struct nlmsghdr *)m.bytes)->nlmsg_len = m.len;
	cr_assert_eq(decode_message(&m, &ev), 0);
	expect_event(&ev, &s);
}

Test(decode, bytes_behind_the_message_are_not_of_it)
{
	struct message_spec s = rich(0);
	struct message m;
	struct flow_event ev;

	message_build(&m, &s);
	random_bytes(&(struct random){ 34 }, m.bytes + m.len, 100);
	m.len += 100;	/* the header says otherwise */
	cr_assert_eq(decode_message(&m, &ev), 0);
	expect_event(&ev, &s);
}
