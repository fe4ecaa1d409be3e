/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include <criterion/criterion.h>

#include "interim/interim.h"
#include "interim/interim_case.h"

Test(interim, adds_what_is_new_and_at_the_end_the_rest)
{
	struct interim *i = opened_interim();

	cr_expect_eq(live_packets(i, 7, 10), 10);
	interim_finish(i);
	cr_expect_eq(live_packets(i, 7, 10), 0, "nothing new");
	interim_finish(i);
	cr_expect_eq(live_packets(i, 7, 25), 15);
	interim_finish(i);
	cr_expect_eq(end_packets(i, 7, 26), 1);
	cr_expect_eq(interim_connections(i), 0);
	cr_expect_eq(end_packets(i, 7, 26), 26, "another one, never seen alive");
	interim_close(i);
}

Test(interim, tells_connections_apart_by_more_than_the_id)
{
	struct interim *i = opened_interim();
	struct flow_event other = carrying(FLOW_END, 7, 30);

	live_packets(i, 7, 10);
	interim_finish(i);
	other.orig.sport = 3;
	interim_end(i, &other);
	cr_expect_eq(other.orig_packets, 30);
	cr_expect_eq(end_packets(i, 7, 10), 0);
	interim_close(i);
}

/* A tuple is used again at once: the pass shows the second connection, and the end of the
 * first one is read after the pass. */
static void follows(uint64_t before, uint64_t first_end, uint64_t second_then, uint64_t second_end)
{
	struct interim *i = opened_interim();
	uint64_t sum;

	sum = live_packets(i, 7, before);
	interim_finish(i);
	sum += live_packets(i, 7, second_then);
	interim_finish(i);
	sum += end_packets(i, 7, first_end);
	sum += live_packets(i, 7, second_then);
	interim_finish(i);
	sum += end_packets(i, 7, second_end);
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

/* --- selection --------------------------------------------------------------------- */

static uint64_t unselected(struct interim *i, __u32 id, uint64_t packets)
{
	struct flow_event ev = carrying(FLOW_LIVE, id, packets);

	cr_assert_eq(interim_live(i, &ev, false), 0);
	return left_of(&ev);
}

Test(interim, follows_a_connection_that_is_not_selected)
{
	struct interim *i = opened_interim();

	cr_expect_eq(live_packets(i, 7, 10), 10);
	interim_finish(i);
	for (uint64_t packets = 20; packets < 60; packets += 10) {
		unselected(i, 7, packets);
		interim_finish(i);
	}
	cr_expect_eq(live_packets(i, 7, 55), 5, "what it has carried since the last pass");
	interim_finish(i);
	unselected(i, 7, 60);
	interim_finish(i);
	cr_expect_eq(end_packets(i, 7, 61), 1);
	expect_losses(i, 0, 0);
	interim_close(i);
}

/* --- counters set to zero by somebody else ------------------------------------------ */

/* The pass that shows the smaller counters first cannot tell this connection from a new one. */
Test(interim, counters_set_to_zero_count_again_and_are_stated)
{
	const uint64_t so_far[4] = { 10, 4, 4, 5 }, gain[4] = { 10, 0, 4, 1 };
	struct interim *i = opened_interim();

	for (int pass = 0; pass < 4; pass++) {
		cr_expect_eq(live_packets(i, 7, so_far[pass]), gain[pass]);
		interim_finish(i);
		interim_settled(i);
		expect_losses(i, 0, pass == 2);
	}
	cr_expect_eq(end_packets(i, 7, 7), 2);
	expect_losses(i, 0, 0);
	interim_close(i);
}

/* By the next pass the connection has carried more than before: all of that is new. */
Test(interim, counters_set_to_zero_that_are_large_again_count_from_zero)
{
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	interim_finish(i);
	cr_expect_eq(live_packets(i, 7, 4), 0);
	interim_finish(i);
	cr_expect_eq(live_packets(i, 7, 12), 12);
	expect_losses(i, 0, 1);
	interim_close(i);
}

Test(interim, an_end_after_counters_were_set_to_zero_counts_whole)
{
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	live_packets(i, 8, 10);
	unselected(i, 9, 10);
	interim_finish(i);
	interim_settled(i);
	cr_expect_eq(end_packets(i, 7, 4), 4, "no pass has seen it");
	expect_losses(i, 0, 1);
	live_packets(i, 8, 2);
	unselected(i, 9, 2);
	interim_finish(i);
	cr_expect_eq(end_packets(i, 8, 4), 4, "a pass has, and waited");
	expect_losses(i, 0, 1);
	end_packets(i, 9, 4);
	expect_losses(i, 0, 0);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}

Test(interim, what_waits_for_the_next_pass_is_lost_when_there_is_none)
{
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	live_packets(i, 8, 10);
	live_packets(i, 9, 10);
	interim_finish(i);
	live_packets(i, 8, 10);
	live_packets(i, 9, 4);
	interim_finish(i);
	expect_losses(i, 0, 0);
	interim_stop(i);
	expect_losses(i, 1, 1);
	interim_close(i);
}

/* --- connections without an end -------------------------------------------------------- */

static void pass_of(struct interim *i, __u32 first, __u32 step, __u32 last)
{
	for (__u32 id = first; id <= last; id += step)
		live_packets(i, id * 2654435761U, 2);
	interim_finish(i);
}

Test(interim, a_connection_without_an_end_has_vanished_after_two_passes)
{
	struct interim *i = opened_interim();

	pass_of(i, 1, 1, 100000);
	pass_of(i, 1, 3, 100000);
	expect_losses(i, 0, 0);
	pass_of(i, 1, 3, 100000);
	expect_losses(i, 66666, 0);
	cr_expect_eq(end_packets(i, 2 * 2654435761U, 5), 3, "its end comes late: just the rest");
	for (int pass = 0; pass < 6; pass++)
		pass_of(i, 1, 3, 100000);
	cr_expect_eq(interim_connections(i), 99999);
	pass_of(i, 1, 3, 100000);
	cr_expect_eq(interim_connections(i), 33334, "in the end it is forgotten");
	expect_losses(i, 0, 0);
	for (__u32 id = 1; id <= 100000; id++)
		cr_assert_eq(end_packets(i, id * 2654435761U, 5), id % 3 == 1 ? 3 : 5);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}

Test(interim, a_connection_that_two_passes_leave_out_is_not_counted_again)
{
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	interim_finish(i);
	interim_finish(i);
	interim_finish(i);
	cr_expect_eq(live_packets(i, 7, 12), 2);
	interim_finish(i);
	cr_expect_eq(end_packets(i, 7, 13), 1);
	interim_close(i);
}

Test(interim, a_pass_that_was_not_whole_says_nothing_of_what_it_did_not_show)
{
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	interim_finish(i);
	for (int pass = 0; pass < 20; pass++)	/* and no interim_finish() */
		live_packets(i, 8, 10);
	interim_finish(i);
	expect_losses(i, 0, 0);
	cr_expect_eq(end_packets(i, 7, 12), 2);
	interim_close(i);
}

Test(interim, a_connection_whose_end_is_under_way_has_not_vanished)
{
	struct flow_event ending = carrying(FLOW_LIVE, 7, 12);
	struct interim *i = opened_interim();

	live_packets(i, 7, 10);
	interim_finish(i);
	for (int pass = 0; pass < 20; pass++) {
		interim_ending(i, &ending);
		interim_finish(i);
	}
	expect_losses(i, 0, 0);
	cr_expect_eq(end_packets(i, 7, 12), 2);
	interim_close(i);
}

Test(interim, tells_which_connections_the_last_pass_has_shown_alive)
{
	struct flow_event shown = carrying(FLOW_END, 1, 10), gone = carrying(FLOW_END, 2, 10);
	struct flow_event ending = carrying(FLOW_END, 3, 10), follower = carrying(FLOW_END, 4, 10);
	struct flow_event unknown = carrying(FLOW_END, 5, 10);
	struct interim *i = opened_interim();

	for (__u32 id = 1; id <= 4; id++)
		live_packets(i, id, 10);
	interim_finish(i);
	cr_expect(interim_was_live(i, &gone));
	live_packets(i, 1, 10);
	interim_ending(i, &ending);
	cr_expect_eq(live_packets(i, 4, 5), 0, "another one on the same tuple");
	interim_finish(i);
	cr_expect(interim_was_live(i, &shown));
	cr_expect_not(interim_was_live(i, &gone));
	cr_expect_not(interim_was_live(i, &ending));
	cr_expect_not(interim_was_live(i, &follower));
	cr_expect_not(interim_was_live(i, &unknown));
	live_packets(i, 3, 10);
	interim_finish(i);
	cr_expect(interim_was_live(i, &ending));
	interim_close(i);
}

Test(interim, a_connection_that_was_not_selected_has_not_vanished)
{
	struct interim *i = opened_interim();

	unselected(i, 7, 10);
	interim_finish(i);
	for (int pass = 0; pass < 20; pass++)
		interim_finish(i);
	expect_losses(i, 0, 0);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}
