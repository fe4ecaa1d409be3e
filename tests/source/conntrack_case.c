/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include "host/namespace.h"
#include "source/conntrack_case.h"

#define DEADLINE_MS 10000

/* Each case has a kernel's connection tracking of its own. */
TestSuite(conntrack, .init = namespace_enter, .timeout = 120);

struct conntrack *open_conntrack(size_t buffer_bytes)
{
	struct conntrack *c = NULL;
	int err = conntrack_open(&c, buffer_bytes, NULL, NULL);

	if (err == -EPROTONOSUPPORT || err == -ENOENT)
		cr_skip_test("this kernel has no ctnetlink: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	return c;
}

struct mnl_socket *open_requester(void)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);

	cr_assert_not_null(nl);
	cr_assert_eq(mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID), 0);
	return nl;
}

/* Have the kernel do it, and wait until it has. Returns 0 or -errno. */
static int request(struct mnl_socket *nl, struct message *m)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)m->bytes;
	char answer[4096] __attribute__((aligned(8)));
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_ACK;
	cr_assert_eq(mnl_socket_sendto(nl, m->bytes, m->len), (ssize_t)m->len);
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	cr_assert_gt(n, 0);
	return mnl_cb_run(answer, n, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0 ? -errno : 0;
}

int create_connection(struct mnl_socket *nl, const struct message_spec *s)
{
	struct message m;

	message_create(&m, s);
	return request(nl, &m);
}

int delete_connection(struct mnl_socket *nl, const struct message_spec *s)
{
	struct message m;

	message_delete(&m, s);
	return request(nl, &m);
}

struct message_spec numbered(unsigned int n)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");

	s.orig.src[2] = s.reply.dst[2] = n / 50000;
	s.orig.sport = s.reply.dport = 1 + n % 50000;
	return s;
}

void create_connections(struct mnl_socket *nl, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		struct message_spec s = numbered(i);

		cr_assert_eq(create_connection(nl, &s), 0);
	}
}

ssize_t wait_read(struct conntrack *c, struct flow_event *ev, size_t max)
{
	struct pollfd ready = { .fd = conntrack_fd(c), .events = POLLIN };
	ssize_t n;

	do {
		cr_assert_eq(poll(&ready, 1, DEADLINE_MS), 1, "nothing comes");
		n = conntrack_read(c, ev, max);
	} while (n == 0 || n == -EAGAIN);	/* readable may mean that events were lost */
	return n;
}

size_t read_all(struct conntrack *c)
{
	struct flow_event ev[256];
	size_t sum = 0;
	ssize_t n;

	while ((n = conntrack_read(c, ev, 256)) >= 0)
		sum += n;
	cr_assert_eq(n, -EAGAIN);
	return sum;
}

void expect_connection(const struct flow_event *ev, const struct message_spec *s)
{
	struct flow_event expected;

	message_event(s, &expected);
	cr_assert_eq(ev->kind, expected.kind);
	cr_assert(message_same_connection(ev, &expected));
}
