/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both tables keep when there are more flows than they have room for. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "table/tables_case.h"

/* --- room ------------------------------------------------------------------------------ */

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

KERNEL_TEST(a_full_table_passes_on_and_says_so)
{
	struct table_under_test *t = kernel_under_test(16);
	struct message_spec update = tcp_message(MESSAGE_UPDATE);

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
	struct message_spec s = rich_message(kind);

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
