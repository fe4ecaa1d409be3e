/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "flow/select.h"

static struct flow_event connection(void)
{
	struct flow_event ev = {
		.orig = { .sport = htons(40000), .dport = htons(443) },
		.family = AF_INET, .l4 = IPPROTO_TCP, .dir = FLOW_DIR_IN,
		.has_ports = true, .conntrack = true, .zone = 7, .mark = 5,
	};

	flow_addr_v4(ev.orig.saddr, "\x0a\x01\x02\x03");
	flow_addr_v4(ev.orig.daddr, "\xc0\x00\x02\x0a");
	return ev;
}

/* Whether a condition of one range holds, and the inverted one does not, or the other way
 * round. */
static bool in_range(struct flow_select *s, struct flow_numbers *numbers,
		     const struct flow_event *ev, __u32 first, __u32 last)
{
	bool holds;

	memset(s, 0, sizeof(*s));
	numbers->list[0] = (struct flow_range){ first, last };
	numbers->n = 1;
	cr_assert(flow_select_any(s));
	holds = flow_select_holds(s, ev);
	numbers->inverted = true;
	cr_assert_neq(flow_select_holds(s, ev), holds);
	return holds;
}

/* Every condition on a number, and the event's number. */
Test(select, numbers)
{
	static struct flow_select s;
	const struct {
		struct flow_numbers *list;
		__u32 value;
	} conditions[] = {
		{ &s.proto, IPPROTO_TCP }, { &s.sport, 40000 }, { &s.dport, 443 },
		{ &s.direction, FLOW_DIR_IN }, { &s.zone, 7 }, { &s.mark, 5 },
	};
	struct flow_event ev = connection();

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		struct flow_numbers *list = conditions[i].list;
		__u32 value = conditions[i].value;

		cr_expect(in_range(&s, list, &ev, value, value), "%zu", i);
		cr_expect(in_range(&s, list, &ev, value - 1, value + 1), "%zu", i);
		cr_expect_not(in_range(&s, list, &ev, value + 1, value + 2), "%zu", i);
		cr_expect_not(in_range(&s, list, &ev, 0, value - 1), "%zu", i);
	}
}

Test(select, an_unknown_number_is_in_no_list)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	ev.has_ports = ev.conntrack = false;
	ev.orig.sport = ev.orig.dport = ev.zone = ev.mark = 0;
	cr_expect_not(in_range(&s, &s.sport, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.dport, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.zone, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.mark, &ev, 0, UINT32_MAX));
}

/* 0 is hop-by-hop options: a protocol of IPv4 and of connection tracking, and no protocol
 * in an IPv6 packet. */
Test(select, protocol_0_is_unknown_in_an_ipv6_packet_only)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	ev.l4 = 0;
	ev.family = AF_INET6;
	cr_expect(in_range(&s, &s.proto, &ev, 0, 255));
	ev.conntrack = false;
	cr_expect_not(in_range(&s, &s.proto, &ev, 0, 255));
	ev.family = AF_INET;
	cr_expect(in_range(&s, &s.proto, &ev, 0, 255));
}

static bool in_network(struct flow_networks *networks, struct flow_select *s,
		       const struct flow_event *ev, __u8 family, const char *ip4, __u8 bits)
{
	memset(s, 0, sizeof(*s));
	networks->list[0] = (struct flow_network){ .bits = bits, .family = family };
	flow_addr_v4(networks->list[0].addr, ip4);
	networks->n = 1;
	return flow_select_holds(s, ev);
}

Test(select, networks)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	cr_expect(in_network(&s.src, &s, &ev, AF_INET, "\x0a\x01\x02\x03", 128));
	cr_expect(in_network(&s.src, &s, &ev, AF_INET, "\x0a\x01\x02\xff", 120));
	cr_expect(in_network(&s.src, &s, &ev, AF_INET, "\x0a\x01\x02\x02", 127));
	cr_expect_not(in_network(&s.src, &s, &ev, AF_INET, "\x0a\x01\x02\x02", 128));
	cr_expect_not(in_network(&s.src, &s, &ev, AF_INET6, "\x0a\x01\x02\x03", 128),
		      "the same bytes, another family");
	cr_expect_not(in_network(&s.dst, &s, &ev, AF_INET, "\x0a\x01\x02\x03", 128));
	cr_expect(in_network(&s.dst, &s, &ev, AF_INET, "\xc0\x00\x02\x0a", 128));
	s.dst.inverted = true;
	cr_expect_not(flow_select_holds(&s, &ev));
}

Test(select, all_conditions_must_hold)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	cr_expect_not(flow_select_any(&s));
	cr_expect(flow_select_holds(&s, &ev), "no condition");
	s.proto.list[0] = (struct flow_range){ IPPROTO_TCP, IPPROTO_TCP };
	s.dport.list[0] = (struct flow_range){ 80, 80 };
	s.dport.list[1] = (struct flow_range){ 443, 443 };
	s.proto.n = 1;
	s.dport.n = 2;
	cr_expect(flow_select_holds(&s, &ev));
	ev.l4 = IPPROTO_UDP;
	cr_expect_not(flow_select_holds(&s, &ev));
	ev.l4 = IPPROTO_TCP;
	ev.orig.dport = htons(81);
	cr_expect_not(flow_select_holds(&s, &ev));
}
