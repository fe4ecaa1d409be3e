/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "host/namespace.h"
#include "source/conntrack.h"
#include "source/message.h"

#define BUFFER (4 << 20)
#define DEADLINE_MS 10000

/* Each case has a kernel's connection tracking of its own. */
TestSuite(conntrack, .init = namespace_enter, .timeout = 120);

/* --- helpers ------------------------------------------------------------------- */

static struct conntrack *opened(size_t buffer_bytes)
{
	struct conntrack *c = NULL;
	int err = conntrack_open(&c, buffer_bytes, NULL, NULL);

	if (err == -EPROTONOSUPPORT || err == -ENOENT)
		cr_skip_test("this kernel has no ctnetlink: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	return c;
}

static struct mnl_socket *requester(void)
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

static int create(struct mnl_socket *nl, const struct message_spec *s)
{
	struct message m;

	message_create(&m, s);
	return request(nl, &m);
}

static int delete(struct mnl_socket *nl, const struct message_spec *s)
{
	struct message m;

	message_delete(&m, s);
	return request(nl, &m);
}

/* n connections, each with a source port of its own. */
static struct message_spec numbered(unsigned int n)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_UDP, "10.0.0.7", "192.0.2.10");

	s.orig.src[2] = s.reply.dst[2] = n / 50000;
	s.orig.sport = s.reply.dport = 1 + n % 50000;
	return s;
}

static void create_many(struct mnl_socket *nl, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		struct message_spec s = numbered(i);

		cr_assert_eq(create(nl, &s), 0);
	}
}

/* Wait for the next events; they must come. */
static ssize_t wait_read(struct conntrack *c, struct flow_event *ev, size_t max)
{
	struct pollfd ready = { .fd = conntrack_fd(c), .events = POLLIN };
	ssize_t n;

	do {
		cr_assert_eq(poll(&ready, 1, DEADLINE_MS), 1, "nothing comes");
		n = conntrack_read(c, ev, max);
	} while (n == 0);
	return n;
}

static size_t read_all(struct conntrack *c)
{
	struct flow_event ev[256];
	size_t sum = 0;
	ssize_t n;

	while ((n = conntrack_read(c, ev, 256)) >= 0)
		sum += n;
	cr_assert_eq(n, -EAGAIN);
	return sum;
}

static void meminfo(const struct conntrack *c, uint32_t vars[SK_MEMINFO_VARS])
{
	socklen_t len = SK_MEMINFO_VARS * sizeof(*vars);

	cr_assert_eq(getsockopt(conntrack_fd(c), SOL_SOCKET, SO_MEMINFO, vars, &len), 0);
}

/* --- events -------------------------------------------------------------------- */

static void expect_connection(const struct flow_event *ev, const struct message_spec *s)
{
	struct flow_event expected;

	message_event(s, &expected);
	cr_assert_eq(ev->kind, expected.kind);
	cr_assert(message_same_connection(ev, &expected));
}

/* Make it, delete it, and see both. */
static void expect_both(struct message_spec *s, struct flow_event *start, struct flow_event *end)
{
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *nl = requester();
	int err = create(nl, s);

	if (err == -EOPNOTSUPP || err == -EPROTONOSUPPORT)
		cr_skip_test("this kernel does not track protocol %u", s->l4);
	cr_assert_eq(err, 0, "%s", strerror(-err));
	cr_assert_eq(wait_read(c, start, 1), 1);
	expect_connection(start, s);
	cr_assert_eq(delete(nl, s), 0);
	cr_assert_eq(wait_read(c, end, 1), 1);
	s->kind = MESSAGE_DESTROY;
	expect_connection(end, s);
	cr_assert_eq(conntrack_stats(c)->received, 2);
	cr_assert_eq(conntrack_stats(c)->undecoded, 0);
	cr_assert_eq(conntrack_stats(c)->foreign, 0);
	cr_assert_eq(conntrack_stats(c)->lost, 0);
	mnl_socket_close(nl);
	conntrack_close(c);
}

static void expect_protocol(__u8 l4, const char *src, const char *dst)
{
	struct message_spec s = message_spec(MESSAGE_NEW, l4, src, dst);
	struct flow_event start, end;

	expect_both(&s, &start, &end);
	cr_expect(end.replied);
}
Test(conntrack, tcp4) { expect_protocol(IPPROTO_TCP, "10.0.0.7", "192.0.2.10"); }
Test(conntrack, tcp6) { expect_protocol(IPPROTO_TCP, "2001:db8::7", "2001:db8::10"); }
Test(conntrack, udp4) { expect_protocol(IPPROTO_UDP, "10.0.0.7", "192.0.2.10"); }
Test(conntrack, udp6) { expect_protocol(IPPROTO_UDP, "2001:db8::7", "2001:db8::10"); }
Test(conntrack, icmp) { expect_protocol(IPPROTO_ICMP, "10.0.0.7", "192.0.2.10"); }
Test(conntrack, icmpv6) { expect_protocol(IPPROTO_ICMPV6, "2001:db8::7", "2001:db8::10"); }
Test(conntrack, sctp) { expect_protocol(IPPROTO_SCTP, "10.0.0.7", "192.0.2.10"); }
Test(conntrack, gre) { expect_protocol(IPPROTO_GRE, "10.0.0.7", "192.0.2.10"); }
Test(conntrack, protocol_253) { expect_protocol(253, "10.0.0.7", "192.0.2.10"); }

Test(conntrack, a_port_forward_in_a_zone_with_a_mark)
{
	struct message_spec s = message_spec(MESSAGE_NEW, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
	struct flow_event start, end;

	message_address(s.reply.src, "10.1.0.1");
	s.reply.sport = 8443;
	s.status |= IPS_DST_NAT | IPS_DST_NAT_DONE;
	s.mark = 66;
	s.zone = 7;
	s.zone_in = MESSAGE_ZONE_BOTH;
	expect_both(&s, &start, &end);
}

Test(conntrack, an_end_without_reply_or_accounting)
{
	struct message_spec s = numbered(1);
	struct flow_event start, end;

	namespace_sysctl("nf_conntrack_acct", "0");
	namespace_sysctl("nf_conntrack_timestamp", "0");
	s.status = IPS_CONFIRMED;
	expect_both(&s, &start, &end);
	cr_expect_not(end.replied);
	cr_expect_not(end.has_counters);
	cr_expect_not(end.timed || end.has_time || start.has_time);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

Test(conntrack, an_end_with_accounting_and_timestamps)
{
	struct message_spec s = numbered(1);
	struct flow_event start, end;
	uint64_t before_ns, after_ns;

	namespace_sysctl("nf_conntrack_acct", "1");
	namespace_sysctl("nf_conntrack_timestamp", "1");
	before_ns = now_ns();
	expect_both(&s, &start, &end);
	after_ns = now_ns();
	cr_expect(end.has_counters, "and nothing was carried");
	cr_expect_eq(end.orig_packets + end.orig_bytes + end.reply_packets + end.reply_bytes, 0);
	cr_expect(end.timed && end.has_time);
	cr_expect(end.time_ns >= before_ns && end.time_ns <= after_ns);
	cr_expect(end.duration_ns <= after_ns - before_ns);
	if (start.has_time)	/* from Linux 6.14 on */
		cr_expect(start.time_ns >= before_ns && start.time_ns <= after_ns);
}

Test(conntrack, events_come_in_order_however_many_are_taken)
{
	static const size_t sizes[] = { 1, 3, 64, 200 };
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *nl = requester();
	unsigned int next = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct flow_event ev[200];
		ssize_t n;

		create_many(nl, next, next + 150);
		while ((n = conntrack_read(c, ev, sizes[i])) >= 0) {
			cr_assert_leq(n, (ssize_t)sizes[i]);
			for (ssize_t k = 0; k < n; k++) {
				struct message_spec s = numbered(next++);

				expect_connection(&ev[k], &s);
			}
		}
		cr_assert_eq(n, -EAGAIN);
		cr_assert_eq(next, 150 * (i + 1));
	}
	cr_assert_eq(conntrack_stats(c)->received, next);
	mnl_socket_close(nl);
	conntrack_close(c);
}

/* --- holding ------------------------------------------------------------------- */

static void expect_in_order(struct conntrack *c, unsigned int first, unsigned int last)
{
	struct flow_event ev[100];
	ssize_t n;

	while ((n = conntrack_read(c, ev, 100)) >= 0)
		for (ssize_t k = 0; k < n; k++) {
			struct message_spec s = numbered(first++);

			expect_connection(&ev[k], &s);
		}
	cr_assert_eq(n, -EAGAIN);
	cr_expect_eq(first, last);
}

Test(conntrack, what_is_held_comes_first_and_in_order)
{
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *nl = requester();

	cr_expect(conntrack_hold(c), "there is nothing");
	cr_expect_eq(conntrack_held(c), 0);
	create_many(nl, 0, 1500);
	cr_expect(conntrack_hold(c), "the socket has been emptied");
	cr_expect_eq(conntrack_held(c), 1500);
	create_many(nl, 1500, 3000);
	cr_expect(conntrack_hold(c));
	create_many(nl, 3000, 3200);
	cr_expect_eq(conntrack_held(c), 3000);
	cr_expect_geq(conntrack_waiting_max(c), 3200);
	cr_expect_eq(conntrack_stats(c)->received, 0, "nobody has read them");
	expect_in_order(c, 0, 3200);
	cr_expect_eq(conntrack_stats(c)->received, 3200);
	cr_expect_eq(conntrack_held(c), 0);
	mnl_socket_close(nl);
	conntrack_close(c);
}

Test(conntrack, no_more_is_held_than_the_receive_buffer_allows)
{
	struct conntrack *c = opened(256 << 10);
	size_t limit = conntrack_buffer(c) / sizeof(struct flow_event), made = 0;
	struct mnl_socket *nl = requester();

	while (made < limit) {
		create_many(nl, made, made + 50);
		made += 50;
		conntrack_hold(c);
	}
	create_many(nl, made, made + 50);
	cr_expect_not(conntrack_hold(c), "some are left in the socket");
	cr_expect_eq(conntrack_held(c), limit);
	cr_expect_geq(conntrack_waiting_max(c), made + 50);
	expect_in_order(c, 0, made + 50);
	cr_expect_eq(conntrack_stats(c)->lost, 0);
	mnl_socket_close(nl);
	conntrack_close(c);
}

/* --- opening ------------------------------------------------------------------- */

Test(conntrack, is_refused_without_privilege)
{
	struct conntrack *c = NULL;
	int err;

	if (seteuid(65534))
		cr_skip_test("nobody cannot be had here");
	err = conntrack_open(&c, BUFFER, NULL, NULL);
	cr_assert_eq(seteuid(0), 0);
	cr_assert_eq(err, -EPERM);
	cr_assert_null(c);
}

Test(conntrack, says_what_buffer_it_got)
{
	struct conntrack *c = opened(16384);
	size_t small = conntrack_buffer(c);

	conntrack_close(c);
	cr_assert_eq(small, 2 * 16384);
	c = opened(SIZE_MAX);	/* more than the kernel can be asked for */
	cr_assert_gt(conntrack_buffer(c), small);
	conntrack_close(c);
	conntrack_close(NULL);
}

Test(conntrack, leaves_no_descriptor_behind)
{
	int first = dup(0), again;

	close(first);
	for (int i = 0; i < 20; i++) {
		struct conntrack *c = opened(BUFFER);

		cr_assert(fcntl(conntrack_fd(c), F_GETFD) & FD_CLOEXEC);
		conntrack_close(c);
	}
	again = dup(0);
	cr_assert_eq(first, again);
}

/* --- loss ----------------------------------------------------------------------- */

Test(conntrack, what_found_no_room_is_counted_exactly)
{
	struct conntrack *c = opened(16384);
	struct mnl_socket *nl = requester();
	uint64_t sent = 0, received = 0;

	for (int round = 0; round < 3; round++) {
		create_many(nl, sent, sent + 3000);
		sent += 3000;
		received += read_all(c);
		cr_assert_gt(conntrack_stats(c)->lost, 0);
		cr_assert_eq(conntrack_stats(c)->received, received);
		cr_assert_eq(conntrack_stats(c)->received + conntrack_stats(c)->lost, sent);
	}
	mnl_socket_close(nl);
	conntrack_close(c);
}

Test(conntrack, what_found_room_is_not_called_lost)
{
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *nl = requester();

	create_many(nl, 0, 1000);
	cr_assert_eq(read_all(c), 1000);
	cr_assert_eq(conntrack_stats(c)->lost, 0);
	mnl_socket_close(nl);
	conntrack_close(c);
}

/* The kernel's other way is to refuse everything until the queue is empty. */
Test(conntrack, an_overrun_costs_only_what_did_not_fit)
{
	struct conntrack *c = opened(131072);
	struct mnl_socket *nl = requester();
	struct flow_event ev[64];
	uint64_t lost;

	create_many(nl, 0, 1000);
	lost = conntrack_stats(c)->lost;
	cr_assert_gt(lost, 0);
	cr_assert_eq(conntrack_read(c, ev, 64), 64);
	cr_assert_lt(lost, 1000 - 64 - 1, "more is waiting");
	create_many(nl, 1000, 1010);
	cr_assert_eq(conntrack_stats(c)->lost, lost, "there was room again");
	cr_assert_eq(read_all(c), 1010 - lost - 64);
	mnl_socket_close(nl);
	conntrack_close(c);
}

/* --- only the kernel is believed -------------------------------------------------- */

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
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *liar = requester();
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
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *nl = requester(), *liar = requester();
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
	cr_assert_eq(create(nl, &s), 0);
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
	struct conntrack *c = opened(BUFFER);
	struct mnl_socket *liar = requester();
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
	struct conntrack *c = opened(BUFFER);
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

/* --- the watch ------------------------------------------------------------------- */

Test(conntrack, watching_leaves_a_healthy_socket_alone)
{
	struct conntrack *c = opened(16384);
	struct mnl_socket *nl = requester();
	int fd = conntrack_fd(c);

	cr_assert_eq(conntrack_watch(c), 0, "at first");
	create_many(nl, 0, 5);
	cr_assert_eq(conntrack_watch(c), 0, "something is waiting");
	create_many(nl, 5, 1000);
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
	struct mnl_socket *nl = requester();
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
	struct conntrack *c = opened(BUFFER);
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

Test(conntrack, a_socket_that_receives_nothing_any_more_is_replaced)
{
	uint64_t received;
	pthread_t thread;
	struct conntrack *c = wedge(&thread, &received);
	const struct conntrack_stats *stats;
	struct flow_event ev[64];
	int old = conntrack_fd(c);

	cr_assert_eq(conntrack_watch(c), 1);
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
