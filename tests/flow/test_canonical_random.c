/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selections at random: written otherwise, and compared with what they let through. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "flow/canonical_case.h"
#include "random.h"

/* Few numbers, so that ranges overlap, touch and repeat. */
static struct flow_range random_range(struct random *r, __u32 max)
{
	__u32 first = random_below(r, 40), last = first + random_below(r, 6);

	if (max < 40) {
		first = last = random_below(r, max + 1);
	} else if (!random_below(r, 4)) {
		first = max - first;
		last = max - random_below(r, max - first + 1);
	}
	return (struct flow_range){ first, last };
}

static void random_numbers(struct random *r, struct flow_numbers *n, __u32 max)
{
	n->n = random_below(r, 3) ? random_below(r, 6) : 0;
	n->inverted = n->n && !random_below(r, 3);
	for (size_t i = 0; i < n->n; i++)
		n->list[i] = random_range(r, max);
}

static void random_marks(struct random *r, struct flow_marks *m)
{
	m->n = random_below(r, 3) ? random_below(r, 6) : 0;
	m->inverted = m->n && !random_below(r, 3);
	for (size_t i = 0; i < m->n; i++) {
		__u32 mask = random_below(r, 2) ? UINT32_MAX : random_below(r, 16);
		__u32 first = random_below(r, 16) & mask;

		m->list[i] = (struct flow_marks_item){ mask, first, first };
	}
}

/* Backwards, with the first one twice. */
static void rewrite_marks(struct flow_marks *m)
{
	struct flow_marks given = *m;

	for (size_t i = 0; i < given.n; i++)
		m->list[i] = given.list[given.n - 1 - i];
	if (given.n)
		m->list[m->n++] = given.list[0];
}

static void random_address(struct random *r, __u8 *family, __u8 addr[16])
{
	__u8 ip4[4] = { 10, 0, random_below(r, 2), random_below(r, 16) };

	*family = random_below(r, 3) ? AF_INET : AF_INET6;
	if (*family == AF_INET) {
		flow_addr_v4(addr, ip4);
		return;
	}
	memset(addr, random_below(r, 2) ? 0xff : 0x20, 16);
	addr[15] = random_below(r, 16);
}

static void random_networks(struct random *r, struct flow_networks *n)
{
	n->n = random_below(r, 3) ? random_below(r, 6) : 0;
	n->inverted = n->n && !random_below(r, 3);
	for (size_t i = 0; i < n->n; i++) {
		struct flow_network *network = &n->list[i];

		random_address(r, &network->family, network->addr);
		network->bits = 122 + random_below(r, 7);
	}
}

static void random_select(struct random *r, struct flow_select *s)
{
	memset(s, 0, sizeof(*s));
	random_numbers(r, &s->proto, 255);
	random_numbers(r, &s->sport, 65535);
	random_numbers(r, &s->dport, 65535);
	random_numbers(r, &s->direction, FLOW_DIR_LOCAL);
	random_numbers(r, &s->zone, 65535);
	random_marks(r, &s->mark);
	random_networks(r, &s->src);
	random_networks(r, &s->dst);
	random_numbers(r, &s->port, 65535);
	random_networks(r, &s->addr);
}

/* Another order, something twice, a range in two halves. */
static void rewrite_numbers(struct random *r, struct flow_numbers *n)
{
	if (!n->n)
		return;
	n->list[n->n] = n->list[random_below(r, n->n)];
	n->n++;
	for (size_t i = 0; i < n->n && n->n < 16; i++) {
		struct flow_range *range = &n->list[i];

		if (range->first == range->last || random_below(r, 2))
			continue;
		n->list[n->n++] = (struct flow_range){ range->first + 1, range->last };
		range->last = range->first + random_below(r, 2);
	}
	for (size_t i = 0; i < n->n; i++) {
		size_t other = random_below(r, n->n);
		struct flow_range moved = n->list[i];

		n->list[i] = n->list[other];
		n->list[other] = moved;
	}
}

static void rewrite_networks(struct random *r, struct flow_networks *n)
{
	size_t given = n->n;

	for (size_t i = 0; i < given; i++) {
		struct flow_network half = n->list[i];

		if (half.bits == 128)
			continue;
		half.bits++;	/* one inside another */
		if (random_below(r, 2)) {	/* both halves, in place of the whole */
			n->list[i] = half;
			half.addr[(half.bits - 1) / 8] ^= 0x80 >> (half.bits - 1) % 8;
		}
		n->list[n->n++] = half;
	}
	for (size_t i = 0; i < n->n; i++) {
		size_t other = random_below(r, n->n);
		struct flow_network moved = n->list[i];

		n->list[i] = n->list[other];
		n->list[other] = moved;
	}
}

static void rewrite(struct random *r, struct flow_select *s)
{
	struct flow_numbers *numbers[] = { &s->proto, &s->sport, &s->dport, &s->port,
					   &s->direction, &s->zone };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		rewrite_numbers(r, numbers[i]);
	rewrite_networks(r, &s->src);
	rewrite_networks(r, &s->dst);
	rewrite_networks(r, &s->addr);
	rewrite_marks(&s->mark);
}

Test(canonical, selections_written_otherwise_are_equal, .timeout = 120)
{
	static struct flow_select a, b;
	struct random r = random_from(1);

	for (int i = 0; i < 3000; i++) {
		random_select(&r, &a);
		b = a;
		rewrite(&r, &b);
		cr_assert(same_selection(&a, &b), "selection %d", i);
	}
}

/* The lists below name ports up to 5: for all above that they hold alike. */
static bool hold_alike(const struct flow_select *a, const struct flow_select *b)
{
	struct flow_event none = { .has_ports = false };
	bool alike = flow_select_holds(a, &none) == flow_select_holds(b, &none);

	for (__u32 port = 0; port < 10; port++) {
		struct flow_event ev = { .has_ports = true, .orig.dport = htons(port) };

		alike &= flow_select_holds(a, &ev) == flow_select_holds(b, &ev);
	}
	return alike;
}

/* The digest and what the selection does agree, whatever the two lists are. */
Test(canonical, lists_of_ports_are_equal_when_they_hold_for_the_same, .timeout = 120)
{
	static struct flow_select a, b;
	struct random r = random_from(2);
	size_t equal = 0, different = 0;

	for (int i = 0; i < 20000; i++) {
		bool alike;

		memset(&a, 0, sizeof(a));
		memset(&b, 0, sizeof(b));
		a.dport.n = 1 + random_below(&r, 3);
		b.dport.n = 1 + random_below(&r, 3);
		a.dport.inverted = random_below(&r, 2);
		b.dport.inverted = random_below(&r, 2);
		for (size_t j = 0; j < 3; j++) {
			a.dport.list[j].first = random_below(&r, 4);
			a.dport.list[j].last = a.dport.list[j].first + random_below(&r, 3);
			b.dport.list[j].first = random_below(&r, 4);
			b.dport.list[j].last = b.dport.list[j].first + random_below(&r, 3);
		}
		alike = hold_alike(&a, &b);
		cr_assert_eq(same_selection(&a, &b), alike, "lists %d", i);
		equal += alike;
		different += !alike;
	}
	cr_expect_gt(equal, 500);	/* both happen, or nothing is shown */
	cr_expect_gt(different, 500);
}

/* The lists below have addresses whose last byte is up to 7. */
static bool hold_addresses_alike(const struct flow_select *a, const struct flow_select *b)
{
	bool alike = true;

	for (int value = 0; value < 128; value++) {
		struct flow_event ev = { .family = value & 64 ? AF_INET : AF_INET6 };

		flow_addr_v4(ev.orig.saddr, "\x0a\0\0");
		flow_addr_v4(ev.orig.daddr, "\x0a\0\0");
		ev.orig.saddr[15] = value & 7;
		ev.orig.daddr[15] = value >> 3 & 7;
		alike &= flow_select_holds(a, &ev) == flow_select_holds(b, &ev);
	}
	return alike;
}

static void few_networks(struct random *r, struct flow_networks *list)
{
	list->n = 1 + random_below(r, 3);
	list->inverted = random_below(r, 2);
	for (size_t j = 0; j < list->n; j++) {
		struct flow_network *n = &list->list[j];

		n->family = random_below(r, 2) ? AF_INET : AF_INET6;
		flow_addr_v4(n->addr, "\x0a\0\0");
		n->addr[15] = random_below(r, 4);
		n->bits = 126 + random_below(r, 3);
	}
}

static void compare_networks(struct random *r, size_t member)
{
	static struct flow_select a, b;
	size_t equal = 0, different = 0;

	for (int i = 0; i < 10000; i++) {
		bool alike;

		memset(&a, 0, sizeof(a));
		memset(&b, 0, sizeof(b));
		few_networks(r, (struct flow_networks *)((char *)&a + member));
		few_networks(r, (struct flow_networks *)((char *)&b + member));
		alike = hold_addresses_alike(&a, &b);
		cr_assert_eq(same_selection(&a, &b), alike, "lists %d", i);
		equal += alike;
		different += !alike;
	}
	cr_expect_gt(equal, 100);
	cr_expect_gt(different, 500);
}

Test(canonical, lists_of_networks_are_equal_when_they_hold_for_the_same, .timeout = 120)
{
	struct random r = random_from(3);

	compare_networks(&r, offsetof(struct flow_select, src));
	compare_networks(&r, offsetof(struct flow_select, addr));
}

/* The items below look at four bits, or at all. */
Test(canonical, lists_of_marks_that_are_equal_hold_for_the_same, .timeout = 120)
{
	static struct flow_select a, b;
	struct random r = random_from(5);
	size_t equal = 0, different = 0;

	for (int i = 0; i < 20000; i++) {
		bool same;

		memset(&a, 0, sizeof(a));
		memset(&b, 0, sizeof(b));
		random_marks(&r, &a.mark);
		random_marks(&r, &b.mark);
		same = same_selection(&a, &b);
		for (__u32 mark = 0; same && mark < 32; mark++) {
			struct flow_event ev = { .conntrack = true, .mark = mark };

			cr_assert_eq(flow_select_holds(&a, &ev), flow_select_holds(&b, &ev), "lists %d", i);
		}
		equal += same;
		different += !same;
	}
	cr_expect_gt(equal, 500);
	cr_expect_gt(different, 500);
}
