/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both tables have to do, from the same bytes. */
#include "config.h"

#include <arpa/inet.h>
#include <cap-ng.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netlink.h>

#include "host/namespace.h"
#include "source/conntrack.h"
#include "source/message.h"
#include "table/default_key.h"
#include "table/under_test.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define EVENT_NS 1795236616890462040ULL

static struct table_under_test *memory_under_test(uint32_t max_flows)
{
	static struct table_under_test t;

	cr_assert_eq(memory_table_open(&t, max_flows), 0);
	return &t;
}

static struct table_under_test *kernel_with(uint32_t max_flows, unsigned int flags)
{
	static struct table_under_test t;
	int err = kernel_table_open(&t, max_flows, flags);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s%s", strerror(-err),
			     err == -EPERM ? "; run as root" : "");
	cr_assert_eq(err, 0, "%s", strerror(-err));
	return &t;
}

static struct table_under_test *kernel_under_test(uint32_t max_flows)
{
	return kernel_with(max_flows, 0);
}

/* One body, a test for each table. */
#define BOTH(name, max_flows)                                                                  \
	static void name(struct table_under_test *t);                                          \
	Test(memory, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t = memory_under_test(max_flows);                     \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	Test(kernel, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t = kernel_under_test(max_flows);                     \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	static void name(struct table_under_test *t)

/* The same in a network namespace that `set_up` prepares first. */
#define BOTH_IN_NAMESPACE(name, max_flows, set_up)                                             \
	static void name(struct table_under_test *t);                                          \
	Test(memory, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t;                                                    \
		set_up();                                                                      \
		t = memory_under_test(max_flows);                                              \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	Test(kernel, name)                                                                     \
	{                                                                                      \
		struct table_under_test *t;                                                    \
		set_up();                                                                      \
		t = kernel_under_test(max_flows);                                              \
		name(t);                                                                       \
		table_close(t);                                                                \
	}                                                                                      \
	static void name(struct table_under_test *t)

/* What a table does with a message that it can count. */
static enum fed counted(const struct table_under_test *t)
{
	return t->kernel ? FED_TAKEN : FED_ADDED;
}

static int feed(struct table_under_test *t, const struct message_spec *s)
{
	struct message m;

	message_build(&m, s);
	return t->feed(t, m.bytes, m.len);
}

static void feed_counted(struct table_under_test *t, const struct message_spec *s)
{
	cr_assert_eq(feed(t, s), (int)counted(t));
}

static struct message_spec tcp(enum message_kind kind)
{
	return message_spec(kind, IPPROTO_TCP, "10.0.0.7", "192.0.2.10");
}

/* A message with all that the kernel puts in one. */
static struct message_spec rich(enum message_kind kind)
{
	struct message_spec s = tcp(kind);

	s.timeout_s = 60;
	s.counted = true;
	s.orig_packets = 6;
	s.orig_bytes = 1320;
	s.reply_packets = 4;
	s.reply_bytes = 5ULL << 40;
	s.protoinfo = true;
	s.start_ns = EVENT_NS - 1500;
	s.stop_ns = EVENT_NS - 100;
	s.event_ns = EVENT_NS;
	s.mark = 66;
	return s;
}

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

static struct flow_row one_row(struct table_under_test *t)
{
	struct flow_row row;

	cr_assert_eq(t->rows(t, &row, 1), 1);
	return row;
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
	struct message_spec start = tcp(MESSAGE_NEW), end = tcp(MESSAGE_DESTROY);
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
	struct message_spec a = rich(MESSAGE_DESTROY), b = rich(MESSAGE_DESTROY);
	struct flow_row row;

	b.status = IPS_CONFIRMED | IPS_DYING;
	b.reply_packets = b.reply_bytes = 0;
	b.start_ns = b.stop_ns - 3000;
	feed_counted(t, &a);
	feed_counted(t, &b);
	feed_counted(t, &a);
	row = one_row(t);
	cr_expect(same_counts(&row.sum, &(struct flow_sums){
		.ends = 3, .unreplied = 1, .orig_packets = 18, .orig_bytes = 3960,
		.reply_packets = 8, .reply_bytes = 10ULL << 40,
		.timed_ends = 3, .duration_us_sum = 5, .duration_us_max = 3 }));
}

BOTH(ends_without_counters_or_times_are_said_to_be, 10)
{
	struct message_spec with = rich(MESSAGE_DESTROY), without = tcp(MESSAGE_DESTROY);
	struct flow_row row;

	feed_counted(t, &without);
	feed_counted(t, &with);
	feed_counted(t, &without);
	row = one_row(t);
	cr_expect(same_counts(&row.sum, &(struct flow_sums){
		.ends = 3, .uncounted = 2, .orig_packets = 6, .orig_bytes = 1320,
		.reply_packets = 4, .reply_bytes = 5ULL << 40,
		.timed_ends = 1, .duration_us_sum = 1, .duration_us_max = 1 }));
}

/* `conntrack -F` on a large table: together they have lived for 657 years. */
BOTH(long_lives_add_up_without_wrapping, 10)
{
	const uint64_t month_ms = 30 * 86400 * 1000ULL;
	struct message_spec end = rich(MESSAGE_DESTROY);
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
		struct message_spec s = tcp(i & 16 ? MESSAGE_NEW : MESSAGE_DESTROY);

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
	struct message_spec s = tcp(MESSAGE_NEW);
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
	struct message_spec v4 = tcp(MESSAGE_NEW);
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
	struct message_spec s = tcp(MESSAGE_UPDATE);

	cr_expect_eq(feed(t, &s), FED_NOTHING);
	cr_expect_eq(t->rows(t, NULL, 0), 0);
}

BOTH(a_window_begins_empty, 10)
{
	struct message_spec a = tcp(MESSAGE_NEW), b = tcp(MESSAGE_NEW);
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

/* --- times -------------------------------------------------------------------------- */

BOTH(the_kernels_own_times_are_taken, 10)
{
	struct message_spec start = rich(MESSAGE_NEW), end = rich(MESSAGE_DESTROY);
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
	struct message_spec end = rich(MESSAGE_DESTROY);
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
	struct message_spec s = tcp(MESSAGE_NEW);
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

Test(kernel, no_time_is_later_than_the_window)
{
	struct table_under_test *t = kernel_under_test(10);
	struct kernel_window w = { .end_ns = EVENT_NS - 500 };
	struct message_spec s = rich(MESSAGE_NEW);
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
Test(kernel, event_times_are_read_only_where_there_are_some)
{
	struct table_under_test *t = kernel_under_test(10);
	struct message_spec s = rich(MESSAGE_NEW);

	table_clock(t, 1ULL << 62, false);
	feed_counted(t, &s);
	cr_expect_gt(one_row(t).sum.first_ns, 1ULL << 62);
	table_close(t);
}

/* --- directions ---------------------------------------------------------------------- */

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
	struct message_spec s = tcp(MESSAGE_NEW);

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

/* As before the program has told any: the machine may have one of the test's. */
static void no_addresses(struct table_under_test *t)
{
	kernel_addresses_begin(t->kernel);
	cr_assert_eq(kernel_addresses_end(t->kernel), 0);
}

static void number_address(__u8 addr[16], __u32 n)
{
	flow_addr_v4(addr, &(__be32){ htonl(0x0a400000 + n) });
}

/* Told so many that each bit of the filter's first look is set, then few. */
Test(kernel, has_room_for_65536_addresses)
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

Test(kernel, an_address_can_change_its_kind)
{
	struct table_under_test *t = kernel_under_test(10);
	static const enum kernel_address kinds[] = { ADDRESS_OURS, ADDRESS_BROADCAST, ADDRESS_OURS };
	struct message_spec s = tcp(MESSAGE_NEW);
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

/* --- room ------------------------------------------------------------------------------ */

static struct message_spec flow_number(unsigned int n)
{
	struct message_spec s = rich(n & 1 ? MESSAGE_NEW : MESSAGE_DESTROY);

	memcpy(s.orig.src, &(__be32){ htonl(0x0b000000 + n) }, 4);
	return s;
}

static void sum_rows(const struct table_under_test *t, struct flow_sums *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (size_t i = 0; i < memory_rows(t->window); i++)
		flow_sums_add(sum, &memory_row(t->window, i)->sum);
}

/* Each of many flows three times: those that have a row have it for all three. */
static void fill(struct table_under_test *t, unsigned int flows, size_t max_flows)
{
	struct flow_sums rows;

	for (unsigned int i = 0; i < 3 * flows; i++) {
		struct message_spec s = flow_number(i % flows);
		int did = feed(t, &s);

		cr_assert(did == FED_ADDED || did == FED_TAKEN);
	}
	cr_assert_eq(t->rows(t, NULL, 0), max_flows);
	sum_rows(t, &rows);
	cr_assert_eq(flow_sums_events(&rows), 3 * max_flows);
	flow_sums_add(&rows, memory_other(t->window));
	cr_assert(!memcmp(&rows, memory_total(t->window), sizeof(rows)));
	cr_expect_eq(rows.starts, 3 * (flows / 2));
	cr_expect_eq(rows.ends, 3 * ((flows + 1) / 2));
	cr_expect_eq(rows.orig_bytes, 1320 * rows.ends);
	cr_expect_eq(rows.timed_ends, rows.ends);
}

static void fill_and_refill(struct table_under_test *t, size_t max_flows)
{
	struct message_spec s = flow_number(4711);

	for (int i = 0; i < 3; i++)
		fill(t, 2000, max_flows);
	feed_counted(t, &s);	/* there is room again */
	cr_assert_eq(t->rows(t, NULL, 0), 1);
}

BOTH(a_full_table_of_1_keeps_every_sum, 1)
{
	fill_and_refill(t, 1);
}

BOTH(a_full_table_of_2_keeps_every_sum, 2)
{
	fill_and_refill(t, 2);
}

BOTH(a_full_table_of_16_keeps_every_sum, 16)
{
	fill_and_refill(t, 16);
}

Test(kernel, a_full_table_passes_on_and_says_so)
{
	struct table_under_test *t = kernel_under_test(16);
	struct message_spec update = tcp(MESSAGE_UPDATE);

	for (unsigned int i = 0; i < 100; i++) {
		struct message_spec s = flow_number(i);

		cr_assert_eq(feed(t, &s), i < 16 ? FED_TAKEN : FED_ADDED, "%u", i);
	}
	cr_assert_eq(feed(t, &update), FED_NOTHING);
	t->rows(t, NULL, 0);
	cr_expect_eq(t->rotation.rows, 16);
	cr_expect_eq(t->rotation.events, 16);
	cr_expect_eq(t->rotation.passed[PASSED_FULL], 84);
	cr_expect_eq(t->rotation.passed[PASSED_LAYOUT], 1);
	cr_expect_eq(t->rotation.passed[PASSED_ERROR], 0);
	cr_assert_eq(t->rows(t, NULL, 0), 0);
	cr_expect_eq(t->rotation.passed[PASSED_FULL], 0, "counted once");
	table_close(t);
}

/* --- what survives in a full table ---------------------------------------------------- */

static void evict(struct table_under_test *t, enum top_by by)
{
	memory_evict(t->open, by);
	memory_evict(t->window, by);
}

static struct message_spec source(enum message_kind kind, __u32 n)
{
	struct message_spec s = rich(kind);

	memcpy(s.orig.src, &(__be32){ htonl(0x0b000000 + n) }, 4);
	s.reply_bytes = 500;
	return s;
}

static void feed_times(struct table_under_test *t, struct message_spec s, int times)
{
	struct message m;

	message_build(&m, &s);
	for (int i = 0; i < times; i++)
		cr_assert_geq(t->feed(t, m.bytes, m.len), 0);
}

/* Of the sources from first on, how many have a row with all their events. */
static unsigned int whole(const struct table_under_test *t, __u32 first, __u32 n, uint64_t events)
{
	unsigned int found = 0;
	__be32 src;

	for (size_t i = 0; i < memory_rows(t->window); i++) {
		const struct flow_row *row = memory_row(t->window, i);

		memcpy(&src, row->key.saddr + 12, 4);
		found += ntohl(src) - 0x0b000000 >= first && ntohl(src) - 0x0b000000 < first + n &&
			 flow_sums_events(&row->sum) == events;
	}
	return found;
}

/* Large flows that are over when the flood comes, and some in the middle of it. */
BOTH(what_has_finished_survives_a_flood, 500)
{
	evict(t, TOP_EVENTS);
	for (__u32 i = 0; i < 50; i++)
		feed_times(t, source(MESSAGE_DESTROY, i), 200);
	for (__u32 i = 0; i < 1500; i++) {
		if (i >= 700 && i < 750)
			feed_times(t, source(MESSAGE_NEW, i), 200);
		else
			feed_times(t, source(MESSAGE_NEW, 1000 + i), 1);
	}
	t->rows(t, NULL, 0);
	cr_expect_eq(whole(t, 0, 50, 200), 50);
	cr_expect_eq(whole(t, 700, 50, 200), 50);
	cr_expect_leq(memory_max_error(t->window), 2 * (100 * 200 + 1450) / 500);
}

/* One connection of two events, among sources that have more of them each. */
BOTH(by_bytes_a_large_connection_survives_a_scan, 100)
{
	struct message_spec large = source(MESSAGE_DESTROY, 7);

	large.reply_bytes = 10000000000;
	evict(t, TOP_BYTES);
	for (__u32 i = 0; i < 2000; i++) {
		feed_times(t, source(MESSAGE_NEW, 1000 + i), 2);
		feed_times(t, source(MESSAGE_DESTROY, 1000 + i), 2);
		if (i == 1000)
			feed_times(t, large, 1);
	}
	t->rows(t, NULL, 0);
	cr_expect_eq(whole(t, 7, 1, 1), 1);
	cr_expect_str_eq(memory_error_counter(t->window), "bytes");
	cr_expect_lt(memory_max_error(t->window), large.reply_bytes / 10);
}

/* A flow that lost its row here and there, as the filter passed it on. */
BOTH(a_folded_flow_counts_once, 10)
{
	evict(t, TOP_EVENTS);
	for (int round = 0; round < 5; round++)
		for (__u32 i = 0; i < 300; i++)
			feed_times(t, source(MESSAGE_NEW, i), 1);
	t->rows(t, NULL, 0);
	cr_expect_eq(memory_rows(t->window), 10);
	cr_expect_geq(memory_folded(t->window), 290);
	cr_expect_leq(memory_folded(t->window), 300);
	cr_expect_eq(memory_total(t->window)->starts, 1500);
}

/* --- live connections ------------------------------------------------------ */

/* Every end, also one that a selection leaves out: user space does that. */
Test(kernel, passes_on_every_end_with_interim)
{
	struct table_under_test *t = kernel_with(16, KERNEL_INTERIM);
	struct message_spec starts = rich(MESSAGE_NEW), ends = rich(MESSAGE_DESTROY);

	cr_expect_eq(feed(t, &starts), FED_TAKEN);
	cr_expect_eq(feed(t, &ends), FED_ADDED);
	ends.orig.sport++;
	cr_expect_eq(feed(t, &ends), FED_ADDED);
	t->rows(t, NULL, 0);
	cr_expect_eq(t->rotation.passed[PASSED_END], 2);
	cr_expect_eq(t->rotation.events, 1);
	table_close(t);
}

Test(kernel, passes_on_ends_that_are_not_selected_with_interim)
{
	static const struct flow_select nothing = { .proto = { .list = { { 0, 255 } }, .n = 1, .inverted = true } };
	struct message_spec starts = rich(MESSAGE_NEW), ends = rich(MESSAGE_DESTROY);
	static struct table_under_test t;
	int err = kernel_table_open_for(&t, 16, KERNEL_INTERIM, &flow_spec_default, &nothing);

	if (err == -EPERM || err == -ENOSYS)
		cr_skip_test("no kernel table here: %s", strerror(-err));
	cr_assert_eq(err, 0, "%s", strerror(-err));
	feed(&t, &starts);
	feed(&t, &ends);
	t.rows(&t, NULL, 0);
	cr_expect_eq(t.rotation.unselected, 1);
	cr_expect_eq(t.rotation.passed[PASSED_END], 1);
	table_close(&t);
}

/* --- draining ---------------------------------------------------------------------------- */

static void drains_exactly(struct table_under_test *t, unsigned int flows)
{
	struct flow_row *rows = calloc(flows, sizeof(*rows));
	__be32 last = 0;

	for (int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < flows; i++) {
			struct message_spec s = flow_number(i);

			feed_counted(t, &s);
		}
		cr_assert_eq(t->rows(t, rows, flows), flows);
		cr_assert_eq(t->err, 0);
		cr_expect_eq(t->rotation.rows, flows);
		cr_expect_eq(t->rotation.events, flows);
		for (unsigned int i = 0; i < flows; i++) {
			memcpy(&last, rows[i].key.saddr + 12, 4);
			cr_assert_eq(ntohl(last), 0x0b000000 + i, "each once");
			cr_assert_eq(flow_sums_events(&rows[i].sum), 1);
		}
	}
	free(rows);
}

Test(kernel, drains_in_batches)
{
	struct table_under_test *t = kernel_under_test(65536);

	drains_exactly(t, 1);
	drains_exactly(t, 5000);
	drains_exactly(t, 65536);
	table_close(t);
}

/* A table as full as it can be has buckets of many rows. */
Test(kernel, drains_in_batches_that_have_to_grow)
{
	struct table_under_test *t = kernel_with(5000, KERNEL_SMALL_BATCH);

	drains_exactly(t, 1);
	drains_exactly(t, 5000);
	table_close(t);
}

Test(kernel, drains_a_large_table_with_little_in_it)
{
	struct table_under_test *t = kernel_under_test(1 << 20);

	drains_exactly(t, 3);
	table_close(t);
}

/* --- messages that are none ------------------------------------------------------------- */

BOTH(what_is_cut_off_counts_nothing, 10)
{
	struct message_spec s = rich(MESSAGE_DESTROY);
	struct message m;

	message_build(&m, &s);
	for (size_t len = 0; len < m.len; len++)
		cr_assert_eq(t->feed(t, m.bytes, len), FED_NOTHING, "%zu bytes", len);
	cr_assert_eq(t->rows(t, NULL, 0), 0);
}

/* What the filter does not know it leaves as it was, and memory makes of it what
 * it can: the sums are those of the memory table. */
Test(kernel, what_the_filter_does_not_know_is_counted_in_memory)
{
	struct table_under_test *t = kernel_under_test(10);
	struct message_spec s = rich(MESSAGE_DESTROY);
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

/* --- setting up --------------------------------------------------------------------------- */

Test(kernel, passes_its_own_test)
{
	struct table_under_test *t = kernel_under_test(1);

	no_addresses(t);
	cr_expect_eq(kernel_works(t->kernel), 0);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	cr_expect_eq(t->rows(t, NULL, 0), 0, "which leaves nothing behind");
	cr_expect_eq(t->rotation.passed[PASSED_LAYOUT], 0);
	table_close(t);
}

/* The verifier is stricter with the one that has no CAP_PERFMON besides. */
Test(kernel, wants_no_more_than_cap_bpf)
{
	struct table_under_test *t;

	if (capng_get_caps_process() || !capng_have_capability(CAPNG_PERMITTED, CAP_BPF))
		cr_skip_test("no CAP_BPF here; run as root");
	capng_clear(CAPNG_SELECT_CAPS);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_BPF, CAP_NET_ADMIN, -1);
	cr_assert_eq(capng_apply(CAPNG_SELECT_CAPS), 0);
	t = kernel_under_test(100);
	no_addresses(t);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	drains_exactly(t, 100);
	table_close(t);
}

/* Since 6.8 a namespace has its own net.core.optmem_max. */
Test(kernel, attaches_a_stub_where_the_filter_is_too_large)
{
	struct table_under_test *t;
	FILE *file;

	namespace_enter();
	file = fopen("/proc/sys/net/core/optmem_max", "w");
	if (!file)
		cr_skip_test("no net.core.optmem_max in a namespace: Linux 6.8 has it");
	fprintf(file, "1024\n");
	cr_assert_eq(fclose(file), 0);
	t = kernel_under_test(100);
	no_addresses(t);
	cr_expect_eq(kernel_self_test(t->kernel), 0);
	drains_exactly(t, 100);
	table_close(t);
}

Test(kernel, can_be_closed_half_open)
{
	kernel_close(NULL);
}
