/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cli/marks.h"
#include "cli/networks.h"
#include "cli/key.h"
#include "cli/ranges.h"
#include "flow/canonical.h"
#include "random.h"

#define MAX_BYTES 100000

static struct refusal why;

struct bytes {
	size_t len;
	unsigned char data[MAX_BYTES];
};

static void collect(void *arg, const void *bytes, size_t len)
{
	struct bytes *b = arg;

	cr_assert_leq(b->len + len, sizeof(b->data));
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

static bool same(const struct flow_spec *spec_a, const struct flow_select *a,
		 const struct flow_spec *spec_b, const struct flow_select *b)
{
	static struct bytes of_a, of_b;

	of_a.len = of_b.len = 0;
	flow_canonical(spec_a, a, collect, &of_a);
	flow_canonical(spec_b, b, collect, &of_b);
	return of_a.len == of_b.len && !memcmp(of_a.data, of_b.data, of_a.len);
}

static bool same_selection(const struct flow_select *a, const struct flow_select *b)
{
	return same(&flow_spec_default, a, &flow_spec_default, b);
}

/* --- what is written differently and means the same -------------------------- */

/* "src=...", as on the command line. */
static void select_by(struct flow_select *s, const char *condition)
{
	static const struct {
		const char *name;
		size_t at;
		__u32 max;	/* 0: networks */
	} names[] = {
		{ "sport=", offsetof(struct flow_select, sport), 65535 },
		{ "dport=", offsetof(struct flow_select, dport), 65535 },
		{ "port=", offsetof(struct flow_select, port), 65535 },
		{ "proto=", offsetof(struct flow_select, proto), 255 },
		{ "zone=", offsetof(struct flow_select, zone), 65535 },
		{ "src=", offsetof(struct flow_select, src), 0 },
		{ "dst=", offsetof(struct flow_select, dst), 0 },
		{ "addr=", offsetof(struct flow_select, addr), 0 },
	};

	memset(s, 0, sizeof(*s));
	if (!strncmp(condition, "mark=", 5)) {
		cr_assert_eq(options_marks(condition + 5, &s->mark, &why), 0, "%s", condition);
		return;
	}
	for (size_t i = 0; *condition && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i].name);
		void *to = (char *)s + names[i].at;

		if (strncmp(condition, names[i].name, len))
			continue;
		cr_assert_eq(names[i].max ? options_numbers(condition + len, names[i].max, to, &why) :
			     options_networks(condition + len, to, &why), 0, "%s", condition);
		return;
	}
	cr_assert_eq(*condition, '\0', "%s", condition);
}

static void compare(const char *a, const char *b, bool equal)
{
	static struct flow_select sa, sb;

	select_by(&sa, a);
	select_by(&sb, b);
	cr_expect_eq(same_selection(&sa, &sb), equal, "%s and %s", a, b);
	cr_expect_eq(same_selection(&sb, &sa), equal, "%s and %s", b, a);
}

Test(canonical, what_means_the_same_is_equal)
{
	static const char *const pairs[][2] = {
		{ "dport=80,443", "dport=443,80" },
		{ "dport=80", "dport=80,80-80" },
		{ "dport=1-10,5-20", "dport=1-20" },
		{ "dport=1-10,11-20", "dport=1-20" },
		{ "dport=!1-10,11-20", "dport=!11-20,1-10" },
		{ "proto=!6,17", "proto=!17,6" },
		{ "proto=0-5,6,7-255", "proto=0-255" },
		{ "mark=0-4294967295", "mark=0-4294967294,4294967295" },
		{ "mark=0x10", "mark=16" },
		{ "mark=0/0", "mark=0-0xffffffff" },
		{ "mark=0x100/0xffffff00", "mark=0x100-0x1ff" },
		{ "mark=!0x100/0xffffff00", "mark=!256-511" },
		{ "mark=1/0xf,5", "mark=5,1/15,1/15" },
		{ "mark=1/0xf,0x21/0xff,0x31,0xffffff01/0xffffff0f", "mark=1/0xf,0x31" },
		{ "mark=!2/3,1/3", "mark=!1/3,2/3" },
		{ "mark=0x20/0x2f,0x20-0xffffffff", "mark=0x20-0xffffffff" },
		{ "port=1-10,5-20", "port=1-20" },
		{ "port=!443,80", "port=!80,443" },
		{ "addr=10.0.0.0/8,10.1.0.0/16", "addr=10.0.0.0/8" },
		{ "addr=!10.0.0.0-10.0.0.255", "addr=!10.0.0.0/24" },
		{ "addr=::/0,0.0.0.0/0", "" },
		{ "src=10.0.0.0/8,10.1.0.0/16", "src=10.0.0.0/8" },
		{ "src=10.1.2.3/8", "src=10.0.0.0/8" },
		{ "src=10.0.0.0/9,10.128.0.0/9", "src=10.0.0.0/8" },
		{ "src=10.0.0.0-10.0.0.255", "src=10.0.0.0/24" },
		{ "src=192.0.2.1,192.0.2.0", "src=192.0.2.0/31" },
		{ "src=::/0,0.0.0.0/0", "" },
		{ "src=!::/0", "src=0.0.0.0/0" },
		{ "src=!0.0.0.0/0", "src=::/0" },
		{ "dst=2001:db8::/33,2001:db8:8000::/33", "dst=2001:db8::/32" },
		{ "dst=ffff::/16,ffff:ffff::/32", "dst=ffff::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		compare(pairs[i][0], pairs[i][1], true);
}

Test(canonical, what_means_something_else_is_not)
{
	static const char *const pairs[][2] = {
		{ "dport=80", "sport=80" },
		{ "dport=80", "dport=81" },
		{ "dport=80", "dport=!80" },
		{ "dport=80", "" },
		{ "port=80", "dport=80" },
		{ "port=80", "port=!80" },
		{ "addr=10.0.0.0/8", "src=10.0.0.0/8" },
		{ "addr=10.0.0.0/8", "addr=!10.0.0.0/8" },
		/* one end in the lower half; none in the upper half */
		{ "addr=0.0.0.0/1", "addr=!128.0.0.0/1,::/0" },
		{ "port=0-65535", "" },
		{ "port=!80", "port=0-79,81-65535" },
		/* without ports, zone or mark an event is in no list, nor is a packet of which the
		 * protocol was cut off */
		{ "proto=0-255", "" },
		{ "proto=!6", "proto=0-5,7-255" },
		{ "dport=0-65535", "" },
		{ "dport=!80", "dport=0-79,81-65535" },
		{ "dport=!0-65535", "dport=0-65535" },
		{ "mark=1/0xf", "mark=1" },
		{ "mark=1/0xf", "mark=1/0x1f" },
		{ "mark=1/0xf", "mark=2/0xf" },
		{ "mark=1/0xf", "mark=!1/0xf" },
		{ "mark=1/0xf", "mark=1/0xf,2" },
		{ "mark=1/0xf", "mark=1/0xf,2/0xf" },
		{ "mark=0/0", "" },
		{ "zone=0-65535", "" },
		{ "mark=0-4294967295", "" },
		{ "proto=!0-255", "" },
		{ "src=10.0.0.0/8", "dst=10.0.0.0/8" },
		{ "src=10.0.0.0/8", "src=10.0.0.0/9" },
		{ "src=10.0.0.0/8", "src=::ffff:10.0.0.0/104" },
		{ "src=0.0.0.0/0", "src=::/0" },
		{ "src=!10.0.0.0/8", "src=10.0.0.0/8" },
		{ "src=10.0.0.0/24", "src=10.0.0.0-10.0.0.254" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		compare(pairs[i][0], pairs[i][1], false);
}

/* As many items as there can be, none beside another, and all outside of them. */
Test(canonical, the_longest_lists)
{
	static struct flow_select a, b;

	for (size_t i = 0; i < FLOW_SELECT_MAX; i++) {
		__u8 ip4[4] = { 10, 0, i, 2 };

		a.dport.list[i] = (struct flow_range){ 2 * i + 2, 2 * i + 2 };
		a.src.list[i] = (struct flow_network){ .bits = 128, .family = i % 2 ? AF_INET : AF_INET6 };
		flow_addr_v4(a.src.list[i].addr, ip4);
	}
	a.dport.n = a.src.n = FLOW_SELECT_MAX;
	a.dport.inverted = a.src.inverted = true;
	b = a;
	cr_expect(same_selection(&a, &b));
	b.dport.list[0] = b.dport.list[1];
	cr_expect_not(same_selection(&a, &b));
	b = a;
	b.src.list[0] = b.src.list[1];
	cr_expect_not(same_selection(&a, &b));
}

/* --- keys -------------------------------------------------------------------- */

static bool same_key(const char *a, const char *b)
{
	static const struct flow_select all;
	struct flow_spec sa, sb;

	cr_assert_eq(options_key(a, &sa, &why), 0, "%s", a);
	cr_assert_eq(options_key(b, &sb, &why), 0, "%s", b);
	return same(&sa, &all, &sb, &all);
}

Test(canonical, keys)
{
	struct flow_spec a = flow_spec_default, b = flow_spec_default;
	static const struct flow_select all;

	cr_expect(same_key("src,dst,dport,proto,icmp,dir,rule", "rule,dir,icmp,proto,dport,dst,src"));
	cr_expect(same_key("src/32/128", "src"));
	cr_expect_not(same_key("src,dst", "src"));
	cr_expect_not(same_key("src/24", "src"));
	cr_expect_not(same_key("src/24", "src/24/64"));
	cr_expect_not(same_key("src/24,dst", "src,dst/24"));
	cr_expect_not(same_key("nat-src/24", "nat-src"));
	cr_expect_not(same_key("nat-dst/24/1", "nat-dst/24/2"));
	cr_expect_not(same_key("icmp", "icmp-code"));
	cr_expect(same_key("mark", "mark/0xffffffff"));
	cr_expect(same_key("src,mark/0xff", "mark/255,src"));
	cr_expect_not(same_key("mark", "mark/0xff"));
	cr_expect_not(same_key("mark/0xfe", "mark/0xff"));
	/* the length of an address, and the mask of a mark, that are not in the key */
	a.fields = b.fields = FIELD_DPORT | FIELD_DST;
	a.src.v4 = 24;
	a.nat_dst.v6 = 64;
	a.mark = 1;
	cr_expect(same(&a, &all, &b, &all));
	a.dst.v4 = 24;
	cr_expect_not(same(&a, &all, &b, &all));
}

/* --- at random --------------------------------------------------------------- */

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
