/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flow/address.h"
#include "host/addresses.h"
#include "host/namespace.h"

/* A namespace with two interfaces, 10.0.0.7 and 2001:db8::7 on the first. */
static void enter(void)
{
	namespace_enter();
	namespace_run("ip link set lo up");
	namespace_run("ip link add va type veth peer name vb");
	/* no addresses of their own accord, a second or two later */
	namespace_run("ip link set va addrgenmode none up");
	namespace_run("ip link set vb addrgenmode none up");
	namespace_run("ip addr add 10.0.0.7/24 broadcast 10.0.0.255 dev va");
	namespace_run("ip addr add 2001:db8::7/64 dev va nodad");
}

TestSuite(addresses, .init = enter, .timeout = 60);

static struct addresses *opened(void)
{
	struct addresses *a = NULL;

	cr_assert_eq(addresses_open(&a), 0);
	return a;
}

static void address(__u8 to[16], const char *text)
{
	__be32 ip4;

	if (inet_pton(AF_INET, text, &ip4) == 1)
		flow_addr_v4(to, &ip4);
	else
		cr_assert_eq(inet_pton(AF_INET6, text, to), 1, "%s", text);
}

static const char *direction(const struct addresses *a, const char *src, const char *dst)
{
	static const char *const names[] = {
		[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in",
		[FLOW_DIR_OUT] = "out", [FLOW_DIR_LOCAL] = "local",
	};
	__u8 from[16], to[16];

	address(from, src);
	address(to, dst);
	return names[addresses_direction(a, from, to)];
}
#define EXPECT(a, src, dst, expected)                                                          \
	cr_expect_str_eq(direction(a, src, dst), expected, "%s to %s: %s", src, dst,           \
			 direction(a, src, dst))

/* Wait until it is said that something has changed, and take it in. */
static void changed(struct addresses *a)
{
	struct pollfd ready = { .fd = addresses_fd(a), .events = POLLIN };

	cr_assert_eq(poll(&ready, 1, 10000), 1, "no change is said");
	cr_assert_eq(addresses_update(a), 1);
}

Test(addresses, of_ipv4)
{
	struct addresses *a = opened();

	EXPECT(a, "10.0.0.7", "192.0.2.10", "out");
	EXPECT(a, "192.0.2.10", "10.0.0.7", "in");
	EXPECT(a, "10.0.0.7", "10.0.0.7", "local");
	EXPECT(a, "192.0.2.10", "198.51.100.1", "forward");
	EXPECT(a, "10.0.0.8", "10.0.0.9", "forward");
	EXPECT(a, "0.0.0.0", "192.0.2.10", "forward");
	addresses_close(a);
	addresses_close(NULL);
}

Test(addresses, of_ipv6)
{
	struct addresses *a = opened();

	EXPECT(a, "2001:db8::7", "2001:db8:1::1", "out");
	EXPECT(a, "2001:db8:1::1", "2001:db8::7", "in");
	EXPECT(a, "::1", "2001:db8::7", "local");
	EXPECT(a, "::1", "::1", "local");
	EXPECT(a, "2001:db8::8", "2001:db8:1::1", "forward");
	addresses_close(a);
}

Test(addresses, of_the_loopback_network_are_all_ours)
{
	struct addresses *a = opened();

	EXPECT(a, "127.0.0.1", "127.0.0.1", "local");
	EXPECT(a, "127.200.3.4", "127.255.255.255", "local");
	EXPECT(a, "127.0.0.53", "10.0.0.7", "local");
	EXPECT(a, "127.0.0.1", "192.0.2.10", "out");
	EXPECT(a, "126.255.255.255", "128.0.0.0", "forward");
	addresses_close(a);
}

Test(addresses, broadcast_reaches_us)
{
	struct addresses *a = opened();

	EXPECT(a, "10.0.0.9", "10.0.0.255", "in");
	EXPECT(a, "10.0.0.7", "10.0.0.255", "out");
	EXPECT(a, "0.0.0.0", "255.255.255.255", "in");
	EXPECT(a, "10.0.0.7", "255.255.255.255", "out");
	EXPECT(a, "10.0.0.255", "192.0.2.10", "forward");	/* but is not ours */
	EXPECT(a, "10.0.0.9", "10.0.1.255", "forward");		/* nor is another's */
	addresses_close(a);
}

Test(addresses, multicast_reaches_us)
{
	struct addresses *a = opened();

	EXPECT(a, "10.0.0.9", "224.0.0.1", "in");
	EXPECT(a, "10.0.0.9", "239.255.255.255", "in");
	EXPECT(a, "10.0.0.7", "224.0.0.251", "out");
	EXPECT(a, "10.0.0.9", "223.255.255.255", "forward");
	EXPECT(a, "10.0.0.9", "240.0.0.1", "forward");
	EXPECT(a, "fe80::1", "ff02::1", "in");
	EXPECT(a, "2001:db8::7", "ff02::fb", "out");
	EXPECT(a, "2001:db8::8", "fe80::1", "forward");
	addresses_close(a);
}

Test(addresses, the_other_end_of_a_point_to_point_link_is_not_ours)
{
	struct addresses *a;

	namespace_run("ip addr add 10.9.0.1 peer 10.9.0.2/32 dev vb");
	namespace_run("ip addr add 2001:db8:9::1 peer 2001:db8:9::2/128 dev vb nodad");
	a = opened();
	EXPECT(a, "10.9.0.1", "10.9.0.2", "out");
	EXPECT(a, "10.9.0.2", "10.9.0.1", "in");
	EXPECT(a, "10.9.0.2", "10.9.0.2", "forward");
	EXPECT(a, "2001:db8:9::1", "2001:db8:9::2", "out");
	EXPECT(a, "2001:db8:9::2", "2001:db8:9::1", "in");
	EXPECT(a, "2001:db8:9::2", "2001:db8:9::2", "forward");
	addresses_close(a);
}

Test(addresses, that_come_and_go_are_followed)
{
	struct addresses *a = opened();

	cr_assert_eq(addresses_update(a), 0, "nothing has changed");
	EXPECT(a, "10.5.0.1", "192.0.2.10", "forward");
	namespace_run("ip addr add 10.5.0.1/24 dev vb");
	EXPECT(a, "10.5.0.1", "192.0.2.10", "forward");	/* as long as it is not asked */
	changed(a);
	cr_assert_eq(addresses_update(a), 0, "that was all");
	EXPECT(a, "10.5.0.1", "192.0.2.10", "out");
	EXPECT(a, "10.0.0.7", "192.0.2.10", "out");
	namespace_run("ip addr del 10.5.0.1/24 dev vb");
	changed(a);
	EXPECT(a, "10.5.0.1", "192.0.2.10", "forward");
	namespace_run("ip addr add 2001:db8:5::1/64 dev vb nodad");
	changed(a);
	EXPECT(a, "2001:db8:5::1", "2001:db8::8", "out");
	namespace_run("ip addr del 2001:db8:5::1/64 dev vb");
	changed(a);
	EXPECT(a, "2001:db8:5::1", "2001:db8::8", "forward");
	addresses_close(a);
}

Test(addresses, go_with_their_interface)
{
	struct addresses *a = opened();

	namespace_run("ip link del va");
	changed(a);
	EXPECT(a, "10.0.0.7", "192.0.2.10", "forward");
	EXPECT(a, "2001:db8::7", "2001:db8::8", "forward");
	addresses_close(a);
}

Test(addresses, on_two_interfaces_are_ours_until_both_are_gone)
{
	struct addresses *a;

	namespace_run("ip addr add 10.0.0.7/24 dev vb");
	a = opened();
	EXPECT(a, "10.0.0.7", "192.0.2.10", "out");
	namespace_run("ip addr del 10.0.0.7/24 dev va");
	changed(a);
	EXPECT(a, "10.0.0.7", "192.0.2.10", "out");
	namespace_run("ip addr del 10.0.0.7/24 dev vb");
	changed(a);
	EXPECT(a, "10.0.0.7", "192.0.2.10", "forward");
	addresses_close(a);
}

Test(addresses, that_are_ours_and_a_broadcast_are_ours)
{
	struct addresses *a;

	namespace_run("ip addr add 10.0.0.255/32 dev vb");
	a = opened();
	EXPECT(a, "10.0.0.255", "192.0.2.10", "out");
	EXPECT(a, "10.0.0.7", "10.0.0.255", "local");
	addresses_close(a);
}

/* Address i of many. */
static const char *numbered(int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "10.77.%d.%d", i / 250, 1 + i % 250);
	return text;
}

static void add_many(int n)
{
	FILE *ip = popen("ip -batch -", "w");

	cr_assert_not_null(ip);
	for (int i = 0; i < n; i++)
		fprintf(ip, "addr add %s/32 dev vb\n", numbered(i));
	cr_assert_eq(pclose(ip), 0);
}

Test(addresses, more_than_one_message_holds)
{
	struct addresses *a;

	add_many(2000);
	a = opened();
	for (int i = 0; i < 2000; i++)
		cr_assert_str_eq(direction(a, numbered(i), "192.0.2.10"), "out", "%s", numbered(i));
	EXPECT(a, "10.77.8.1", "192.0.2.10", "forward");
	addresses_close(a);
}

/* More changes than the socket holds: that some were lost is one, too. */
Test(addresses, are_right_also_after_an_overrun)
{
	struct addresses *a = opened();

	add_many(1000);
	changed(a);
	EXPECT(a, "10.77.0.1", "192.0.2.10", "out");
	EXPECT(a, "10.77.3.250", "192.0.2.10", "out");
	namespace_run("ip addr flush dev vb");
	changed(a);
	EXPECT(a, "10.77.3.250", "192.0.2.10", "forward");
	namespace_run("ip addr add 10.77.3.250/32 dev vb");
	changed(a);
	EXPECT(a, "10.77.3.250", "192.0.2.10", "out");
	addresses_close(a);
}

Test(addresses, leave_no_descriptor_behind)
{
	int first = dup(0), again;

	close(first);
	for (int i = 0; i < 20; i++) {
		struct addresses *a = opened();

		namespace_run(i % 2 ? "ip addr del 10.5.0.1/24 dev vb" : "ip addr add 10.5.0.1/24 dev vb");
		changed(a);
		addresses_close(a);
	}
	again = dup(0);
	cr_assert_eq(first, again);
}

Test(addresses, that_are_given_are_ours)
{
	struct addresses *a = NULL;
	__u8 given[3][16], other[16], group[16];

	flow_addr_v4(given[0], "\x0a\x00\x00\x07");
	flow_addr_v4(given[1], "\x0a\x00\x00\x01");
	memcpy(given[2], given[0], 16);
	flow_addr_v4(other, "\xc0\x00\x02\x01");
	flow_addr_v4(group, "\xe0\x00\x00\x01");
	cr_assert_eq(addresses_of(&a, (const __u8(*)[16])given, 3), 0);
	cr_expect_eq(addresses_direction(a, given[0], other), FLOW_DIR_OUT);
	cr_expect_eq(addresses_direction(a, other, given[1]), FLOW_DIR_IN);
	cr_expect_eq(addresses_direction(a, given[1], given[0]), FLOW_DIR_LOCAL);
	cr_expect_eq(addresses_direction(a, other, other), FLOW_DIR_FORWARD);
	cr_expect_eq(addresses_direction(a, other, group), FLOW_DIR_IN);
	addresses_close(a);
}
