/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "host/namespace.h"
#include "source/conntrack_case.h"

/* --- events -------------------------------------------------------------------- */

/* Make it, delete it, and see both. */
static void expect_both(struct message_spec *s, struct flow_event *start, struct flow_event *end)
{
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *nl = open_requester();
	int err = create_connection(nl, s);

	if (err == -EOPNOTSUPP || err == -EPROTONOSUPPORT)
		cr_skip_test("this kernel does not track protocol %u", s->l4);
	cr_assert_eq(err, 0, "%s", strerror(-err));
	cr_assert_eq(wait_read(c, start, 1), 1);
	expect_connection(start, s);
	cr_assert_eq(delete_connection(nl, s), 0);
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
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *nl = open_requester();
	unsigned int next = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct flow_event ev[200];
		ssize_t n;

		create_connections(nl, next, next + 150);
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
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *nl = open_requester();

	cr_expect(conntrack_hold(c), "there is nothing");
	cr_expect_eq(conntrack_held(c), 0);
	create_connections(nl, 0, 1500);
	cr_expect(conntrack_hold(c), "the socket has been emptied");
	cr_expect_eq(conntrack_held(c), 1500);
	create_connections(nl, 1500, 3000);
	cr_expect(conntrack_hold(c));
	create_connections(nl, 3000, 3200);
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
	struct conntrack *c = open_conntrack(256 << 10);
	size_t limit = conntrack_buffer(c) / sizeof(struct flow_event), made = 0;
	struct mnl_socket *nl = open_requester();

	while (made < limit) {
		create_connections(nl, made, made + 50);
		made += 50;
		conntrack_hold(c);
	}
	create_connections(nl, made, made + 50);
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
	struct conntrack *c = open_conntrack(16384);
	size_t small = conntrack_buffer(c);

	conntrack_close(c);
	cr_assert_eq(small, 2 * 16384);
	c = open_conntrack(SIZE_MAX);	/* more than the kernel can be asked for */
	cr_assert_gt(conntrack_buffer(c), small);
	conntrack_close(c);
	conntrack_close(NULL);
}

Test(conntrack, leaves_no_descriptor_behind)
{
	int first = dup(0), again;

	close(first);
	for (int i = 0; i < 20; i++) {
		struct conntrack *c = open_conntrack(BUFFER);

		cr_assert(fcntl(conntrack_fd(c), F_GETFD) & FD_CLOEXEC);
		conntrack_close(c);
	}
	again = dup(0);
	cr_assert_eq(first, again);
}

/* --- loss ----------------------------------------------------------------------- */

Test(conntrack, what_found_no_room_is_counted_exactly)
{
	struct conntrack *c = open_conntrack(16384);
	struct mnl_socket *nl = open_requester();
	uint64_t sent = 0, received = 0;

	for (int round = 0; round < 3; round++) {
		create_connections(nl, sent, sent + 3000);
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
	struct conntrack *c = open_conntrack(BUFFER);
	struct mnl_socket *nl = open_requester();

	create_connections(nl, 0, 1000);
	cr_assert_eq(read_all(c), 1000);
	cr_assert_eq(conntrack_stats(c)->lost, 0);
	mnl_socket_close(nl);
	conntrack_close(c);
}

/* The kernel's other way is to refuse everything until the queue is empty. */
Test(conntrack, an_overrun_costs_only_what_did_not_fit)
{
	struct conntrack *c = open_conntrack(131072);
	struct mnl_socket *nl = open_requester();
	struct flow_event ev[64];
	uint64_t lost;

	create_connections(nl, 0, 1000);
	lost = conntrack_stats(c)->lost;
	cr_assert_gt(lost, 0);
	cr_assert_eq(conntrack_read(c, ev, 64), 64);
	cr_assert_lt(lost, 1000 - 64 - 1, "more is waiting");
	create_connections(nl, 1000, 1010);
	cr_assert_eq(conntrack_stats(c)->lost, lost, "there was room again");
	cr_assert_eq(read_all(c), 1010 - lost - 64);
	mnl_socket_close(nl);
	conntrack_close(c);
}
