/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "random.h"
#include "source/conntrack.h"
#include "source/message.h"
#include "table/trace_decode.h"

/* The identity of an entry that a dump shows, and of an event that the tracing program passes on: the same for the
 * same connection. */

static const uint64_t secret[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

static uint64_t of_entry(const struct message_spec *s)
{
	struct conntrack_entry entry;
	struct message m;

	message_build(&m, s);
	cr_assert_eq(conntrack_decode_entry(m.bytes, m.len, &entry), 0);
	return conntrack_identity(&entry, secret);
}

static void put_address(__u8 to[16], const uint8_t from[16], uint8_t family)
{
	if (family == AF_INET)
		flow_addr_v4(to, from);
	else
		memcpy(to, from, 16);
}

/* What the kernel's tuple has in u.all (include/net/netfilter/nf_conntrack_tuple.h). */
static void put_all(__be16 *source, __be16 *destination, const struct message_tuple *t, uint8_t l4)
{
	switch (l4) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_GRE:
		*source = htons(t->sport);
		*destination = htons(t->dport);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		*source = htons(t->icmp_id);
		*destination = htons(t->icmp_type << 8 | t->icmp_code);
		break;
	}
}

static struct trace_event traced(const struct message_spec *s)
{
	struct trace_event ev = {
		.l4 = s->l4, .family = s->family, .is_end = 1, .mark = s->mark,
		.zone = s->zone_in == MESSAGE_ZONE_BOTH || s->zone_in == MESSAGE_ZONE_ORIG ? s->zone : 0,
		.reply_zone = s->zone_in == MESSAGE_ZONE_BOTH || s->zone_in == MESSAGE_ZONE_REPLY ? s->zone : 0,
	};

	put_address(ev.saddr, s->orig.src, s->family);
	put_address(ev.daddr, s->orig.dst, s->family);
	put_address(ev.reply_saddr, s->reply.src, s->family);
	put_address(ev.reply_daddr, s->reply.dst, s->family);
	put_all(&ev.source, &ev.destination, &s->orig, s->l4);
	put_all(&ev.reply_source, &ev.reply_destination, &s->reply, s->l4);
	return ev;
}

static uint64_t of_event(const struct message_spec *s)
{
	struct trace_event ev = traced(s);

	return trace_event_identity(&ev, secret);
}

Test(trace_identity, an_event_has_that_of_the_entry)
{
	struct random r = random_from(11);

	for (int i = 0; i < 20000; i++) {
		struct message_spec s;

		message_random(&s, &r);
		s.kind = MESSAGE_UPDATE;
		cr_assert_eq(of_entry(&s), of_event(&s), "case %d", i);
	}
}

static void expect_another(const struct message_spec *s, const struct message_spec *other, const char *what)
{
	cr_expect_neq(of_entry(s), of_entry(other), "%s: entry", what);
	cr_expect_neq(of_event(s), of_event(other), "%s: event", what);
	cr_expect_eq(of_entry(other), of_event(other), "%s", what);
}

#define EXPECT_ANOTHER(l4, v6, change)                                                            \
	do {                                                                                      \
		struct message_spec s = v6 ? message_spec(MESSAGE_UPDATE, l4, "fd00::1", "fd00::2") : \
					message_spec(MESSAGE_UPDATE, l4, "10.0.0.7", "192.0.2.10"); \
		struct message_spec other = s;                                                    \
		other.change;                                                                     \
		expect_another(&s, &other, #l4 " " #change);                                      \
	} while (0)

Test(trace_identity, each_part_of_a_connection_tells_it_apart)
{
	EXPECT_ANOTHER(IPPROTO_UDP, false, l4 = IPPROTO_TCP);
	EXPECT_ANOTHER(IPPROTO_UDP, false, orig.src[0] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, false, orig.dst[3] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, false, reply.src[3] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, false, reply.dst[3] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, true, orig.src[2] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, true, reply.dst[2] = 11);
	EXPECT_ANOTHER(IPPROTO_UDP, false, orig.sport = 1);
	EXPECT_ANOTHER(IPPROTO_UDP, false, orig.dport = 1);
	EXPECT_ANOTHER(IPPROTO_TCP, false, reply.sport = 1);
	EXPECT_ANOTHER(IPPROTO_TCP, false, reply.dport = 1);
	EXPECT_ANOTHER(IPPROTO_GRE, false, orig.dport = 1);
	EXPECT_ANOTHER(IPPROTO_ICMP, false, orig.icmp_id = 1);
	EXPECT_ANOTHER(IPPROTO_ICMP, false, orig.icmp_type = 1);
	EXPECT_ANOTHER(IPPROTO_ICMP, false, orig.icmp_code = 1);
	EXPECT_ANOTHER(IPPROTO_ICMPV6, true, orig.icmp_id = 1);
	EXPECT_ANOTHER(IPPROTO_ICMPV6, true, reply.icmp_id = 1);
}

Test(trace_identity, each_zone_of_each_direction_is_another_one)
{
	struct message_spec s = message_spec(MESSAGE_UPDATE, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	uint64_t seen[4];

	s.zone = 3;
	for (int i = 0; i < 4; i++) {
		s.zone_in = i;
		seen[i] = of_entry(&s);
		cr_expect_eq(of_event(&s), seen[i]);
		for (int k = 0; k < i; k++)
			cr_expect_neq(seen[i], seen[k], "%d and %d", i, k);
	}
}

/* The identity stays while the connection goes on. */
Test(trace_identity, what_changes_does_not_matter)
{
	struct message_spec s = message_spec(MESSAGE_UPDATE, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");
	uint64_t first = of_entry(&s);

	s.mark = 5;
	s.id = 77;
	s.status = 0;
	s.timeout_s = 3;
	cr_expect_eq(of_entry(&s), first);
	cr_expect_eq(of_event(&s), first);
}
