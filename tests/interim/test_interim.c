/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "interim/interim.h"

/* One packet is 100 bytes, and every second one has an answer. */
static struct flow_event event(enum flow_kind kind, __u32 id, uint64_t packets)
{
	return (struct flow_event){
		.kind = kind,
		.identity = { .id = id, .sport = 1, .dport = 2 },
		.counted = true,
		.orig_packets = packets,
		.orig_bytes = 100 * packets,
		.reply_packets = packets / 2,
		.reply_bytes = 50 * packets,
	};
}

static uint64_t counted(const struct flow_event *ev)
{
	cr_expect_eq(ev->orig_bytes, 100 * ev->orig_packets);
	cr_expect_eq(ev->reply_bytes, 50 * ev->orig_packets);
	return ev->orig_packets;
}

/* What a pass, and an end, makes of a connection that has carried so much. */
static uint64_t live(struct interim *i, __u32 id, uint64_t packets)
{
	struct flow_event ev = event(FLOW_LIVE, id, packets);

	cr_assert_eq(interim_live(i, &ev), 0);
	return counted(&ev);
}

static uint64_t end(struct interim *i, __u32 id, uint64_t packets)
{
	struct flow_event ev = event(FLOW_END, id, packets);

	interim_end(i, &ev);
	return counted(&ev);
}

static struct interim *without_filter(void)
{
	struct interim *i;

	cr_assert_eq(interim_open(&i, NULL), 0);
	return i;
}

Test(interim, adds_what_is_new_and_at_the_end_the_rest)
{
	struct interim *i = without_filter();

	interim_begin(i);
	cr_expect_eq(live(i, 7, 10), 10);
	interim_finish(i);
	interim_begin(i);
	cr_expect_eq(live(i, 7, 10), 0, "nothing new");
	interim_finish(i);
	interim_begin(i);
	cr_expect_eq(live(i, 7, 25), 15);
	interim_finish(i);
	cr_expect_eq(end(i, 7, 26), 1);
	cr_expect_eq(interim_connections(i), 0);
	cr_expect_eq(end(i, 7, 26), 26, "another one, never seen alive");
	interim_close(i);
}

Test(interim, tells_connections_apart_by_more_than_the_id)
{
	struct interim *i = without_filter();
	struct flow_event other = event(FLOW_END, 7, 30);

	interim_begin(i);
	live(i, 7, 10);
	interim_finish(i);
	other.identity.sport = 3;
	interim_end(i, &other);
	cr_expect_eq(other.orig_packets, 30);
	cr_expect_eq(end(i, 7, 10), 0);
	interim_close(i);
}

/* As it goes when a tuple is used again at once: the pass sees the second connection,
 * and the first one's end is read after it. */
static void follows(uint64_t before, uint64_t first_end, uint64_t second_then, uint64_t second_end)
{
	struct interim *i = without_filter();
	uint64_t sum;

	interim_begin(i);
	sum = live(i, 7, before);
	interim_finish(i);
	interim_begin(i);
	sum += live(i, 7, second_then);
	interim_finish(i);
	sum += end(i, 7, first_end);
	interim_begin(i);
	sum += live(i, 7, second_then);
	interim_finish(i);
	sum += end(i, 7, second_end);
	cr_expect_eq(sum, first_end + second_end,
		     "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 ": %" PRIu64, before,
		     first_end, second_then, second_end, sum);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}

Test(interim, sums_hold_when_a_connection_has_the_identity_of_the_last_one)
{
	for (uint64_t before = 0; before <= 12; before += 2)
		for (uint64_t first = before; first <= 12; first += 2)
			for (uint64_t then = 0; then <= 12; then += 2)
				for (uint64_t second = then; second <= 12; second += 2)
					follows(before, first, then, second);
}

Test(interim, counters_set_to_zero_by_others_count_again)
{
	const uint64_t so_far[3] = { 10, 4, 4 }, gain[3] = { 10, 0, 4 };
	struct interim *i = without_filter();

	for (int pass = 0; pass < 3; pass++) {
		interim_begin(i);
		cr_expect_eq(live(i, 7, so_far[pass]), gain[pass]);
		interim_finish(i);
	}
	cr_expect_eq(end(i, 7, 6), 2);
	interim_close(i);
}

Test(interim, an_end_that_was_lost_is_forgotten)
{
	struct interim *i = without_filter();

	interim_begin(i);
	for (__u32 id = 1; id <= 100000; id++)
		live(i, id * 2654435761U, 1);
	interim_finish(i);
	for (int pass = 0; pass < 2; pass++) {
		cr_expect_eq(interim_connections(i), 100000);
		interim_begin(i);
		for (__u32 id = 1; id <= 100000; id += 3)
			live(i, id * 2654435761U, 2);
		interim_finish(i);
	}
	cr_expect_eq(interim_connections(i), 33334);
	for (__u32 id = 1; id <= 100000; id++)
		cr_assert_eq(end(i, id * 2654435761U, 5), id % 3 == 1 ? 3 : 5);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}

/* --- with a filter ------------------------------------------------------- */

static unsigned int told[10];
static int refuse;

static int tell(void *arg, const struct flow_identity *connection)
{
	cr_assert_eq(arg, told);
	told[connection->id] += !refuse;
	return refuse;
}

static void forget(void *arg, const struct flow_identity *connection)
{
	cr_assert_eq(arg, told);
	told[connection->id]--;
}

Test(interim, a_filter_is_told_before_anything_is_counted)
{
	struct interim_filter filter = { .counted = tell, .uncounted = forget, .arg = told };
	struct flow_event ev = event(FLOW_LIVE, 7, 10), unknown = event(FLOW_LIVE, 0, 10);
	struct interim *i;

	cr_assert_eq(interim_open(&i, &filter), 0);
	interim_begin(i);
	cr_expect_eq(live(i, 7, 10), 0, "not told yet");
	cr_assert_eq(interim_meet(i, &ev), 0);
	cr_assert_eq(interim_meet(i, &ev), 0);
	cr_expect_eq(told[7], 1);
	cr_expect_eq(live(i, 7, 11), 11);
	cr_expect_eq(interim_meet(i, &unknown), 0, "has no id: counts at its end");
	interim_finish(i);
	cr_expect_eq(end(i, 7, 12), 1);
	cr_expect_eq(told[7], 0);

	refuse = -E2BIG;
	cr_expect_eq(interim_meet(i, &ev), -E2BIG);
	cr_expect_eq(live(i, 7, 5), 0);
	cr_expect_eq(end(i, 7, 5), 5);
	cr_expect_eq(told[7], 0);
	interim_close(i);
}
