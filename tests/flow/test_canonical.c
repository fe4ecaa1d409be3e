/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/marks.h"
#include "cli/networks.h"
#include "cli/key.h"
#include "cli/ranges.h"
#include "flow/canonical_case.h"

static struct refusal why;

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
	return same_canonical(&sa, &all, &sb, &all);
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
	cr_expect(same_canonical(&a, &all, &b, &all));
	a.dst.v4 = 24;
	cr_expect_not(same_canonical(&a, &all, &b, &all));
}
