/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include <criterion/criterion.h>

#include "interim/interim.h"
#include "interim/interim_case.h"

/* Events with an identity: a pass knows the kernel's id as well, and an end does not. */

#define IDENTITY 0x1122334455667788

static uint64_t live(struct interim *i, __u32 kernel_id, uint64_t packets)
{
	struct flow_event ev = carrying(FLOW_LIVE, kernel_id, packets);

	ev.identity = IDENTITY;
	cr_assert_eq(interim_live(i, &ev, true), 0);
	return left_of(&ev);
}

static uint64_t end_of(struct interim *i, uint64_t identity, uint64_t packets)
{
	struct flow_event ev = carrying(FLOW_END, 0, packets);

	ev.identity = identity;
	interim_end(i, &ev);
	return left_of(&ev);
}

static uint64_t end(struct interim *i, uint64_t packets)
{
	return end_of(i, IDENTITY, packets);
}

static void pass_over(struct interim *i)
{
	interim_finish(i);
	interim_settled(i);
}

Test(interim_identity, an_end_without_an_id_finds_its_connection)
{
	struct interim *i = opened_interim();

	cr_expect_eq(live(i, 7, 10), 10);
	pass_over(i);
	cr_expect_eq(live(i, 7, 25), 15);
	pass_over(i);
	cr_expect_eq(end(i, 26), 1);
	cr_expect_eq(interim_connections(i), 0);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(interim_identity, both_halves_count)
{
	struct interim *i = opened_interim();

	live(i, 7, 10);
	pass_over(i);
	cr_expect_eq(end_of(i, IDENTITY ^ 1, 30), 30);
	cr_expect_eq(end_of(i, IDENTITY ^ 1ULL << 63, 30), 30);
	cr_expect_eq(end(i, 30), 20);
	interim_close(i);
}

/* A pass shows the second connection of a tuple; the end of the first one is read after the pass. The sums
 * are right whatever each had carried, also when the kernel's id is that of the first one. */
static void follows(__u32 second_id, uint64_t before, uint64_t first_end, uint64_t then, uint64_t second_end)
{
	struct interim *i = opened_interim();
	uint64_t sum = live(i, 7, before);

	pass_over(i);
	sum += live(i, second_id, then);
	if (second_id != 7)
		cr_expect_eq(sum, before + then, "counts at once");
	interim_finish(i);
	sum += end(i, first_end);
	interim_settled(i);
	sum += live(i, second_id, then);
	pass_over(i);
	sum += end(i, second_end);
	cr_expect_eq(sum, first_end + second_end, "%" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 ": %" PRIu64,
		     second_id, before, first_end, then, second_end, sum);
	cr_expect_eq(interim_connections(i), 0);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(interim_identity, sums_hold_when_a_tuple_is_used_again)
{
	for (__u32 second_id = 7; second_id <= 8; second_id++)
		for (uint64_t before = 0; before <= 8; before += 2)
			for (uint64_t first = before; first <= 8; first += 2)
				for (uint64_t then = 0; then <= 8; then += 2)
					for (uint64_t second = then; second <= 8; second += 2)
						follows(second_id, before, first, then, second);
}

/* The first connection's end is lost. All that the second one carries counts, and the loss is stated, two passes
 * after the one that showed the first connection last. */
static void follows_a_lost_end(uint64_t before, uint64_t then, uint64_t later, uint64_t at_end)
{
	struct interim *i = opened_interim();
	uint64_t sum = live(i, 7, before);

	pass_over(i);
	sum += live(i, 8, then);
	pass_over(i);
	expect_losses(i, 0, 0);
	sum += live(i, 8, later);
	pass_over(i);
	expect_losses(i, 1, 0);
	sum += end(i, at_end);
	cr_expect_eq(sum, before + at_end);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(interim_identity, a_lost_end_takes_nothing_from_the_next_connection)
{
	for (uint64_t before = 0; before <= 8; before += 2)
		for (uint64_t then = 0; then <= 8; then += 2)
			for (uint64_t later = then; later <= 8; later += 2)
				for (uint64_t at_end = later; at_end <= 8; at_end += 2)
					follows_a_lost_end(before, then, later, at_end);
}

Test(interim_identity, the_second_connection_ends_before_it_is_shown_again)
{
	struct interim *i = opened_interim();
	uint64_t sum = live(i, 7, 4);

	pass_over(i);
	sum += live(i, 8, 6);
	pass_over(i);
	sum += end(i, 9);
	cr_expect_eq(sum, 4 + 9);
	interim_stop(i);
	expect_losses(i, 1, 0);
	interim_close(i);
}

/* Each pass shows another connection, and no end is ever read: each is stated once, and none is kept for ever. */
Test(interim_identity, many_follow_each_other_without_ends)
{
	struct interim *i = opened_interim();

	for (__u32 id = 1; id <= 100; id++) {
		cr_assert_eq(live(i, id, 3), 3);
		pass_over(i);
		cr_assert(interim_connections(i) <= 2);
	}
	interim_stop(i);
	expect_losses(i, 99, 0);
	for (int pass = 0; pass < 12; pass++)
		pass_over(i);
	cr_expect_eq(interim_connections(i), 0);
	interim_close(i);
}

/* An end that was under way in the pass that shows the next connection is that of the first one. */
Test(interim_identity, an_end_under_way_is_of_the_connection_that_has_its_id)
{
	struct interim *i = opened_interim();
	struct flow_event ending = carrying(FLOW_LIVE, 7, 5), second = carrying(FLOW_END, 0, 6);
	uint64_t sum = live(i, 7, 4);

	pass_over(i);
	ending.identity = second.identity = IDENTITY;
	interim_ending(i, &ending);
	sum += live(i, 8, 6);
	interim_finish(i);
	sum += end(i, 5);
	cr_expect(interim_was_live(i, &second), "the second one is alive");
	interim_settled(i);
	sum += end(i, 6);
	cr_expect_eq(sum, 5 + 6);
	expect_losses(i, 0, 0);
	interim_close(i);
}

/* The first pass of the baseline shows a connection whose end nobody reads, and the second pass the next one. */
Test(interim_identity, the_next_connection_after_the_baseline_counts_whole)
{
	struct interim *i = opened_interim();

	interim_baseline(i, INTERIM_BEFORE);
	cr_expect_eq(live(i, 7, 4), 0);
	interim_baseline(i, INTERIM_SINCE);
	cr_expect_eq(live(i, 8, 6), 0);
	pass_over(i);
	cr_expect_eq(live(i, 8, 7), 7);
	pass_over(i);
	cr_expect_eq(end(i, 9), 2);
	expect_losses(i, 0, 0);
	interim_close(i);
}

Test(interim_identity, counters_set_to_zero_are_those_of_the_same_connection)
{
	struct interim *i = opened_interim();

	live(i, 7, 10);
	pass_over(i);
	cr_expect_eq(live(i, 7, 4), 0);
	pass_over(i);
	cr_expect_eq(live(i, 7, 5), 5);
	expect_losses(i, 0, 1);
	interim_close(i);
}
