/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The networks that a range of addresses becomes hold the same addresses as the range: the
 * oracle compares addresses as bytes. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cli/networks.h"
#include "random.h"

static struct refusal why;

static const char *text_of(int family, const __u8 *addr)
{
	static char texts[2][INET6_ADDRSTRLEN];
	static int turn;

	turn = !turn;
	return inet_ntop(family, addr, texts[turn], sizeof(texts[turn]));
}

static bool selected(const struct flow_networks *networks, int family, const __u8 *addr)
{
	struct flow_select select = { .src = *networks };
	struct flow_event ev = { .kind = FLOW_START };

	ev.family = family;
	if (family == AF_INET)
		flow_addr_v4(ev.orig.saddr, addr);
	else
		memcpy(ev.orig.saddr, addr, 16);
	return flow_select_holds(&select, &ev);
}

/* Change some of the last bytes of an address, so that the addresses of a test lie on both
 * sides of the ends of its range. */
static void near(struct random *r, __u8 *addr, const __u8 *from, size_t len)
{
	size_t tail = 1 + random_below(r, len);

	memcpy(addr, from, len);
	random_bytes(r, addr + len - tail, tail);
}

static void compare(struct random *r, int family, size_t len)
{
	__u8 first[16], last[16], swap[16], at[16];
	struct flow_networks networks;
	char text[2 * INET6_ADDRSTRLEN + 2];

	random_bytes(r, first, len);
	near(r, last, first, len);
	if (memcmp(first, last, len) > 0) {
		memcpy(swap, first, len);
		memcpy(first, last, len);
		memcpy(last, swap, len);
	}
	snprintf(text, sizeof(text), "%s-%s", text_of(family, first), text_of(family, last));
	cr_assert_eq(options_networks(text, &networks, &why), 0, "%s", text);
	cr_expect(selected(&networks, family, first), "the first of %s", text);
	cr_expect(selected(&networks, family, last), "the last of %s", text);
	for (int i = 0; i < 50; i++) {
		near(r, at, random_below(r, 2) ? first : last, len);
		cr_expect_eq(selected(&networks, family, at),
			     memcmp(at, first, len) >= 0 && memcmp(at, last, len) <= 0,
			     "%s in %s", text_of(family, at), text);
	}
}

Test(ranges, hold_what_lies_between_their_ends)
{
	struct random r = random_from(7);

	for (int i = 0; i < 500; i++) {
		compare(&r, AF_INET, 4);
		compare(&r, AF_INET6, 16);
	}
}

Test(ranges, are_the_fewest_networks)
{
	static const struct {
		const char *text;
		size_t n;
		__u8 bits[4];
	} cases[] = {
		{ "10.0.0.1-10.0.0.6", 4, { 128, 127, 127, 128 } },
		{ "10.0.0.0-10.0.0.255", 1, { 120 } },
		{ "0.0.0.0-255.255.255.255", 1, { 96 } },
		{ "10.0.0.7-10.0.0.7", 1, { 128 } },
		{ "2001:db8::-2001:db8::ffff", 1, { 112 } },
		{ "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, { 0 } },
	};
	struct flow_networks networks;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(options_networks(cases[i].text, &networks, &why), 0, "%s", cases[i].text);
		cr_assert_eq(networks.n, cases[i].n, "%s", cases[i].text);
		for (size_t k = 0; k < networks.n; k++)
			cr_expect_eq(networks.list[k].bits, cases[i].bits[k], "%s", cases[i].text);
	}
}

Test(ranges, that_are_wrong_or_too_many_are_refused)
{
	struct flow_networks networks;

	cr_expect_neq(options_networks("10.0.0.2-10.0.0.1", &networks, &why), 0);
	cr_expect_neq(options_networks("10.0.0.1-2001:db8::1", &networks, &why), 0);
	/* 253 networks each */
	cr_expect_eq(options_networks("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", &networks, &why), 0);
	cr_expect_neq(options_networks("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe,"
				       "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", &networks, &why), 0);
}
