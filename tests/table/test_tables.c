/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both tables have to do, from the same bytes. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netlink.h>

#include "table/default_key.h"
#include "table/tables_case.h"

static bool same_key(const struct flow_key *a, const struct flow_key *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool is_key_of(const struct flow_key *key, const struct flow_event *ev)
{
	struct flow_key expected = default_key(ev);

	return same_key(key, &expected);
}

/* Equal but for the times, which say when a machine was how fast. */
static bool same_counts(const struct flow_sums *a, const struct flow_sums *b)
{
	struct flow_sums x = *a, y = *b;

	x.first_ns = x.last_ns = y.first_ns = y.last_ns = 0;
	return !memcmp(&x, &y, sizeof(x));
}

/* --- what is counted ------------------------------------------------------------ */

BOTH(an_empty_window_has_no_rows, 10)
{
	struct flow_row row;

	for (int i = 0; i < 3; i++) {
		cr_assert_eq(t->rows(t, &row, 1), 0);
		cr_assert_eq(t->err, 0);
	}
}

BOTH(new_then_destroy_is_one_start_and_one_end, 10)
{
	struct message_spec start = tcp_message(MESSAGE_NEW), end = tcp_message(MESSAGE_DESTROY);
	struct flow_event ev;
	struct flow_row row;

	feed_counted(t, &start);
	feed_counted(t, &end);
	row = one_row(t);
	message_event(&start, &ev);
	cr_expect(is_key_of(&row.key, &ev));
	cr_expect(same_counts(&row.sum, &(struct flow_sums){ .starts = 1, .ends = 1,
							     .uncounted = 1 }));
}

BOTH(an_end_brings_its_counters_and_its_duration, 10)
{
	struct message_spec a = rich_message(MESSAGE_DESTROY), b = rich_message(MESSAGE_DESTROY);
	struct flow_row row;

	b.status = IPS_CONFIRMED | IPS_DYING;
	b.reply_packets = b.reply_bytes = 0;
	b.start_ns = b.stop_ns - 3000;
	feed_counted(t, &a);
	feed_counted(t, &b);
	feed_counted(t, &a);
	row = one_row(t);
	cr_expect(same_counts(&row.sum, &(struct flow_sums){
		.ends = 3, .unreplied = 1, .tcp_closed = 3, .orig_packets = 18, .orig_bytes = 3960,
		.reply_packets = 8, .reply_bytes = 10ULL << 40,
		.timed_ends = 3, .duration_us_sum = 5, .duration_us_max = 3 }));
}

BOTH(ends_without_counters_or_times_are_said_to_be, 10)
{
	struct message_spec with = rich_message(MESSAGE_DESTROY), without = tcp_message(MESSAGE_DESTROY);
	struct flow_row row;

	feed_counted(t, &without);
	feed_counted(t, &with);
	feed_counted(t, &without);
	row = one_row(t);
	cr_expect(same_counts(&row.sum, &(struct flow_sums){
		.ends = 3, .tcp_closed = 1, .uncounted = 2, .orig_packets = 6, .orig_bytes = 1320,
		.reply_packets = 4, .reply_bytes = 5ULL << 40,
		.timed_ends = 1, .duration_us_sum = 1, .duration_us_max = 1 }));
}

/* `conntrack -F` on a large table: together they have lived for 657 years. */
BOTH(long_lives_add_up_without_wrapping, 10)
{
	const uint64_t month_ms = 30 * 86400 * 1000ULL;
	struct message_spec end = rich_message(MESSAGE_DESTROY);
	struct flow_row row;

	end.start_ns = end.stop_ns - month_ms * 1000000;
	for (int i = 0; i < 8000; i++)
		feed_counted(t, &end);
	row = one_row(t);
	cr_expect_eq(row.sum.timed_ends, 8000);
	cr_expect_eq(row.sum.duration_us_sum / 1000, 8000 * month_ms);
	cr_expect_eq(row.sum.duration_us_max / 1000, month_ms);
}

BOTH(what_is_not_part_of_the_key_does_not_split_a_flow, 10)
{
	for (int i = 0; i < 32; i++) {
		struct message_spec s = tcp_message(i & 16 ? MESSAGE_NEW : MESSAGE_DESTROY);

		s.orig.sport = s.reply.dport = 1000 + i;
		s.mark = i;
		s.zone_in = i & 3;
		s.zone = i;
		s.id = i;
		s.protoinfo = i & 4;
		feed_counted(t, &s);
	}
	cr_assert_eq(one_row(t).sum.starts, 16);
}

BOTH(what_is_part_of_the_key_splits_flows, 100)
{
	struct message_spec s = tcp_message(MESSAGE_NEW);
	struct flow_row rows[8];

	feed_counted(t, &s);
	s.orig.dport++;
	feed_counted(t, &s);
	s.orig.src[3]++;
	feed_counted(t, &s);
	s.orig.dst[3]++;
	feed_counted(t, &s);
	s.l4 = IPPROTO_UDP;
	feed_counted(t, &s);
	s = message_spec(MESSAGE_NEW, IPPROTO_ICMP, "10.0.0.7", "192.0.2.10");
	feed_counted(t, &s);
	s.orig.icmp_type = 13;
	feed_counted(t, &s);
	s.orig.icmp_code = 1;	/* is not */
	feed_counted(t, &s);
	cr_assert_eq(t->rows(t, rows, 8), 7);
}

BOTH(a_mapped_address_is_not_the_ipv4_one, 10)
{
	struct message_spec v4 = tcp_message(MESSAGE_NEW);
	struct message_spec v6 = message_spec(MESSAGE_NEW, IPPROTO_TCP, "::ffff:10.0.0.7",
					      "::ffff:192.0.2.10");
	struct flow_row rows[2];

	feed_counted(t, &v4);
	feed_counted(t, &v6);
	cr_assert_eq(t->rows(t, rows, 2), 2);
	cr_expect_eq(rows[0].key.family, AF_INET);
	cr_expect_eq(rows[1].key.family, AF_INET6);
	cr_expect(!memcmp(rows[0].key.saddr, rows[1].key.saddr, 16));
}

BOTH(an_update_is_no_event, 10)
{
	struct message_spec s = tcp_message(MESSAGE_UPDATE);

	cr_expect_eq(feed(t, &s), FED_NOTHING);
	cr_expect_eq(t->rows(t, NULL, 0), 0);
}

BOTH(a_window_begins_empty, 10)
{
	struct message_spec a = tcp_message(MESSAGE_NEW), b = tcp_message(MESSAGE_NEW);
	struct flow_event ev;

	b.orig.dport = 80;
	for (int i = 1; i < 5; i++) {
		struct message_spec *s = i & 1 ? &a : &b;
		struct flow_row row;

		for (int n = 0; n < i; n++)
			feed_counted(t, s);
		row = one_row(t);
		message_event(s, &ev);
		cr_assert_eq(row.sum.starts, (uint64_t)i);
		cr_assert(is_key_of(&row.key, &ev));
	}
}

/* --- every layout that kernels 5.4 to 6.18 write ---------------------------------- */

static const __u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP,
				  IPPROTO_DCCP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_GRE, 253 };

static unsigned int take(unsigned int *choices, unsigned int n)
{
	unsigned int chosen = *choices % n;

	*choices /= n;
	return chosen;
}

/* Number n of the layouts, each a flow of its own; false after the last. What the
 * kernel can leave out or put in: CTA_TIMEOUT and CTA_PROTOINFO of a DESTROY are
 * newer than 5.4, the event's own time than 6.13; a mark, zones, accounting and
 * timestamps depend on settings, labels and protoinfo on the connection. */
static bool layout(unsigned int n, struct message_spec *s)
{
	unsigned int left = n;
	bool v6 = take(&left, 2);
	enum message_kind kind = take(&left, 2) ? MESSAGE_DESTROY : MESSAGE_NEW;

	*s = message_spec(kind, protocols[take(&left, LENGTH(protocols))],
			  v6 ? "2001:db8::7" : "10.0.0.7", v6 ? "2001:db8::10" : "192.0.2.10");
	memcpy(s->orig.src + (v6 ? 12 : 0), &(__be32){ htonl(0x0b000000 + n) }, 4);
	memcpy(s->reply.dst, s->orig.src, 16);
	s->zone_in = take(&left, 4);
	s->zone = 513;
	s->mark = take(&left, 2) ? 0x01020304 : 0;
	s->event_ns = take(&left, 2) ? EVENT_NS : 0;
	s->protoinfo = take(&left, 2);
	s->tcp_state = n % (TCP_CONNTRACK_MAX + 2);	/* two that no kernel has */
	s->port = n % 3;
	s->timeout_s = take(&left, 2) || kind == MESSAGE_NEW ? 600 : 0;
	if (take(&left, 2))	/* labels of one, counters of the other */
		s->labels = !(s->counted = kind == MESSAGE_DESTROY);
	if (take(&left, 2) && kind == MESSAGE_DESTROY) {
		s->start_ns = EVENT_NS - 1000 - n;
		s->stop_ns = EVENT_NS;
	}
	if (take(&left, 2))
		s->status &= ~IPS_SEEN_REPLY;
	s->orig_packets = n;
	s->orig_bytes = 1ULL << 33 | n;
	s->reply_packets = 3ULL * n;
	s->reply_bytes = 1ULL << 62 | n;
	return !left;
}

/* Twice, so that each makes its row and then adds to it. */
static void feed_layouts(struct table_under_test *t, struct memory *expected)
{
	struct message_spec s;
	struct flow_event ev;
	struct message m;

	for (unsigned int n = 0; layout(n, &s); n++) {
		message_build(&m, &s);
		cr_assert_eq(t->feed(t, m.bytes, m.len), (int)counted(t), "layout %u", n);
		cr_assert_eq(t->feed(t, m.bytes, m.len), (int)counted(t), "layout %u", n);
		message_event(&s, &ev);
		if (!ev.has_time)
			ev.time_ns = EVENT_NS;
		add_events(expected, &ev, 1);
		add_events(expected, &ev, 1);
	}
}

BOTH(every_usual_layout_is_counted, 65536)
{
	struct table_under_test want;
	struct flow_row *rows = calloc(65536, sizeof(*rows)), *expected = calloc(65536, sizeof(*rows));
	size_t n;

	cr_assert_eq(memory_table_open(&want, 65536), 0);
	feed_layouts(t, want.open);
	n = t->rows(t, rows, 65536);
	cr_assert_eq(n, 2 * 2 * LENGTH(protocols) * 4 * 128);
	cr_assert_eq(want.rows(&want, expected, 65536), n);
	for (size_t i = 0; i < n; i++) {
		cr_assert(same_key(&rows[i].key, &expected[i].key));
		cr_assert(same_counts(&rows[i].sum, &expected[i].sum), "row %zu", i);
	}
	table_close(&want);
	free(rows);
	free(expected);
}

/* --- how connections of TCP end -------------------------------------------------- */

static void feed_state(struct table_under_test *t, int state, int times)
{
	struct message_spec end = rich_message(MESSAGE_DESTROY);

	end.protoinfo = state;
	end.tcp_state = state;
	for (int i = 0; i < times; i++) {
		end.start_ns = i & 1 ? 0 : end.stop_ns - 1000;	/* then the state is elsewhere */
		end.mark = i & 2;
		end.timeout_s = i & 4;
		end.counted = i & 8;
		feed_counted(t, &end);
	}
}

BOTH(ends_are_told_apart_by_the_state_of_tcp, 10)
{
	struct flow_row row;

	feed_state(t, TCP_CONNTRACK_NONE, 16);
	for (int state = TCP_CONNTRACK_SYN_SENT; state < TCP_CONNTRACK_MAX; state++)
		feed_state(t, state, 16 * state);
	row = one_row(t);
	cr_expect_eq(row.sum.ends, 16 * (1 + 45));
	cr_expect_eq(row.sum.tcp_unanswered, 16 * (TCP_CONNTRACK_SYN_SENT + TCP_CONNTRACK_SYN_RECV +
						    TCP_CONNTRACK_SYN_SENT2));
	cr_expect_eq(row.sum.tcp_closed, 16 * (TCP_CONNTRACK_FIN_WAIT + TCP_CONNTRACK_CLOSE_WAIT +
						TCP_CONNTRACK_LAST_ACK + TCP_CONNTRACK_TIME_WAIT));
	cr_expect_eq(row.sum.tcp_reset, 16 * TCP_CONNTRACK_CLOSE);
	cr_expect_eq(row.sum.tcp_expired, 16 * TCP_CONNTRACK_ESTABLISHED);
}

/* --- who caused starts -------------------------------------------------------------- */

BOTH(starts_that_a_process_caused_are_starts_and_are_counted_apart, 10)
{
	struct message_spec start = tcp_message(MESSAGE_NEW), end = tcp_message(MESSAGE_DESTROY);

	end.port = 7;
	for (int i = 0; i < 6; i++) {
		start.port = i % 3;
		feed_counted(t, &start);
		feed_counted(t, &end);
	}
	cr_expect_eq(one_row(t).sum.starts, 6);
	cr_expect_eq(t->injected, 4);
	start.port = 0;
	feed_counted(t, &start);
	cr_expect_eq(one_row(t).sum.starts, 1);
	cr_expect_eq(t->injected, 4, "of its own window");
}

/* --- ends without a start ------------------------------------------------------------ */

BOTH(ends_after_a_clash_are_ends_and_are_counted_apart, 10)
{
	struct message_spec start = tcp_message(MESSAGE_NEW), end = tcp_message(MESSAGE_DESTROY);
	uint32_t status = end.status;

	start.status |= IPS_UNTRACKED;	/* no kernel says so, and no start is counted by it */
	for (int i = 0; i < 6; i++) {
		end.status = i % 3 ? status | IPS_UNTRACKED : status;
		end.port = i;
		feed_counted(t, &start);
		feed_counted(t, &end);
	}
	cr_expect_eq(one_row(t).sum.ends, 6);
	cr_expect_eq(t->clash, 4);
	end.status = status;
	feed_counted(t, &end);
	cr_expect_eq(one_row(t).sum.ends, 1);
	cr_expect_eq(t->clash, 4, "of its own window");
}

/* --- times -------------------------------------------------------------------------- */

BOTH(the_kernels_own_times_are_taken, 10)
{
	struct message_spec start = rich_message(MESSAGE_NEW), end = rich_message(MESSAGE_DESTROY);
	struct flow_row row;

	start.event_ns = EVENT_NS - 5000;
	feed_counted(t, &end);
	feed_counted(t, &start);
	start.event_ns = EVENT_NS - 7000;
	feed_counted(t, &start);
	row = one_row(t);
	cr_expect_eq(row.sum.first_ns, EVENT_NS - 7000);
	cr_expect_eq(row.sum.last_ns, EVENT_NS - 100, "when it ended, not when that was said");
}

BOTH(an_end_without_a_lifetime_has_the_events_time, 10)
{
	struct message_spec end = rich_message(MESSAGE_DESTROY);
	struct flow_row row;

	end.start_ns = EVENT_NS;	/* the clock was set back in between */
	end.stop_ns = EVENT_NS - 1;
	feed_counted(t, &end);
	row = one_row(t);
	cr_expect_eq(row.sum.timed_ends, 0);
	cr_expect_eq(row.sum.first_ns, EVENT_NS);
	cr_expect_eq(row.sum.last_ns, EVENT_NS);
}

BOTH(other_events_have_the_time_they_were_handled, 10)
{
	struct message_spec s = tcp_message(MESSAGE_NEW);
	struct flow_row row;
	struct timespec ts;
	uint64_t now_ns, offset_ns = 1ULL << 62;

	table_clock(t, offset_ns, true);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now_ns = ts.tv_sec * 1000000000ULL + ts.tv_nsec + offset_ns;
	feed_counted(t, &s);
	row = one_row(t);
	cr_expect_eq(row.sum.first_ns, row.sum.last_ns);
	cr_expect_gt(row.sum.first_ns, now_ns - 100000000, "at most a few ticks early");
	cr_expect_lt(row.sum.first_ns, now_ns + 10000000000);
}

KERNEL_TEST(no_time_is_later_than_the_window)
{
	struct table_under_test *t = kernel_under_test(10);
	struct kernel_window w = { .end_ns = EVENT_NS - 500 };
	struct message_spec s = rich_message(MESSAGE_NEW);
	struct kernel_rotation r;

	feed_counted(t, &s);
	s.event_ns -= 1000;
	feed_counted(t, &s);
	cr_assert_eq(kernel_rotate(t->kernel, t->window, &w, &r), 0);
	cr_assert_eq(memory_rows(t->window), 1);
	cr_expect_eq(memory_row(t->window, 0)->sum.first_ns, EVENT_NS - 1000);
	cr_expect_eq(memory_row(t->window, 0)->sum.last_ns, EVENT_NS - 500);
	table_close(t);
}

/* Where nf_conntrack_timestamp is off, the last attribute is nothing to look at. */
KERNEL_TEST(event_times_are_read_only_where_there_are_some)
{
	struct table_under_test *t = kernel_under_test(10);
	struct message_spec s = rich_message(MESSAGE_NEW);

	table_clock(t, 1ULL << 62, false);
	feed_counted(t, &s);
	cr_expect_gt(one_row(t).sum.first_ns, 1ULL << 62);
	table_close(t);
}

/* --- messages that are none ------------------------------------------------------------- */

BOTH(what_is_cut_off_counts_nothing, 10)
{
	struct message_spec s = rich_message(MESSAGE_DESTROY);
	struct message m;

	message_build(&m, &s);
	for (size_t len = 0; len < m.len; len++)
		cr_assert_eq(t->feed(t, m.bytes, len), FED_NOTHING, "%zu bytes", len);
	cr_assert_eq(t->rows(t, NULL, 0), 0);
}

/* What the filter does not know it leaves as it was, and memory makes of it what
 * it can: the sums are those of the memory table. */
KERNEL_TEST(what_the_filter_does_not_know_is_counted_in_memory)
{
	struct table_under_test *t = kernel_under_test(10);
	struct message_spec s = rich_message(MESSAGE_DESTROY);
	struct message m, two;
	struct nlattr *attr;

	message_build(&m, &s);
	two = m;
	memcpy(two.bytes + m.len, m.bytes, m.len);
	two.len += m.len;
	cr_expect_eq(t->feed(t, two.bytes, two.len), FED_ADDED, "two in one");
	attr = (struct nlattr *)(m.bytes + 20);
	attr->nla_type &= ~NLA_F_NESTED;
	cr_expect_eq(t->feed(t, m.bytes, m.len), FED_ADDED, "not marked as nested");
	attr->nla_type |= NLA_F_NESTED;
	cr_expect_eq(t->feed(t, m.bytes, m.len + 4), FED_ADDED, "something behind it");
	cr_expect_eq(one_row(t).sum.ends, 4);
	cr_expect_eq(t->rotation.passed[PASSED_LAYOUT], 3);
	cr_expect_eq(t->rotation.events, 0);
	table_close(t);
}
