/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "flow/naive_select.h"
#include "random.h"

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
		{ &s.direction, FLOW_DIR_IN }, { &s.zone, 7 },
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

/* The same for an item of the list of marks. */
static bool in_marks(struct flow_select *s, const struct flow_event *ev, struct flow_marks_item item)
{
	bool holds;

	memset(s, 0, sizeof(*s));
	s->mark.list[0] = item;
	s->mark.n = 1;
	cr_assert(flow_select_any(s));
	holds = flow_select_holds(s, ev);
	s->mark.inverted = true;
	cr_assert_neq(flow_select_holds(s, ev), holds);
	return holds;
}

Test(select, marks)
{
	static const struct {
		struct flow_marks_item item;
		bool holds;
	} cases[] = {
		{ { UINT32_MAX, 0x5678, 0x5678 }, true }, { { UINT32_MAX, 0x5670, 0x5680 }, true },
		{ { UINT32_MAX, 0x5679, UINT32_MAX }, false }, { { UINT32_MAX, 0, 0x5677 }, false },
		{ { 0xff00, 0x5600, 0x5600 }, true }, { { 0xff00, 0x5700, 0x5700 }, false },
		{ { 0xf00f, 0x5008, 0x5008 }, true }, { { 0xf00f, 0x5009, 0x5009 }, false },
		{ { 0x80000000, 0, 0 }, true }, { { 0x80000000, 0x80000000, 0x80000000 }, false },
		{ { 0, 0, 0 }, true },
	};
	static struct flow_select s;
	struct flow_event ev = connection();

	ev.mark = 0x5678;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(in_marks(&s, &ev, cases[i].item), cases[i].holds, "%zu", i);
}

Test(select, a_port_of_either_end)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	cr_expect(in_range(&s, &s.port, &ev, 40000, 40000), "the source's");
	cr_expect(in_range(&s, &s.port, &ev, 443, 443), "the destination's");
	cr_expect(in_range(&s, &s.port, &ev, 0, 65535), "both");
	cr_expect_not(in_range(&s, &s.port, &ev, 444, 39999), "neither");
}

Test(select, an_unknown_number_is_in_no_list)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	ev.has_ports = ev.conntrack = false;
	ev.orig.sport = ev.orig.dport = ev.zone = ev.mark = 0;
	cr_expect_not(in_range(&s, &s.sport, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.dport, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.port, &ev, 0, 65535));
	cr_expect_not(in_range(&s, &s.zone, &ev, 0, 65535));
	cr_expect_not(in_marks(&s, &ev, (struct flow_marks_item){ 0, 0, 0 }));
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

Test(select, an_address_of_either_end)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	cr_expect(in_network(&s.addr, &s, &ev, AF_INET, "\x0a\x01\x02\x03", 128), "the source");
	cr_expect(in_network(&s.addr, &s, &ev, AF_INET, "\xc0\x00\x02\x0a", 128), "the destination");
	cr_expect_not(in_network(&s.addr, &s, &ev, AF_INET, "\x0a\x01\x02\x02", 128));
	cr_expect_not(in_network(&s.addr, &s, &ev, AF_INET6, "\x0a\x01\x02\x03", 128));
	cr_expect(flow_select_any(&s));
	s.addr.inverted = true;
	cr_expect(flow_select_holds(&s, &ev), "neither end");
	flow_addr_v4(s.addr.list[0].addr, "\x0a\x01\x02\x03");
	s.addr.list[0].family = AF_INET;
	cr_expect_not(flow_select_holds(&s, &ev), "the source is in the inverted list");
	flow_addr_v4(s.addr.list[0].addr, "\xc0\x00\x02\x0a");
	cr_expect_not(flow_select_holds(&s, &ev), "the destination is in the inverted list");
}

/* An address and a port need not be of the same end. */
Test(select, either_end_of_each_list)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	cr_assert(in_network(&s.addr, &s, &ev, AF_INET, "\x0a\x01\x02\x03", 128));
	s.port.list[0] = (struct flow_range){ 443, 443 };
	s.port.n = 1;
	cr_expect(flow_select_holds(&s, &ev));
	s.port.list[0].first = s.port.list[0].last = 442;
	cr_expect_not(flow_select_holds(&s, &ev));
}

/* What addresses and ports were translated to is not compared. */
Test(select, the_ends_are_those_before_translation)
{
	static struct flow_select s;
	struct flow_event ev = connection();

	flow_addr_v4(ev.reply.saddr, "\x0a\x04\x05\x06");
	flow_addr_v4(ev.reply.daddr, "\xc6\x33\x64\x01");
	ev.reply.sport = htons(8443);
	ev.reply.dport = htons(1024);
	cr_expect_not(in_network(&s.addr, &s, &ev, AF_INET, "\x0a\x04\x05\x06", 128));
	cr_expect_not(in_network(&s.addr, &s, &ev, AF_INET, "\xc6\x33\x64\x01", 128));
	cr_expect_not(in_range(&s, &s.port, &ev, 8443, 8443));
	cr_expect_not(in_range(&s, &s.port, &ev, 1024, 1024));
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

/* --- at random, against the oracle -------------------------------------------- */

/* Few values, so that an event often has what a list holds. */
#define VALUES 6

static void random_numbers(struct random *r, struct flow_numbers *numbers)
{
	numbers->n = random_below(r, 4) ? 0 : 1 + random_below(r, 3);
	numbers->inverted = random_below(r, 2);
	for (size_t i = 0; i < numbers->n; i++) {
		__u32 first = random_below(r, VALUES);

		numbers->list[i] = (struct flow_range){ first, first + random_below(r, 2) };
	}
}

static void random_marks(struct random *r, struct flow_marks *marks)
{
	marks->n = random_below(r, 4) ? 0 : 1 + random_below(r, 3);
	marks->inverted = random_below(r, 2);
	for (size_t i = 0; i < marks->n; i++) {
		__u32 mask = random_below(r, 2) ? UINT32_MAX : random_below(r, 8);
		__u32 first = random_below(r, VALUES) & mask;

		marks->list[i] = (struct flow_marks_item){
			mask, first, mask == UINT32_MAX ? first + random_below(r, 2) : first
		};
	}
}

static void random_address(struct random *r, __u8 family, __u8 addr[16])
{
	memset(addr, 0, 16);
	if (family == AF_INET)
		flow_addr_v4(addr, "\x0a\0\0");
	addr[15] = random_below(r, VALUES);
}

static void random_networks(struct random *r, struct flow_networks *networks)
{
	networks->n = random_below(r, 4) ? 0 : 1 + random_below(r, 3);
	networks->inverted = random_below(r, 2);
	for (size_t i = 0; i < networks->n; i++) {
		struct flow_network *network = &networks->list[i];

		network->family = random_below(r, 2) ? AF_INET : AF_INET6;
		network->bits = 126 + random_below(r, 3);
		random_address(r, network->family, network->addr);
	}
}

static void random_select(struct random *r, struct flow_select *s)
{
	struct flow_numbers *numbers[] = { &s->proto, &s->sport, &s->dport, &s->port,
					   &s->direction, &s->zone };
	struct flow_networks *networks[] = { &s->src, &s->dst, &s->addr };

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		random_numbers(r, numbers[i]);
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		random_networks(r, networks[i]);
	random_marks(r, &s->mark);
}

static struct flow_event random_event(struct random *r)
{
	struct flow_event ev = {
		.family = random_below(r, 2) ? AF_INET : AF_INET6, .l4 = random_below(r, VALUES),
		.dir = random_below(r, 4), .has_ports = random_below(r, 4),
		.conntrack = random_below(r, 4),
	};

	random_address(r, ev.family, ev.orig.saddr);
	random_address(r, ev.family, ev.orig.daddr);
	if (ev.has_ports) {
		ev.orig.sport = htons(random_below(r, VALUES));
		ev.orig.dport = htons(random_below(r, VALUES));
	}
	if (ev.conntrack) {
		ev.zone = random_below(r, VALUES);
		ev.mark = random_below(r, VALUES);
	}
	return ev;
}

Test(select, as_the_oracle_does, .timeout = 120)
{
	static struct flow_select s;
	struct random r = random_from(4);
	size_t held = 0, not_held = 0;

	for (int i = 0; i < 20000; i++) {
		random_select(&r, &s);
		for (int k = 0; k < 10; k++) {
			struct flow_event ev = random_event(&r);
			bool holds = naive_select_holds(&s, &ev);

			cr_assert_eq(flow_select_holds(&s, &ev), holds, "selection %d, event %d", i, k);
			held += holds;
			not_held += !holds;
		}
	}
	cr_expect_gt(held, 10000);	/* both happen, or nothing is shown */
	cr_expect_gt(not_held, 10000);
}
