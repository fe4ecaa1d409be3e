/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that are damaged: cut off, changed, or without something. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include "source/conntrack.h"
#include "source/decode_case.h"

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
	for (int i = 0; i < RICH_SPECS; i++) {
		struct message_spec s = rich_spec(i);
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

	for (int i = 0; i < RICH_SPECS; i++) {
		struct message_spec s = rich_spec(i);
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
	struct message_spec s = rich_spec(0);
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
	struct message_spec s = rich_spec(0);
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
	for (int i = 0; i < RICH_SPECS; i++) {
		struct message_spec s = rich_spec(i);
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
	struct message_spec end = rich_spec(0), start = rich_spec(2);

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

	for (int i = 0; i < RICH_SPECS; i++) {
		struct message_spec s = rich_spec(i);
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
	struct message_spec s = rich_spec(0), liar = rich_spec(0);
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
	struct message_spec s = rich_spec(0);
	struct message m;
	struct flow_event ev;

	message_build(&m, &s);
	random_bytes(&(struct random){ 34 }, m.bytes + m.len, 100);
	m.len += 100;	/* the header says otherwise */
	cr_assert_eq(decode_message(&m, &ev), 0);
	expect_event(&ev, &s);
}
