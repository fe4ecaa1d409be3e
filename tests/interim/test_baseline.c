/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include <criterion/criterion.h>

#include "interim/interim.h"
#include "interim/interim_case.h"

/* What connections had carried before the program began: two passes read it, and events are
 * subscribed to in between. */

#define OLD 7	/* the id of a connection that the first pass shows */
#define MANY 50000

static struct interim *before(void)
{
	struct interim *i = opened_interim();

	interim_baseline(i, INTERIM_BEFORE);
	return i;
}

static void subscribe(struct interim *i)
{
	interim_baseline(i, INTERIM_SINCE);
}

/* The second pass is over, and the ends that were sent during it have been read. */
static void finish_settled(struct interim *i)
{
	interim_finish(i);
	interim_settled(i);
}

Test(baseline, is_not_counted)
{
	struct interim *i = before();

	cr_expect_eq(live_packets(i, OLD, 10), 0);
	subscribe(i);
	cr_expect_eq(live_packets(i, OLD, 12), 0);
	finish_settled(i);
	cr_expect_eq(live_packets(i, OLD, 15), 5, "since the first pass");
	interim_finish(i);
	cr_expect_eq(end_packets(i, OLD, 16), 1);
	cr_expect_eq(interim_connections(i), 0);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(baseline, a_connection_that_the_first_pass_has_not_shown_counts_whole)
{
	struct interim *i = before();

	subscribe(i);
	cr_expect_eq(live_packets(i, OLD, 10), 0, "now it is too early");
	finish_settled(i);
	cr_expect_eq(live_packets(i, OLD, 15), 15);
	interim_finish(i);
	cr_expect_eq(end_packets(i, 8, 3), 3, "one that no pass has shown");
	interim_close(i);
}

/* Its end is read after the second pass, whether that pass has shown it alive, ending, or not. */
Test(baseline, an_end_after_the_subscription_brings_what_was_carried_since)
{
	for (int shown = 0; shown < 3; shown++) {
		struct flow_event ending = carrying(FLOW_LIVE, OLD, 11);
		struct interim *i = before();

		live_packets(i, OLD, 10);
		subscribe(i);
		if (shown == 1)
			live_packets(i, OLD, 11);
		if (shown == 2)
			interim_ending(i, &ending);
		interim_finish(i);
		cr_expect_eq(end_packets(i, OLD, 12), 2, "case %d", shown);
		interim_settled(i);
		cr_expect_eq(interim_connections(i), 0);
		for (int pass = 0; pass < 4; pass++)
			interim_finish(i);
		expect_losses(i, 0, 0);
		interim_close(i);
	}
}

/* Nobody has read its end, which was sent before. It has not vanished, and a new connection with
 * the same identity has nothing to do with it. */
Test(baseline, an_end_before_the_subscription_is_no_loss)
{
	struct interim *i = before();

	for (__u32 id = 1; id <= MANY; id++)
		live_packets(i, id * 2654435761U, 10);
	subscribe(i);
	for (__u32 id = 1; id <= MANY; id += 3)
		live_packets(i, id * 2654435761U, 10);
	finish_settled(i);
	cr_expect_eq(interim_connections(i), (MANY + 2) / 3);
	for (__u32 id = 1; id <= MANY; id++)
		cr_assert_eq(end_packets(i, id * 2654435761U, 12), id % 3 == 1 ? 2 : 12);
	for (int pass = 0; pass < 4; pass++)
		interim_finish(i);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(baseline, a_connection_that_vanishes_later_is_a_loss)
{
	struct interim *i = before();

	live_packets(i, OLD, 10);
	subscribe(i);
	live_packets(i, OLD, 10);
	finish_settled(i);
	interim_finish(i);
	expect_losses(i, 0, 0);
	interim_finish(i);
	expect_losses(i, 1, 0);
	interim_close(i);
}

/* A tuple is used again: the first pass shows a connection, the second one its successor, which has
 * the same identity. The end of the first connection was sent before the subscription, and nobody
 * reads it, or after. What a connection carries after the second pass counts in every case, and what
 * the first one carried before the first pass in none. */
static void follows(uint64_t first_then, uint64_t first_end, uint64_t second_then,
		    uint64_t second_end, bool read)
{
	uint64_t since = read ? first_end - first_then : 0, sum;
	struct interim *i = before();

	live_packets(i, OLD, first_then);
	subscribe(i);
	live_packets(i, OLD, second_then);
	interim_finish(i);
	sum = read ? end_packets(i, OLD, first_end) : 0;
	interim_settled(i);
	sum += live_packets(i, OLD, second_end);
	interim_finish(i);
	sum += end_packets(i, OLD, second_end);
	cr_expect_leq(sum, since + second_end);
	cr_expect_geq(sum, since + second_end - (read ? 0 : second_then),
		      "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 ": %" PRIu64, first_then,
		      first_end, second_then, second_end, sum);
	cr_expect_eq(interim_connections(i), 0);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(baseline, holds_when_a_connection_has_the_identity_of_the_last_one)
{
	for (uint64_t first = 0; first <= 12; first += 2)
		for (uint64_t first_end = first; first_end <= 12; first_end += 2)
			for (uint64_t second = 0; second <= 12; second += 2)
				for (uint64_t second_end = second; second_end <= 12; second_end += 2) {
					follows(first, first_end, second, second_end, false);
					follows(first, first_end, second, second_end, true);
				}
}

/* The end of the successor comes before the baseline is settled. */
Test(baseline, an_end_with_less_than_the_baseline_counts_whole)
{
	for (int shown = 0; shown < 2; shown++) {
		struct interim *i = before();

		live_packets(i, OLD, 10);
		subscribe(i);
		if (shown)
			live_packets(i, OLD, 4);
		interim_finish(i);
		cr_expect_eq(end_packets(i, OLD, 6), 6);
		interim_settled(i);
		cr_expect_eq(interim_connections(i), 0);
		expect_losses(i, 0, 0);
		interim_close(i);
	}
}

Test(baseline, counters_set_to_zero_later_are_stated)
{
	struct interim *i = before();

	live_packets(i, OLD, 10);
	subscribe(i);
	live_packets(i, OLD, 10);
	finish_settled(i);
	cr_expect_eq(live_packets(i, OLD, 4), 0);
	interim_finish(i);
	interim_settled(i);
	cr_expect_eq(live_packets(i, OLD, 5), 5);
	expect_losses(i, 0, 1);
	interim_close(i);
}
