/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When which file is sent, with a time that the tests make. */
#include "config.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "deliver/schedule.h"

#define S 1000000000ULL

static struct schedule *s;
static uint64_t now;

static void open_with(uint64_t max_attempts, uint64_t seed)
{
	const struct schedule_limits limits = { S, 300 * S, max_attempts, seed };

	now = 1000 * S;
	cr_assert_eq(schedule_open(&s, &limits), 0);
}

static void begin(void) { open_with(0, 1); }
static void end(void) { schedule_close(s); }
TestSuite(schedule, .init = begin, .fini = end);

static const struct transport_answer taken = { .result = TRANSPORT_TAKEN, .text = "taken" };
static const struct transport_answer refused = { .result = TRANSPORT_NEVER, .text = "status 400" };
static const struct transport_answer error_500 = {
	.result = TRANSPORT_LATER, .server_error = true, .text = "status 500"
};
static const struct transport_answer no_way = {
	.result = TRANSPORT_LATER, .text = "connection refused"
};

/* The seconds that everything waits from now on; time then goes on to the end of the wait. */
static double wait_it_out(void)
{
	double waited = schedule_until(s) > now ? (schedule_until(s) - now) / (double)S : 0;

	if (schedule_until(s) > now)
		now = schedule_until(s);
	return waited;
}

/* The destination fails so often, each time after the wait that the schedule wants. */
static void fail_times(const char *name, const struct transport_answer *answer, int times)
{
	while (times--) {
		cr_assert(schedule_takes(s, name), "%s", name);
		cr_assert_eq(schedule_answer(s, name, answer, now), SCHEDULE_KEEP);
		wait_it_out();
	}
}

Test(schedule, what_cannot_be_buried_steps_aside_and_is_not_sent)
{
	bool bury = false;

	cr_assert_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_KEEP);
	wait_it_out();
	cr_assert_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_KEEP);
	wait_it_out();
	cr_assert_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_BURY);
	schedule_put_aside(s, "a", now);
	cr_expect_not(schedule_takes(s, "a"));
	cr_expect(schedule_takes(s, "b"));
	cr_expect_leq(schedule_until(s), now);
	cr_expect_null(schedule_due(s, now, &bury));
	now = schedule_next_due(s);
	cr_assert_not_null(schedule_due(s, now, &bury));
	cr_expect(bury);
	schedule_forget(s, "a");
	cr_expect_eq(schedule_next_due(s), UINT64_MAX);
}

Test(schedule, what_cannot_be_read_steps_aside_and_is_sent_later)
{
	bool bury = true;

	cr_assert(schedule_put_aside(s, "a", now));
	cr_expect_not(schedule_takes(s, "a"));
	cr_expect(schedule_takes(s, "b"));
	cr_expect_leq(schedule_until(s), now, "the destination has not failed");
	now = schedule_next_due(s);
	cr_assert_str_eq(schedule_due(s, now, &bury)->name, "a");
	cr_expect_not(bury);
	cr_expect_eq(schedule_answer(s, "a", &taken, now), SCHEDULE_DONE);
	cr_expect_eq(schedule_next_due(s), UINT64_MAX);
}

/* What is forgotten would be tried again at once, for ever. */
Test(schedule, no_more_files_step_aside_than_are_remembered)
{
	char name[16];

	for (int i = 0; i < SCHEDULE_FILES; i++) {
		snprintf(name, sizeof(name), "%03d", i);
		cr_assert(schedule_put_aside(s, name, now));
	}
	cr_expect_not(schedule_put_aside(s, "one more", now));
	cr_expect(schedule_put_aside(s, "000", now));
}

Test(schedule, waits_grow_by_1_7_with_half_of_them_up_or_down)
{
	double sums[20] = { 0 };

	for (uint64_t seed = 0; seed < 200; seed++) {
		double middle = 1;

		schedule_close(s);
		open_with(0, seed * 12345);
		for (int i = 0; i < 20; i++, middle = middle * 1.7 < 300 ? middle * 1.7 : 300) {
			double most = middle * 1.5 < 300 ? middle * 1.5 : 300, waited;

			cr_assert_eq(schedule_answer(s, "a", &no_way, now), SCHEDULE_KEEP);
			waited = wait_it_out();
			cr_assert(waited > middle * 0.499 && waited < most * 1.001, "%d: %f", i, waited);
			sums[i] += waited;
		}
	}
	/* not all the same: the mean of 200 is near the middle */
	cr_expect(sums[0] > 200 * 0.9 && sums[0] < 200 * 1.1, "%f", sums[0]);
	cr_expect(sums[3] > 200 * 4.4 && sums[3] < 200 * 5.4, "%f", sums[3]);
	cr_expect(sums[19] > 200 * 210 && sums[19] < 200 * 240, "%f", sums[19]);
}

Test(schedule, a_taken_file_ends_the_waiting)
{
	fail_times("a", &no_way, 10);
	cr_expect_eq(schedule_answer(s, "a", &taken, now), SCHEDULE_DONE);
	cr_expect_leq(schedule_until(s), now);
	cr_expect_null(schedule_file(s, "a"));
	cr_expect_eq(schedule_answer(s, "b", &no_way, now), SCHEDULE_KEEP);
	cr_expect_lt(wait_it_out(), 1.6);
}

Test(schedule, retry_after_is_obeyed)
{
	struct transport_answer busy = {
		.result = TRANSPORT_LATER, .retry_after_s = 120, .text = "status 429"
	};

	cr_expect_eq(schedule_answer(s, "a", &busy, now), SCHEDULE_KEEP);
	cr_expect_eq(schedule_until(s), now + 120 * S);
	fail_times("a", &no_way, 20);
	busy.retry_after_s = 1;
	cr_expect_eq(schedule_answer(s, "a", &busy, now), SCHEDULE_KEEP);
	cr_expect_eq(schedule_until(s), now + S);
	busy.retry_after_s = 4000000000U;
	cr_expect_eq(schedule_answer(s, "a", &busy, now), SCHEDULE_KEEP);
	cr_expect_eq(schedule_until(s), now + 86400 * S);
}

Test(schedule, a_file_that_is_refused_three_times_is_given_up)
{
	cr_expect_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_KEEP);
	cr_expect_gt(wait_it_out(), 0.4);
	cr_expect_eq(schedule_answer(s, "a", &no_way, now), SCHEDULE_KEEP);
	wait_it_out();
	cr_expect_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_KEEP);
	cr_expect_gt(wait_it_out(), 0.8);
	cr_expect_eq(schedule_answer(s, "a", &refused, now), SCHEDULE_BURY);
	cr_assert_not_null(schedule_file(s, "a"));
	cr_expect_eq(schedule_file(s, "a")->attempts, 4);
	cr_expect_str_eq(schedule_file(s, "a")->text, "status 400");
	cr_expect_leq(schedule_until(s), now);
	schedule_forget(s, "a");
	cr_expect_null(schedule_file(s, "a"));
}

/* While no younger file was taken, the destination may be down: everything waits for it. */
Test(schedule, no_file_is_given_up_for_errors_that_all_get)
{
	bool bury;

	schedule_close(s);
	open_with(3, 1);
	for (int i = 0; i < 1000; i++) {
		cr_assert(schedule_takes(s, "a"));
		cr_assert_eq(schedule_answer(s, "a", &error_500, now), SCHEDULE_KEEP);
		if (schedule_until(s) > now) {
			wait_it_out();
			continue;
		}
		cr_assert(!schedule_takes(s, "a"), "a younger one is tried at once");
		if (schedule_takes(s, "b"))
			cr_assert_eq(schedule_answer(s, "b", &error_500, now), SCHEDULE_KEEP);
		else
			schedule_exhausted(s);
		cr_assert_gt(wait_it_out(), 0.4);
	}
	cr_expect_null(schedule_due(s, now, &bury));
	/* it comes back: in order, and at once */
	cr_expect(schedule_takes(s, "a"));
	cr_expect_eq(schedule_answer(s, "a", &taken, now), SCHEDULE_DONE);
	cr_expect_leq(schedule_until(s), now);
	cr_expect(schedule_takes(s, "b"));
}

/* Two requests each turn at most, however long it lasts and however many files wait. */
Test(schedule, a_destination_that_is_down_gets_one_more_file_a_turn)
{
	int sent = 0, turns = 0;

	for (; turns < 300; turns++) {
		bool goes_on = true;

		for (char name[2] = "a"; goes_on && *name <= 'z'; ++*name) {
			if (!schedule_takes(s, name))
				continue;
			sent++;
			schedule_answer(s, name, &error_500, now);
			goes_on = schedule_until(s) <= now;
		}
		schedule_exhausted(s);
		cr_assert_gt(wait_it_out(), 0.4);
	}
	cr_expect_leq(sent, 2 * turns);
	cr_expect_gt(sent, turns);
}

static void two_bad_ones(void)
{
	fail_times("a", &error_500, SCHEDULE_PATIENCE);
	cr_assert(!schedule_takes(s, "a"));
	cr_assert(schedule_takes(s, "b"));
}

Test(schedule, a_file_that_alone_gets_server_errors_steps_aside)
{
	bool bury;

	two_bad_ones();
	cr_expect_eq(schedule_answer(s, "b", &taken, now), SCHEDULE_DONE);
	cr_expect_leq(schedule_until(s), now, "the others go on");
	cr_expect(!schedule_takes(s, "a"));
	cr_expect(schedule_takes(s, "c"));
	cr_expect_null(schedule_due(s, now, &bury));
	cr_expect_eq(schedule_answer(s, "c", &taken, now), SCHEDULE_DONE);
	/* it is tried again by itself, and its failures hold up nobody */
	for (int i = 0; i < 100; i++) {
		uint64_t due = schedule_next_due(s);

		cr_assert(due > now && due <= now + 300 * S);
		now = due;
		cr_assert_str_eq(schedule_due(s, now, &bury)->name, "a");
		cr_assert(!bury);
		cr_assert_eq(schedule_answer(s, "a", &error_500, now), SCHEDULE_KEEP);
		cr_assert_leq(schedule_until(s), now);
	}
	now = schedule_next_due(s);
	cr_expect_eq(schedule_answer(s, "a", &taken, now), SCHEDULE_DONE);
	cr_expect_eq(schedule_next_due(s), UINT64_MAX);
}

Test(schedule, an_error_of_the_way_holds_up_all_also_from_aside)
{
	bool bury;

	two_bad_ones();
	schedule_answer(s, "b", &taken, now);
	now = schedule_next_due(s);
	cr_expect_eq(schedule_answer(s, "a", &no_way, now), SCHEDULE_KEEP);
	cr_expect_gt(wait_it_out(), 0.4);
	cr_expect_not_null(schedule_due(s, now, &bury));
}

Test(schedule, aside_it_is_given_up_after_so_many_attempts)
{
	bool bury;

	for (uint64_t max = 1; max < 10; max++) {
		uint64_t tries = max < SCHEDULE_PATIENCE ? max : SCHEDULE_PATIENCE;

		schedule_close(s);
		open_with(max, max);
		fail_times("a", &error_500, tries);
		schedule_answer(s, "b", &taken, now);
		for (; tries < max; tries++) {
			now = schedule_next_due(s);
			cr_assert_not_null(schedule_due(s, now, &bury));
			cr_assert(!bury, "%" PRIu64 " of %" PRIu64, tries, max);
			cr_assert_eq(schedule_answer(s, "a", &error_500, now),
				     tries + 1 == max ? SCHEDULE_BURY : SCHEDULE_KEEP);
		}
		cr_assert_eq(schedule_file(s, "a")->attempts, max);
		now += 300 * S;
		cr_assert_not_null(schedule_due(s, now, &bury));
		cr_assert(bury);
		schedule_forget(s, "a");
		cr_assert_null(schedule_due(s, now, &bury));
	}
}

Test(schedule, several_bad_files_all_step_aside)
{
	const char *names[] = { "a", "b", "c", "d" };
	int turns = 0;

	for (; schedule_takes(s, "c") || !schedule_file(s, "c"); turns++) {
		bool goes_on = true;

		cr_assert_lt(turns, 100);
		for (int i = 0; goes_on && i < 4; i++) {
			if (!schedule_takes(s, names[i]))
				continue;
			schedule_answer(s, names[i], i < 3 ? &error_500 : &taken, now);
			goes_on = schedule_until(s) <= now;
		}
		wait_it_out();
	}
	for (int i = 0; i < 3; i++) {
		cr_assert_not_null(schedule_file(s, names[i]));
		cr_expect(schedule_file(s, names[i])->aside, "%s", names[i]);
	}
}

Test(schedule, what_is_remembered_is_bounded)
{
	char name[16];

	for (unsigned int i = 0; i < 3 * SCHEDULE_FILES; i++) {
		snprintf(name, sizeof(name), "%08u", i);
		cr_assert_eq(schedule_answer(s, name, &refused, now), SCHEDULE_KEEP);
		cr_assert_not_null(schedule_file(s, name));
	}
	cr_expect_not_null(schedule_file(s, "00000000"));
	schedule_forget_before(s, "00000100");
	cr_expect_null(schedule_file(s, "00000000"));
	cr_expect_null(schedule_file(s, "00000099"));
	cr_expect_not_null(schedule_file(s, "00000100"));
}
