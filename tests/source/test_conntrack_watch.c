/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watch: a socket that receives nothing any more is replaced. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "source/conntrack_case.h"

static void meminfo(const struct conntrack *c, uint32_t vars[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(*vars);

	cr_assert_eq(getsockopt(conntrack_fd(c), SOL_SOCKET, SO_MEMINFO, vars, &len), 0);
}

Test(conntrack, watching_leaves_a_healthy_socket_alone)
{
	struct conntrack *c = open_conntrack(16384);
	struct mnl_socket *nl = open_requester();
	int fd = conntrack_fd(c);

	cr_assert_eq(conntrack_watch(c), 0, "at first");
	create_connections(nl, 0, 5);
	cr_assert_eq(conntrack_watch(c), 0, "something is waiting");
	create_connections(nl, 5, 1000);
	cr_assert_eq(conntrack_watch(c), 0, "more than fits, and nobody has read");
	cr_assert_gt(read_all(c), 0);
	cr_assert_eq(conntrack_watch(c), 0, "it was read");
	cr_assert_eq(conntrack_watch(c), 0, "nothing more was lost");
	cr_assert_eq(conntrack_stats(c)->reopens, 0);
	cr_assert_eq(conntrack_fd(c), fd);
	mnl_socket_close(nl);
	conntrack_close(c);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static bool flooding = true;
static uint64_t flooded;	/* events that were made */

/* Create and delete connections until told to stop, many in each system call. */
static void *flood(void *arg)
{
	struct mnl_socket *nl = open_requester();
	static char batch[65536], answers[65536];
	size_t len = 0;

	(void)arg;
	pin(0);
	for (int i = 0; i < 50; i++) {
		struct message_spec s = numbered(i);
		struct message m;

		message_create(&m, &s);
		memcpy(batch + len, m.bytes, m.len);
		len += m.len;
		message_delete(&m, &s);
		memcpy(batch + len, m.bytes, m.len);
		len += m.len;
	}
	while (__atomic_load_n(&flooding, __ATOMIC_RELAXED)) {
		cr_assert_eq(mnl_socket_sendto(nl, batch, len), (ssize_t)len);
		flooded += 100;
	}
	cr_assert_lt(recv(mnl_socket_get_fd(nl), answers, sizeof(answers), MSG_DONTWAIT), 0,
		     "no request failed");
	mnl_socket_close(nl);
	return NULL;
}

/* Nothing to read although more and more is lost. */
static bool wedged(const struct conntrack *c)
{
	uint32_t before[SK_MEMINFO_VARS], after[SK_MEMINFO_VARS];
	struct pollfd ready = { .fd = conntrack_fd(c), .events = POLLIN };

	meminfo(c, before);
	if (before[SK_MEMINFO_RMEM_ALLOC] || poll(&ready, 1, 100))
		return false;
	meminfo(c, after);
	return !after[SK_MEMINFO_RMEM_ALLOC] && after[SK_MEMINFO_DROPS] != before[SK_MEMINFO_DROPS];
}

/* Read as a program may that takes ENOBUFS for the end of the matter: recvmmsg()
 * says it without looking at the queue, so that the mark that stands for it can
 * be left on a queue that has been emptied. */
static bool read_until_wedged(const struct conntrack *c, uint64_t *received)
{
	static char buf[4096];
	struct iovec iov = { buf, sizeof(buf) };
	struct mmsghdr hdr = { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } };
	struct pollfd ready = { .fd = conntrack_fd(c), .events = POLLIN };
	time_t until = time(NULL) + 20;

	while (time(NULL) < until) {
		if (poll(&ready, 1, 20) == 1)
			*received += recvmmsg(conntrack_fd(c), &hdr, 1, MSG_DONTWAIT, NULL) == 1;
		else if (wedged(c))
			return true;
	}
	return false;
}

/* The real thing: a socket that the kernel has marked as congested while its
 * queue is empty, under a flood. That takes one that is told of overruns, as ours
 * is not. */
static struct conntrack *wedge(pthread_t *thread, uint64_t *received)
{
	struct conntrack *c = open_conntrack(BUFFER);
	int off = 0, least = 1, fd = conntrack_fd(c);

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		cr_skip_test("the race takes two processors");
	cr_assert_eq(setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &off, sizeof(off)), 0);
	cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
	cr_assert_eq(pthread_create(thread, NULL, flood, NULL), 0);
	pin(1);
	*received = 0;
	if (!read_until_wedged(c, received))
		cr_skip_test("this kernel could not be made to do it in 20 s");
	return c;
}

static void stop_flood(pthread_t thread)
{
	__atomic_store_n(&flooding, false, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

/* Since ae8f160e7eb2 ("netlink: Fix wraparounds of sk->sk_rmem_alloc", July 2025, also in stable
 * kernels) netlink_broadcast_deliver() adds the size of a message to the queue before it sees that
 * the socket is congested, and takes the size off again. If conntrack_watch() looks in that moment,
 * the queue does not look empty, and the next call decides. */
static int watch_for_a_while(struct conntrack *c)
{
	time_t until = time(NULL) + 20;
	int n;

	do
		n = conntrack_watch(c);
	while (!n && time(NULL) < until);
	return n;
}

Test(conntrack, a_socket_that_receives_nothing_any_more_is_replaced)
{
	uint64_t received;
	pthread_t thread;
	struct conntrack *c = wedge(&thread, &received);
	const struct conntrack_stats *stats;
	struct flow_event ev[64];
	int old = conntrack_fd(c);

	cr_assert_eq(watch_for_a_while(c), 1);
	cr_expect_geq(conntrack_buffer(c), BUFFER, "the new one has its buffer");
	cr_expect_lt(fcntl(old, F_GETFD), 0, "the old one is closed");
	cr_expect_gt(wait_read(c, ev, 64), 0);
	cr_expect_eq(conntrack_watch(c), 0);
	stop_flood(thread);
	read_all(c);
	stats = conntrack_stats(c);
	cr_expect_eq(stats->reopens, 1);
	/* Nothing is lost unsaid; what came while there were two sockets may
	 * have been refused by the one and received by the other. */
	received += stats->received;
	cr_expect_geq(received + stats->lost, flooded);
	cr_expect_leq(received, flooded);
	cr_expect_leq(stats->lost, flooded);
	conntrack_close(c);
}

/* Our own reader asks again after ENOBUFS and so takes the mark away: it cannot
 * be caught like that. */
Test(conntrack, reading_a_socket_that_receives_nothing_any_more_mends_it)
{
	uint64_t received;
	pthread_t thread;
	struct conntrack *c = wedge(&thread, &received);
	struct flow_event ev[64];

	cr_expect_eq(conntrack_read(c, ev, 64), -EAGAIN);
	cr_expect_gt(wait_read(c, ev, 64), 0);
	stop_flood(thread);
	read_all(c);
	received += conntrack_stats(c)->received;
	cr_expect_eq(received + conntrack_stats(c)->lost, flooded);
	conntrack_close(c);
}
