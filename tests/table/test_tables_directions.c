/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both tables make of a direction: from the addresses of a network namespace. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "host/namespace.h"
#include "table/tables_case.h"

static void two_addresses(void)
{
	namespace_enter();
	namespace_run("ip link set lo up");
	namespace_run("ip link add v0 type veth peer name v1");
	namespace_run("ip addr add 10.1.0.1/24 brd 10.1.0.255 dev v0");
	namespace_run("ip addr add 2001:db8:1::1/64 dev v0 nodad");
	namespace_run("ip link set v0 up");
}

BOTH_IN_NAMESPACE(directions_follow_the_addresses, 100, two_addresses)
{
	static const struct {
		const char *src, *dst, *real;	/* real: the source of replies */
		enum flow_dir dir;
	} cases[] = {
		{ "10.0.0.7", "192.0.2.10", "192.0.2.10", FLOW_DIR_FORWARD },
		{ "10.0.0.7", "10.1.0.1", "10.1.0.1", FLOW_DIR_IN },
		{ "10.0.0.7", "10.1.0.1", "10.9.0.2", FLOW_DIR_FORWARD },	/* a port forward */
		{ "10.0.0.7", "192.0.2.10", "10.1.0.1", FLOW_DIR_IN },	/* redirected to us */
		{ "10.1.0.1", "192.0.2.10", "192.0.2.10", FLOW_DIR_OUT },
		{ "10.1.0.1", "10.1.0.1", "10.1.0.1", FLOW_DIR_LOCAL },
		{ "10.1.0.1", "127.0.0.1", "127.0.0.1", FLOW_DIR_LOCAL },
		{ "127.9.9.9", "192.0.2.10", "192.0.2.10", FLOW_DIR_OUT },
		{ "10.0.0.7", "127.9.9.9", "127.9.9.9", FLOW_DIR_IN },
		{ "10.0.0.7", "10.1.0.255", "10.1.0.255", FLOW_DIR_IN },
		{ "10.1.0.1", "10.1.0.255", "10.1.0.255", FLOW_DIR_OUT },
		{ "10.0.0.7", "224.0.0.251", "224.0.0.251", FLOW_DIR_IN },
		{ "10.0.0.7", "239.255.255.250", "239.255.255.250", FLOW_DIR_IN },
		{ "10.0.0.7", "240.0.0.1", "240.0.0.1", FLOW_DIR_FORWARD },
		{ "10.0.0.7", "255.255.255.255", "255.255.255.255", FLOW_DIR_IN },
		{ "0.0.0.0", "255.255.255.255", "255.255.255.255", FLOW_DIR_IN },
		{ "10.1.0.1", "224.0.0.251", "224.0.0.251", FLOW_DIR_OUT },
		{ "2001:db8::7", "2001:db8::10", "2001:db8::10", FLOW_DIR_FORWARD },
		{ "2001:db8::7", "2001:db8:1::1", "2001:db8:1::1", FLOW_DIR_IN },
		{ "2001:db8:1::1", "2001:db8::10", "2001:db8::10", FLOW_DIR_OUT },
		{ "2001:db8:1::1", "::1", "::1", FLOW_DIR_LOCAL },
		{ "2001:db8::7", "ff02::fb", "ff02::fb", FLOW_DIR_IN },
		{ "fe80::1", "fe80::2", "fe80::2", FLOW_DIR_FORWARD },
		{ "2001:db8::7", "::ffff:10.1.0.1", "::ffff:10.1.0.1", FLOW_DIR_IN },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct message_spec s =
			message_spec(MESSAGE_NEW, IPPROTO_TCP, cases[i].src, cases[i].dst);

		message_address(s.reply.src, cases[i].real);
		feed_counted(t, &s);
		cr_expect_eq(one_row(t).key.dir, cases[i].dir, "%s to %s (%s)", cases[i].src,
			     cases[i].dst, cases[i].real);
	}
}

static void enter(void)
{
	namespace_enter();
}

static enum flow_dir direction_to(struct table_under_test *t, unsigned int host)
{
	struct message_spec s = tcp_message(MESSAGE_NEW);

	memcpy(s.orig.dst, &(__be32){ htonl(0x0a400000 + host) }, 4);
	memcpy(s.reply.src, s.orig.dst, 4);
	feed_counted(t, &s);
	return t->rows(t, NULL, 0) == 1 ? memory_row(t->window, 0)->key.dir : 255;
}

/* First to last, to `ip -batch`. */
static void change_addresses(const char *what, unsigned int first, unsigned int last)
{
	FILE *ip = popen("ip -batch -", "w");

	cr_assert_not_null(ip);
	for (unsigned int host = first; host <= last; host++)
		fprintf(ip, "addr %s 10.%u.%u.%u/32 dev lo\n", what, 0x40 + (host >> 16),
			host >> 8 & 255, host & 255);
	if (pclose(ip))
		cr_skip_test("no ip -batch here");
}

#define MANY 3000

BOTH_IN_NAMESPACE(many_addresses_come_and_go, 10, enter)
{
	change_addresses("add", 1, MANY);
	cr_assert_eq(table_addresses(t), 0);
	for (unsigned int host = 1; host <= MANY; host += 97)
		cr_assert_eq(direction_to(t, host), FLOW_DIR_IN, "%u", host);
	cr_assert_eq(direction_to(t, MANY + 1), FLOW_DIR_FORWARD);
	change_addresses("del", 2, MANY - 1);
	cr_assert_eq(table_addresses(t), 0);
	cr_assert_eq(direction_to(t, 1), FLOW_DIR_IN);
	cr_assert_eq(direction_to(t, MANY), FLOW_DIR_IN);
	for (unsigned int host = 2; host < MANY; host += 97)
		cr_assert_eq(direction_to(t, host), FLOW_DIR_FORWARD, "%u", host);
	change_addresses("add", 2, 9);
	cr_assert_eq(table_addresses(t), 0);
	cr_assert_eq(direction_to(t, 5), FLOW_DIR_IN);
	cr_assert_eq(direction_to(t, 10), FLOW_DIR_FORWARD);
}

static void number_address(__u8 addr[16], __u32 n)
{
	flow_addr_v4(addr, &(__be32){ htonl(0x0a400000 + n) });
}

/* Told so many that each bit of the filter's first look is set, then few. */
KERNEL_TEST(has_room_for_65536_addresses)
{
	struct table_under_test *t = kernel_under_test(10);
	__u8 addr[16];

	no_addresses(t);
	kernel_addresses_begin(t->kernel);
	for (__u32 n = 0; n < 65536; n++) {
		number_address(addr, n);
		cr_assert_eq(kernel_address(t->kernel, addr, ADDRESS_OURS), 0, "%u", n);
	}
	number_address(addr, 65536);
	cr_assert_eq(kernel_address(t->kernel, addr, ADDRESS_OURS), -E2BIG);
	cr_assert_eq(kernel_addresses_end(t->kernel), 0);
	for (__u32 n = 0; n < 65536; n += 4099)
		cr_assert_eq(direction_to(t, n), FLOW_DIR_IN);
	cr_assert_eq(direction_to(t, 65536), FLOW_DIR_FORWARD);

	kernel_addresses_begin(t->kernel);
	number_address(addr, 7);
	cr_assert_eq(kernel_address(t->kernel, addr, ADDRESS_OURS), 0);
	cr_assert_eq(kernel_addresses_end(t->kernel), 0);
	cr_assert_eq(direction_to(t, 7), FLOW_DIR_IN);
	for (__u32 n = 8; n < 65536; n += 4099)
		cr_assert_eq(direction_to(t, n), FLOW_DIR_FORWARD);
	number_address(addr, 65536);
	kernel_addresses_begin(t->kernel);
	cr_assert_eq(kernel_address(t->kernel, addr, ADDRESS_OURS), 0);
	cr_assert_eq(kernel_addresses_end(t->kernel), 0);
	cr_assert_eq(direction_to(t, 65536), FLOW_DIR_IN);
	cr_assert_eq(direction_to(t, 7), FLOW_DIR_FORWARD);
	table_close(t);
}

KERNEL_TEST(an_address_can_change_its_kind)
{
	struct table_under_test *t = kernel_under_test(10);
	static const enum kernel_address kinds[] = { ADDRESS_OURS, ADDRESS_BROADCAST, ADDRESS_OURS };
	struct message_spec s = tcp_message(MESSAGE_NEW);
	__u8 addr[16];

	flow_addr_v4(addr, s.orig.src);
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		kernel_addresses_begin(t->kernel);
		cr_assert_eq(kernel_address(t->kernel, addr, kinds[i]), 0);
		cr_assert_eq(kernel_addresses_end(t->kernel), 0);
		feed_counted(t, &s);
		cr_expect_eq(one_row(t).key.dir,
			     kinds[i] == ADDRESS_OURS ? FLOW_DIR_OUT : FLOW_DIR_FORWARD);
	}
	table_close(t);
}
