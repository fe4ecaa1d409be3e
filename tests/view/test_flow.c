/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "view/flow.h"

#define BIT(name) (1u << VIEW_##name)

Test(view_flow, sums_add_up_and_the_largest_duration_stays)
{
	struct view_sums sum = { .known = 0 };
	const struct view_sums one = { .of = { [VIEW_starts] = 3, [VIEW_duration_ms_max] = 50 }, .known = BIT(starts) | BIT(duration_ms_max) };
	const struct view_sums two = { .of = { [VIEW_starts] = 4, [VIEW_duration_ms_max] = 20 }, .known = BIT(starts) | BIT(duration_ms_max) };

	view_sums_add(&sum, &one);
	view_sums_add(&sum, &two);
	cr_expect_eq(sum.of[VIEW_starts], 7);
	cr_expect_eq(sum.of[VIEW_duration_ms_max], 50);
	cr_expect_eq(sum.known, BIT(starts) | BIT(duration_ms_max));
	cr_expect_eq(sum.unknown, 0);
}

Test(view_flow, what_is_unknown_of_one_is_unknown_of_the_sum)
{
	struct view_sums sum = { .of = { [VIEW_orig_bytes] = 9 }, .known = BIT(orig_bytes) };
	const struct view_sums null = { .unknown = BIT(orig_bytes) | BIT(reply_bytes) };

	view_sums_add(&sum, &null);
	cr_expect_eq(sum.of[VIEW_orig_bytes], 9);
	cr_expect_eq(sum.known, BIT(orig_bytes));
	cr_expect_eq(sum.unknown, BIT(orig_bytes) | BIT(reply_bytes));
}

Test(view_flow, sums_stop_at_the_largest_number)
{
	struct view_sums sum = { .of = { [VIEW_ends] = INT64_MAX - 1 }, .known = BIT(ends) };
	struct view_sums more = { .of = { [VIEW_ends] = 1 }, .known = BIT(ends) };

	view_sums_add(&sum, &more);
	cr_expect_eq(sum.of[VIEW_ends], INT64_MAX);
	view_sums_add(&sum, &more);
	cr_expect_eq(sum.of[VIEW_ends], INT64_MAX);
	more.of[VIEW_ends] = INT64_MAX;
	view_sums_add(&sum, &more);
	cr_expect_eq(sum.of[VIEW_ends], INT64_MAX);
}

/* A rule that only dropped packets has no connection whose bytes could be unknown. */
Test(view_flow, null_is_unknown_where_there_was_something_to_count)
{
	struct view_sums sums = { .known = BIT(drops) | BIT(ends), .unknown = VIEW_TRAFFIC };

	sums.of[VIEW_drops] = 5;
	cr_expect_not(view_traffic_unknown(&sums));
	sums.of[VIEW_ends] = 1;
	cr_expect(view_traffic_unknown(&sums));
	sums.of[VIEW_ends] = 0;
	sums.of[VIEW_live] = 1;
	cr_expect(view_traffic_unknown(&sums));
}

Test(view_flow, ends_without_counters_make_a_number_a_part)
{
	struct view_sums sums = { .known = BIT(ends) | BIT(uncounted_ends) | VIEW_TRAFFIC };

	sums.of[VIEW_ends] = 5;
	cr_expect_not(view_traffic_unknown(&sums));
	sums.of[VIEW_uncounted_ends] = 4;
	cr_expect(view_traffic_unknown(&sums));
}
