/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "socket/decode.h"

static char buf[1024] __attribute__((aligned(8)));

/* The message of a socket, without attributes. */
static struct nlmsghdr *message(int family, const char *local, const char *peer)
{
	struct inet_diag_msg m = {
		.idiag_family = family, .idiag_state = 1, .idiag_uid = 1000, .idiag_inode = 77,
		.id = {
			.idiag_sport = htons(40000), .idiag_dport = htons(443),
			.idiag_cookie = { 0x89abcdef, 0x1234567 },
		},
	};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(memset(buf, 0, sizeof(buf)));

	inet_pton(family, local, m.id.idiag_src);
	inet_pton(family, peer, m.id.idiag_dst);
	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(m)), &m, sizeof(m));
	return nlh;
}

static void put_info(struct nlmsghdr *nlh, size_t len)
{
	struct tcp_info info = {
		.tcpi_rtt = 1500, .tcpi_bytes_sent = 1ULL << 40, .tcpi_bytes_received = 2,
		.tcpi_total_retrans = 3, .tcpi_bytes_retrans = 4,
	};

	mnl_attr_put(nlh, INET_DIAG_INFO, len, &info);
}

static void expect_address(const __u8 addr[16], const char *text)
{
	char found[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, found, sizeof(found));
	cr_expect_str_eq(found, text);
}

Test(socket_decode, all_is_read)
{
	struct nlmsghdr *nlh = message(AF_INET6, "2001:db8::1", "2001:db8::2");
	struct socket_facts f;

	put_info(nlh, sizeof(struct tcp_info));
	mnl_attr_put_u64(nlh, INET_DIAG_CGROUP_ID, 1ULL << 33 | 5);
	cr_assert(socket_decode(nlh, &f));
	cr_expect_eq(f.cookie, 0x123456789abcdefULL);
	cr_expect_eq(f.cgroup, 1ULL << 33 | 5);
	cr_expect_eq(f.family, AF_INET6);
	cr_expect_eq(f.state, 1);
	cr_expect(f.has_uid);
	cr_expect_eq(f.uid, 1000);
	cr_expect_eq(f.local_port, htons(40000));
	cr_expect_eq(f.peer_port, htons(443));
	cr_expect_eq(f.rtt_us, 1500);
	cr_expect_eq(f.counters.sent_bytes, 1ULL << 40);
	cr_expect_eq(f.counters.received_bytes, 2);
	cr_expect_eq(f.counters.retrans_segments, 3);
	cr_expect_eq(f.counters.retrans_bytes, 4);
	expect_address(f.local, "2001:db8::1");
	expect_address(f.peer, "2001:db8::2");
}

Test(socket_decode, ipv4)
{
	static const struct {
		int family;
		const char *local, *peer;
	} same[] = {
		{ AF_INET, "192.0.2.1", "192.0.2.2" },
		{ AF_INET6, "::ffff:192.0.2.1", "::ffff:192.0.2.2" },
	};
	struct socket_facts f;

	for (size_t i = 0; i < 2; i++) {
		struct nlmsghdr *nlh = message(same[i].family, same[i].local, same[i].peer);

		put_info(nlh, sizeof(struct tcp_info));
		cr_assert(socket_decode(nlh, &f));
		cr_expect_eq(f.family, AF_INET);
		cr_expect_eq(f.cgroup, 0);
		expect_address(f.local, "::ffff:192.0.2.1");
		expect_address(f.peer, "::ffff:192.0.2.2");
	}
}

/* A socket whose program is gone: no inode, and a user who may not be the owner. */
Test(socket_decode, the_user_of_a_socket_without_a_file_is_not_known)
{
	struct nlmsghdr *nlh = message(AF_INET, "192.0.2.1", "192.0.2.2");
	struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	struct socket_facts f;

	m->idiag_inode = 0;
	put_info(nlh, sizeof(struct tcp_info));
	cr_assert(socket_decode(nlh, &f));
	cr_expect_not(f.has_uid);
}

Test(socket_decode, what_has_no_counters_is_no_socket)
{
	struct nlmsghdr *nlh = message(AF_INET, "192.0.2.1", "192.0.2.2");
	struct socket_facts f;

	cr_expect_not(socket_decode(nlh, &f));
	put_info(nlh, offsetof(struct tcp_info, tcpi_bytes_retrans) + 7);
	cr_expect_not(socket_decode(nlh, &f), "an older kernel's");
	nlh = message(AF_INET, "192.0.2.1", "192.0.2.2");
	put_info(nlh, offsetof(struct tcp_info, tcpi_bytes_retrans) + 8);
	cr_expect(socket_decode(nlh, &f));
	nlh = message(AF_UNIX, "", "");
	put_info(nlh, sizeof(struct tcp_info));
	cr_expect_not(socket_decode(nlh, &f));
}

/* Each beginning of a message, which ends in whole words as all do. */
Test(socket_decode, shorter_messages)
{
	struct nlmsghdr *nlh = message(AF_INET, "192.0.2.1", "192.0.2.2");
	struct socket_facts f;
	uint32_t len;

	mnl_attr_put_u64(nlh, INET_DIAG_CGROUP_ID, 5);
	put_info(nlh, sizeof(struct tcp_info));
	cr_expect(socket_decode(nlh, &f));
	for (len = nlh->nlmsg_len - 4; len >= sizeof(*nlh); len -= 4) {
		nlh->nlmsg_len = len;
		cr_expect_not(socket_decode(nlh, &f), "%u bytes", len);
	}
}
