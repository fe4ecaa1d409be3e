/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only the kernel is believed. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "source/conntrack_case.h"

/* To all who have joined the group of NEW: what the socket cannot refuse. */
static void send_to_group(struct mnl_socket *from, const void *bytes, size_t len)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1 << (NFNLGRP_CONNTRACK_NEW - 1),
	};

	if (sendto(mnl_socket_get_fd(from), bytes, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		cr_skip_test("one process may not send to another here: %s", strerror(errno));
}

Test(conntrack, refuses_what_another_process_sends_to_it_alone)
{
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *liar = open_requester();
	struct message_spec s = numbered(1);
	struct flow_event ev[8];
	struct sockaddr_nl to;
	socklen_t to_len = sizeof(to);
	struct message m;

	message_build(&m, &s);
	cr_assert_eq(getsockname(conntrack_fd(c), (struct sockaddr *)&to, &to_len), 0);
	cr_assert_eq(sendto(mnl_socket_get_fd(liar), m.bytes, m.len, 0, (struct sockaddr *)&to,
			    to_len), -1);
	cr_assert_eq(errno, ECONNREFUSED);
	cr_assert_eq(conntrack_read(c, ev, 8), -EAGAIN);
	mnl_socket_close(liar);
	conntrack_close(c);
}

Test(conntrack, a_message_from_another_process_is_dropped_and_counted)
{
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *nl = open_requester(), *liar = open_requester();
	struct message_spec s = numbered(1);
	struct flow_event ev[8];
	struct message m;

	message_build(&m, &s);
	for (int i = 0; i < 3; i++)
		send_to_group(liar, m.bytes, m.len);
	cr_assert_eq(conntrack_read(c, ev, 8), 0);
	cr_assert_eq(conntrack_stats(c)->foreign, 3);
	cr_assert_eq(conntrack_stats(c)->received, 0);
	/* in between, events are read as ever */
	send_to_group(liar, m.bytes, m.len);
	s = numbered(2);
	cr_assert_eq(create_connection(nl, &s), 0);
	send_to_group(liar, m.bytes, m.len);
	cr_assert_eq(wait_read(c, ev, 8), 1);
	expect_connection(&ev[0], &s);
	cr_assert_eq(conntrack_read(c, ev, 8), -EAGAIN);
	cr_assert_eq(conntrack_stats(c)->foreign, 5);
	cr_assert_eq(conntrack_stats(c)->received, 1);
	cr_assert_eq(conntrack_stats(c)->undecoded, 0);
	mnl_socket_close(liar);
	mnl_socket_close(nl);
	conntrack_close(c);
}

Test(conntrack, a_message_of_any_size_from_another_process_is_dropped)
{
	static char large[8192];
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *liar = open_requester();
	struct flow_event ev[8];

	send_to_group(liar, large, 1);
	send_to_group(liar, large, 15);
	send_to_group(liar, large, sizeof(large));
	cr_assert_eq(conntrack_read(c, ev, 8), 0);
	cr_assert_eq(conntrack_stats(c)->foreign, 3);
	cr_assert_eq(conntrack_stats(c)->undecoded, 0);
	mnl_socket_close(liar);
	conntrack_close(c);
}

/* What the kernel sends and is no event: an answer to a request sent over the
 * same socket. */
Test(conntrack, a_message_of_the_kernel_that_is_no_event_is_counted)
{
	struct conntrack *c = open_conntrack(BUFFER);
	struct message_spec s = numbered(1);
	struct flow_event ev[8];
	struct message m;

	message_create(&m, &s);
	((struct nlmsghdr *)m.bytes)->nlmsg_flags |= NLM_F_ACK;
	cr_assert_eq(send(conntrack_fd(c), m.bytes, m.len, 0), (ssize_t)m.len);
	cr_assert_eq(wait_read(c, ev, 8), 1);
	expect_connection(&ev[0], &s);
	cr_assert_eq(conntrack_stats(c)->undecoded, 1);
	cr_assert_eq(conntrack_stats(c)->foreign, 0);
	conntrack_close(c);
}
