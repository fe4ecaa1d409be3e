/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "random.h"
#include "view/seen.h"

static struct view_seen *seen;

static void setup(void)
{
	cr_assert_eq(view_seen_open(&seen), 0);
}

static void teardown(void)
{
	view_seen_close(seen);
}

TestSuite(view_seen, .init = setup, .fini = teardown, .timeout = 60);

static const struct view_stream stream = { 1, 2, 60000 };

/* Window n, which ends where the next one begins. */
static int add(const struct view_stream *s, uint64_t n)
{
	return view_seen_add(seen, s, n, 1000 * n, 1000 * (n + 1));
}

Test(view_seen, a_window_is_new_once_in_any_order)
{
	struct random r = random_from(5);
	bool added[400] = { false };

	for (int i = 0; i < 20000; i++) {
		uint64_t n = random_below(&r, 400);

		if (i < 10000)
			n &= ~1ULL;	/* first the even ones alone */
		cr_assert_eq(add(&stream, n), !added[n], "%d: %u", i, (unsigned int)n);
		added[n] = true;
	}
	for (uint64_t n = 0; n < 400; n++)
		cr_assert_eq(add(&stream, n), 0);
}

Test(view_seen, streams_are_apart)
{
	static const struct view_stream others[] = {
		{ 2, 2, 60000 }, { 1, 1, 60000 }, { 1, 2, 0 },
	};

	cr_expect_eq(add(&stream, 7), 1);
	for (size_t i = 0; i < 3; i++) {
		cr_expect_not(view_seen_has(seen, &others[i], 7000, 8000));
		cr_expect_eq(add(&others[i], 7), 1);
		cr_expect_eq(add(&others[i], 7), 0);
	}
	cr_expect_eq(add(&stream, 7), 0);
}

Test(view_seen, bounds_lie_within_a_sequence_or_not)
{
	for (uint64_t n = 10; n < 20; n++)
		cr_expect_eq(add(&stream, n), 1);
	cr_expect_eq(add(&stream, 25), 1);
	cr_expect(view_seen_has(seen, &stream, 12000, 13000));
	cr_expect(view_seen_has(seen, &stream, 19000, 20000));
	cr_expect(view_seen_has(seen, &stream, 25000, 26000));
	cr_expect_not(view_seen_has(seen, &stream, 20000, 21000));
	cr_expect_not(view_seen_has(seen, &stream, 9000, 11000));
	cr_expect_not(view_seen_has(seen, &stream, 24000, 26000));
}

Test(view_seen, a_sequence_grows_at_both_ends)
{
	cr_expect_eq(add(&stream, 11), 1);
	cr_expect_eq(add(&stream, 10), 1);
	cr_expect_eq(add(&stream, 12), 1);
	cr_expect(view_seen_has(seen, &stream, 10000, 11000));
	cr_expect(view_seen_has(seen, &stream, 10500, 12500));
	cr_expect_not(view_seen_has(seen, &stream, 9999, 11000));
	cr_expect_not(view_seen_has(seen, &stream, 12000, 13001));
}

Test(view_seen, windows_whose_numbers_have_a_gap_are_apart)
{
	cr_expect_eq(view_seen_add(seen, &stream, 10, 10000, 11000), 1);
	cr_expect_eq(view_seen_add(seen, &stream, 20, 11000, 12000), 1);
	cr_expect_eq(view_seen_add(seen, &stream, 15, 10500, 11500), 1);
}

/* Another run of the same name, as --seed makes them. */
Test(view_seen, a_window_of_the_same_number_and_another_time_is_another)
{
	for (uint64_t n = 10; n < 20; n++)
		cr_expect_eq(add(&stream, n), 1);
	for (uint64_t n = 10; n < 20; n++)
		cr_expect_eq(view_seen_add(seen, &stream, n, 1000000 + 1000 * n, 1001000 + 1000 * n), 1);
	for (uint64_t n = 10; n < 20; n++) {
		cr_expect_eq(add(&stream, n), 0);
		cr_expect_eq(view_seen_add(seen, &stream, n, 1000000 + 1000 * n, 1001000 + 1000 * n), 0);
	}
	cr_expect_eq(view_seen_add(seen, &stream, 30, 10000, 11000), 1, "the same time, another number");
}

/* Each second window joins two sequences, so there is one in the end. */
Test(view_seen, sequences_that_meet_become_one)
{
	const struct view_stream other = { 9, 9, 9 };

	for (uint64_t n = 0; n < 3 * VIEW_SEEN_MAX; n += 2) {
		cr_assert_eq(add(&stream, n + 2), 1);
		cr_assert_eq(add(&stream, n + 1), 1);
	}
	for (uint64_t n = 1; n < 3 * VIEW_SEEN_MAX; n++)
		cr_assert_eq(add(&stream, n), 0);
	cr_expect_eq(add(&other, 1), 1);
	cr_expect_eq(add(&other, 1), 0, "there is room for others");
}

/* The clock was set back: window 11 begins before window 10. What follows it lies in its time again. */
Test(view_seen, windows_that_do_not_touch_are_apart)
{
	cr_expect_eq(view_seen_add(seen, &stream, 10, 10000, 11000), 1);
	cr_expect_eq(view_seen_add(seen, &stream, 11, 5000, 6000), 1);
	cr_expect_eq(view_seen_add(seen, &stream, 12, 6000, 7000), 1);
	cr_expect_not(view_seen_has(seen, &stream, 8000, 9000));
	cr_expect(view_seen_has(seen, &stream, 5500, 6500));
	cr_expect_eq(view_seen_add(seen, &stream, 11, 5000, 6000), 0);
	cr_expect_eq(view_seen_add(seen, &stream, 10, 10000, 11000), 0);
	cr_expect_eq(view_seen_add(seen, &stream, 9, 9000, 10000), 1);
	cr_expect_eq(view_seen_add(seen, &stream, INT64_MAX, 0, UINT64_MAX), 1);
	cr_expect_eq(view_seen_add(seen, &stream, INT64_MAX, 0, UINT64_MAX), 0);
}

/* More sequences than are kept: the first ones are remembered, and the others are new each time. */
Test(view_seen, so_many_sequences_are_kept)
{
	struct view_stream s = stream;
	uint64_t again = 0;

	for (uint64_t n = 0; n < 2 * VIEW_SEEN_MAX_STREAM; n++)
		cr_assert_eq(add(&s, 2 * n), 1);
	for (uint64_t n = 0; n < 2 * VIEW_SEEN_MAX_STREAM; n++)
		again += add(&s, 2 * n) == 0;
	cr_expect_eq(again, VIEW_SEEN_MAX_STREAM);
	for (uint32_t host = 2; host < VIEW_SEEN_MAX + 100; host++) {
		s.host = host;
		cr_assert_eq(add(&s, 1), 1);
	}
	again = 0;
	for (uint32_t host = 2; host < VIEW_SEEN_MAX + 100; host++) {
		s.host = host;
		again += add(&s, 1) == 0;
	}
	cr_expect_eq(again, VIEW_SEEN_MAX - VIEW_SEEN_MAX_STREAM);
	s.host = 2;
	cr_expect_eq(add(&s, 5), 1);
	cr_expect_eq(add(&s, 5), 1, "there is no room for a second sequence");
	cr_expect_eq(add(&stream, 1), 1, "it joins two");
	cr_expect_eq(add(&stream, 1), 0);
}
