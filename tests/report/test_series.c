/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Points along the time, and the columns that are made of them. */
#include "config.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/axis.h"
#include "report/report_case.h"

static struct report_totals totals;
static struct report_axis axis;

static void take(uint32_t host, uint32_t run, uint64_t seq, double start_s, double end_s, uint64_t bytes, uint64_t lost)
{
	struct view_window *w = case_window(host, run, 10000, seq, start_s, end_s);

	case_count(&w->total, VIEW_ends, 1);
	case_count(&w->total, VIEW_orig_bytes, bytes);
	case_count(&w->total, VIEW_reply_bytes, 2 * bytes);
	case_count(&w->total, VIEW_starts, 1);
	w->lost_events = (struct view_number){ lost, VIEW_KNOWN };
	cr_assert_eq(report_totals_take(&totals, w), 0);
}

static void begin(void)
{
	cr_assert_eq(report_totals_open(&totals, NULL, 0), 0);
}

static void end(void)
{
	cr_assert_eq(report_totals_end(&totals), 0);
	cr_assert_eq(report_axis_of(&axis, &totals), 0);
}

static struct report_column *columns_of(uint32_t host)
{
	struct report_column *c = calloc(axis.n, sizeof(*c));

	cr_assert_not_null(c);
	for (size_t i = 0; i < axis.n; i++)
		c[i].whole = true;
	report_columns_add(c, &axis, report_totals_host(&totals, host));
	return c;
}

Test(report_series, each_width_is_a_multiple_of_the_one_before)
{
	uint64_t width = REPORT_NARROWEST_NS;

	for (unsigned int i = 0; i < 30; i++) {
		uint64_t wider = report_wider(width);

		cr_expect_gt(wider, width);
		cr_expect_eq(wider % width, 0);
		width = wider;
	}
}

static uint64_t thousandths(double rate)
{
	return (uint64_t)(rate * 1000 + 0.5);
}

Test(report_series, few_windows_have_a_column_each)
{
	struct report_column *c;

	begin();
	for (unsigned int i = 0; i < 20; i++)
		take(1, 1, i + 1, 10 * i, 10 * i + 10, i * 100, 0);
	end();
	cr_assert_eq(axis.n, 20);
	cr_expect_eq(axis.start_ns, CASE_BEGIN);
	cr_expect_eq(axis.end_ns, CASE_BEGIN + 200 * CASE_SECOND);
	c = columns_of(0);
	for (unsigned int i = 0; i < 20; i++) {
		cr_expect_eq(c[i].sums[REPORT_SENT], i * 100);
		cr_expect_eq(thousandths(c[i].rates[REPORT_SENT]), i * 10 * 1000u);
		cr_expect_eq(thousandths(c[i].rates[REPORT_RECEIVED]), i * 20 * 1000u);
		cr_expect(c[i].whole && c[i].known && c[i].hosts == 1);
	}
	free(c);
	report_totals_close(&totals);
}

Test(report_series, a_column_without_a_window_is_open_and_no_zero)
{
	struct report_column *c;

	begin();
	take(1, 1, 1, 0, 10, 5, 0);
	take(1, 1, 3, 20, 30, 5, 0);
	end();
	c = columns_of(0);
	cr_assert_eq(axis.n, 3);
	cr_expect_eq(c[1].hosts, 0);
	cr_expect_not(c[1].whole);
	cr_expect_eq(c[2].hosts, 1);
	free(c);
	report_totals_close(&totals);
}

/* As ctagg --read writes for a long time without an event. */
Test(report_series, a_long_window_fills_the_columns_that_it_covers)
{
	struct report_column *c;

	begin();
	take(1, 1, 1, 0, 10, 5, 0);
	take(1, 1, 2, 10, 50, 80, 0);
	end();
	c = columns_of(0);
	cr_assert_eq(axis.n, 5);
	for (unsigned int i = 1; i < 5; i++) {
		cr_expect_eq(c[i].hosts, 1);
		cr_expect_eq(thousandths(c[i].rates[REPORT_SENT]), 2 * 1000u);
		cr_expect_eq(c[i].sums[REPORT_SENT], i == 1 ? 80 : 0);
	}
	free(c);
	report_totals_close(&totals);
}

Test(report_series, a_window_far_away_is_not_on_the_axis)
{
	begin();
	take(1, 1, 1, -1795219200.0, -1795219190.0, 1, 0);
	for (unsigned int i = 0; i < 50; i++)
		take(1, 1, i + 2, 10 * i, 10 * i + 10, 1, 0);
	end();
	cr_expect_eq(axis.start_ns, CASE_BEGIN);
	cr_expect_eq(axis.elsewhere, 1);
	cr_expect_eq(totals.total.of[REPORT_orig_bytes], 51, "its bytes count all the same");
	report_totals_close(&totals);
}

Test(report_series, a_host_that_begins_late_or_ends_early_is_incomplete)
{
	begin();
	for (unsigned int i = 0; i < 50; i++)
		take(1, 1, i + 1, 10 * i, 10 * i + 10, 1, 0);
	for (unsigned int i = 10; i < 30; i++)
		take(2, 2, i + 1, 10 * i, 10 * i + 10, 1, 0);
	for (unsigned int i = 0; i < 49; i++)
		take(3, 3, i + 1, 10 * i, 10 * i + 10, 1, 0);
	end();
	cr_expect_eq(totals.incidents.n, 2, "one window less at the end is none");
	cr_expect_eq(totals.incidents.of[0].host, 1);
	cr_expect_eq(totals.incidents.of[0].end_ns, CASE_BEGIN + 100 * CASE_SECOND);
	cr_expect_eq(totals.incidents.of[1].start_ns, CASE_BEGIN + 300 * CASE_SECOND);
	cr_expect_eq(totals.incidents.gaps_ns, 300 * CASE_SECOND);
	report_totals_close(&totals);
}

/* --- many windows ----------------------------------------------------------------- */

#define WINDOWS 5000

/* Shuffle windows; leave some out; let some lose events. Whatever the widths are: sums stay, and each
 * gap and each loss is in a column. */
static void expect_all_seen(size_t max_points)
{
	struct random r = random_from(max_points);
	unsigned int order[WINDOWS], come = 0;
	uint64_t bytes = 0, sum = 0;
	struct report_column *c;
	size_t seen_gaps = 0, seen_losses = 0;

	begin();
	totals.max_points = max_points;
	for (unsigned int i = 0; i < WINDOWS; i++) {
		unsigned int j = random_below(&r, i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (unsigned int i = 0; i < WINDOWS; i++) {
		unsigned int n = order[i];

		if (n == 1234)
			continue;
		take(1, 1, n + 1, 10 * n, 10 * n + 10, n, n == 4321);
		bytes += n;
		come++;
	}
	end();
	cr_expect_leq(axis.n, REPORT_MAX_COLUMNS);
	cr_expect_leq(totals.points, max_points);
	c = columns_of(0);
	for (size_t i = 0; i < axis.n; i++) {
		struct report_span b = report_axis_bounds(&axis, i);
		bool gap = b.start_ns < CASE_BEGIN + 12350 * CASE_SECOND && b.end_ns > CASE_BEGIN + 12340 * CASE_SECOND;

		sum += c[i].sums[REPORT_SENT];
		come -= c[i].windows;
		seen_losses += c[i].marks >> REPORT_LOSS & 1;
		seen_gaps += !c[i].whole;
		cr_expect_eq(!c[i].whole, gap);
	}
	cr_expect_eq(sum, bytes);
	cr_expect_eq(come, 0);
	cr_expect_eq(seen_losses, 1);
	cr_expect_eq(seen_gaps, 1);
	free(c);
	report_totals_close(&totals);
}

Test(report_series, columns_of_many_windows_keep_sums_gaps_and_losses)
{
	expect_all_seen(1 << 18);
}

Test(report_series, so_do_columns_of_points_that_were_merged)
{
	expect_all_seen(300);
	expect_all_seen(64);
}
