/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record meets a condition when all connections that it can stand for meet the condition, by the
 * oracle of flow_select_holds(). Addresses, ports and the like are few here, so that all these
 * connections can be looked at. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "flow/naive_select.h"
#include "random.h"
#include "view/filter.h"

/* Of each family: 10.0.0.0 and 2001:db8::, and those that follow. No list has all of them. */
#define ADDRESSES 16
#define NUMBERS 5	/* ports, zones and marks: 0 to 4 */

static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE };
#define PROTOCOLS sizeof(protocols)

static void address(uint8_t addr[16], bool v4, unsigned int n)
{
	if (v4)
		flow_addr_v4(addr, (const uint8_t[]){ 10, 0, 0, n });
	else
		memcpy(addr, (const uint8_t[]){ 0x20, 1, 0xd, 0xb8, [15] = n }, 16);
}

static struct flow_event connection(struct random *r)
{
	bool v4 = random_below(r, 2);
	struct flow_event ev = {
		.orig = { .sport = htons(random_below(r, NUMBERS)), .dport = htons(random_below(r, NUMBERS)) },
		.family = v4 ? AF_INET : AF_INET6, .l4 = protocols[random_below(r, PROTOCOLS)],
		.dir = random_below(r, 4), .conntrack = true, .zone = random_below(r, NUMBERS),
		.mark = random_below(r, NUMBERS),
	};

	address(ev.orig.saddr, v4, random_below(r, ADDRESSES));
	address(ev.orig.daddr, v4, random_below(r, ADDRESSES));
	ev.has_ports = ev.l4 == IPPROTO_TCP || ev.l4 == IPPROTO_UDP;
	return ev;
}

/* An address as a record has it that keeps so many bits. */
static void cut(uint8_t to[16], const uint8_t from[16], unsigned int bits)
{
	memcpy(to, from, 16);
	for (unsigned int bit = bits; bit < 128; bit++)
		to[bit / 8] &= ~(0x80 >> bit % 8);
}

/* The record of a connection, by a key that has these fields and keeps so many bits. */
static struct view_flow record(const struct flow_event *ev, uint32_t has, unsigned int bits)
{
	struct view_flow f = { .key = {
		.proto = ev->l4, .direction = ev->dir, .sport = ntohs(ev->orig.sport),
		.dport = ntohs(ev->orig.dport), .src_bits = bits, .dst_bits = bits,
		.zone = ev->zone, .mark = ev->mark,
	} };

	f.key.has = ev->has_ports ? has : has & ~(uint32_t)(VIEW_SPORT | VIEW_DPORT);
	cut(f.key.src, ev->orig.saddr, bits);
	cut(f.key.dst, ev->orig.daddr, bits);
	return f;
}

static bool is_same(const struct view_flow *a, const struct view_flow *b)
{
	const struct view_key *k = &a->key, *l = &b->key;

	return k->has == l->has &&
	       (!(k->has & VIEW_PROTO) || k->proto == l->proto) &&
	       (!(k->has & VIEW_DIRECTION) || k->direction == l->direction) &&
	       (!(k->has & VIEW_SPORT) || k->sport == l->sport) &&
	       (!(k->has & VIEW_DPORT) || k->dport == l->dport) &&
	       (!(k->has & VIEW_ZONE) || k->zone == l->zone) &&
	       (!(k->has & VIEW_MARK) || k->mark == l->mark) &&
	       (!(k->has & VIEW_SRC) || !memcmp(k->src, l->src, 16)) &&
	       (!(k->has & VIEW_DST) || !memcmp(k->dst, l->dst, 16));
}

/* A condition, and which of the following a connection's answer depends on. */
enum depends { ON_SRC = 1, ON_DST = 2, ON_PORTS = 4, ON_PROTO = 8, ON_DIR = 16, ON_ZONE = 32, ON_MARK = 64 };

static unsigned int condition(struct random *r, char *to, size_t size)
{
	const char *not = random_below(r, 2) ? "!" : "";
	unsigned int n = random_below(r, ADDRESSES), bits = 29 + random_below(r, 4);
	unsigned int a = random_below(r, NUMBERS), b = a + random_below(r, 2);
	static const char *const ends[] = { "src", "dst", "addr" };
	static const char *const ports[] = { "sport", "dport", "port" };
	unsigned int which = random_below(r, 3);

	switch (random_below(r, 6)) {
	case 0:
		n &= ~0U << (32 - bits);
		if (random_below(r, 2))
			snprintf(to, size, "%s=%s10.0.0.%u/%u", ends[which], not, n, bits);
		else
			snprintf(to, size, "%s=%s2001:db8::%x/%u", ends[which], not, n, bits + 96);
		return which == 0 ? ON_SRC : which == 1 ? ON_DST : ON_SRC | ON_DST;
	case 1:
		snprintf(to, size, "%s=%s%u-%u,0", ports[which], not, a, b);
		return ON_PORTS | ON_PROTO;
	case 2:
		snprintf(to, size, "proto=%s%s", not, which ? "tcp,gre" : "1-6");
		return ON_PROTO;
	case 3:
		snprintf(to, size, "direction=%s%s", not, which ? "in" : "out,local");
		return ON_DIR;
	case 4:
		snprintf(to, size, "zone=%s%u-%u", not, a, b);
		return ON_ZONE;
	}
	snprintf(to, size, "mark=%s%u/%u,3", not, a, a | 4);
	return ON_MARK;
}

/* Count up one digit of several, from 0 to below - 1. Returns whether the next digit follows. */
static bool carries(unsigned int *digit, unsigned int below)
{
	*digit = (*digit + 1) % below;
	return !*digit;
}

/* Whether all connections that can have this record, which is of the connection ev, meet the
 * condition. Whatever the condition depends on takes every value, and the rest stays as it is in
 * ev. */
static bool all_meet(const struct flow_select *s, unsigned int on, const struct flow_event *ev,
		     const struct view_flow *f, unsigned int bits)
{
	unsigned int v6 = 0, src = 0, dst = 0, sport = 0, dport = 0, proto = 0, rest = 0;
	unsigned int addresses = on & (ON_SRC | ON_DST);

	do {
		struct flow_event other = *ev;

		if (addresses) {
			other.family = v6 ? AF_INET6 : AF_INET;
			address(other.orig.saddr, !v6, src);
			address(other.orig.daddr, !v6, dst);
		}
		if (on & ON_PROTO)
			other.l4 = protocols[proto];
		other.has_ports = other.l4 == IPPROTO_TCP || other.l4 == IPPROTO_UDP;
		if (on & ON_PORTS) {
			other.orig.sport = htons(sport);
			other.orig.dport = htons(dport);
		}
		if (on & ON_DIR)
			other.dir = rest % 4;
		if (on & ON_ZONE)
			other.zone = rest;
		if (on & ON_MARK)
			other.mark = rest;
		const struct view_flow its = record(&other, f->key.has, bits);

		if (is_same(f, &its) && !naive_select_holds(s, &other))
			return false;
	} while (!carries(&v6, addresses ? 2 : 1) || !carries(&src, addresses ? ADDRESSES : 1) ||
		 !carries(&dst, addresses ? ADDRESSES : 1) ||
		 !carries(&sport, on & ON_PORTS ? NUMBERS : 1) ||
		 !carries(&dport, on & ON_PORTS ? NUMBERS : 1) ||
		 !carries(&proto, on & ON_PROTO ? PROTOCOLS : 1) ||
		 !carries(&rest, on & (ON_DIR | ON_ZONE | ON_MARK) ? NUMBERS : 1));
	return true;
}

static const uint32_t fields = VIEW_PROTO | VIEW_DIRECTION | VIEW_SRC | VIEW_SPORT | VIEW_DST |
			       VIEW_DPORT | VIEW_ZONE | VIEW_MARK;

/* The record keeps so many bits of an IPv4 address, or so many more of an IPv6 one. */
static unsigned int some_bits(struct random *r)
{
	return random_below(r, 2) ? 128 : 124 + random_below(r, 4);
}

Test(view_filter, a_record_is_met_when_all_that_it_stands_for_is_met)
{
	static struct flow_select s;
	struct random r = random_from(16);
	unsigned int met = 0, rounds = 20000;
	struct refusal why;
	char line[128];

	for (unsigned int i = 0; i < rounds; i++) {
		unsigned int on = condition(&r, line, sizeof(line)), bits = some_bits(&r);
		uint32_t has = random_below(&r, 2) ? fields : fields & random_next(&r);
		struct flow_event ev = connection(&r);
		struct view_flow f = record(&ev, has, bits);
		bool holds;

		cr_assert_eq(view_filter_parse(&s, line, &why), 0, "%s: %s", line, why.why);
		holds = view_filter_holds(&s, &f);
		met += holds;
		cr_assert_eq(holds, all_meet(&s, on, &ev, &f, bits), "round %u: %s, fields %x", i, line,
			     f.key.has);
	}
	cr_expect(met > rounds / 10 && met < rounds / 2, "%u met", met);
}

Test(view_filter, several_conditions_are_met_when_each_is)
{
	static struct flow_select both, one, two;
	struct random r = random_from(17);
	struct refusal why;
	char a[64], b[64], line[sizeof(a) + sizeof(b)];
	unsigned int met = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		struct flow_event ev = connection(&r);
		struct view_flow f = record(&ev, fields | random_next(&r), some_bits(&r));

		condition(&r, a, sizeof(a));
		condition(&r, b, sizeof(b));
		snprintf(line, sizeof(line), "%s %s", a, b);
		if (view_filter_parse(&both, line, &why))
			continue;	/* the same name twice, or a protocol without the ports */
		cr_assert_eq(view_filter_parse(&one, a, &why) + view_filter_parse(&two, b, &why), 0);
		met += view_filter_holds(&both, &f);
		cr_assert_eq(view_filter_holds(&both, &f),
			     view_filter_holds(&one, &f) && view_filter_holds(&two, &f), "%s", line);
	}
	cr_expect_gt(met, 1000);
}
