/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which windows of a run are counted. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "report/report_case.h"
#include "report/runs.h"

#define HOUR 3600000
#define MINUTE 60000

static struct report_runs runs;
static char counted[512];

static int note(void *arg, struct report_run *run, const struct view_window *w)
{
	size_t len = strlen(counted);

	(void)arg;
	snprintf(counted + len, sizeof(counted) - len, "%s%u:%llux%llu", len ? " " : "", run->run,
		 (unsigned long long)w->seq.n, (unsigned long long)w->window_ms / 1000);
	return 0;
}

static void open_runs(uint64_t level_ms)
{
	counted[0] = '\0';
	cr_assert_eq(report_runs_open(&runs, level_ms), 0);
}

static void take(uint32_t run, uint64_t ms, uint64_t seq)
{
	cr_assert_eq(report_runs_take(&runs, 0, case_window(1, run, ms, seq, 0, 1), note, NULL), 0);
}

/* All are counted that are to be, in the order in which they were. */
static void expect_end(const char *all)
{
	cr_assert_eq(report_runs_end(&runs, note, NULL), 0);
	cr_expect_str_eq(counted, all);
	report_runs_close(&runs);
}

Test(report_runs, of_a_run_the_shortest_windows_are_counted)
{
	open_runs(0);
	take(1, MINUTE, 1);
	take(1, MINUTE, 2);
	take(1, HOUR, 1);
	take(1, MINUTE, 3);
	cr_expect_eq(runs.n_levels, 2);
	cr_expect_eq(runs.levels[0].ms, MINUTE);
	cr_expect_eq(runs.levels[0].counted, 2 + 1);
	cr_expect_eq(runs.levels[1].left_out, 1);
	expect_end("1:1x60 1:2x60 1:3x60");
}

/* As after a rotation of the file at the full hour. */
Test(report_runs, a_longer_window_that_comes_first_is_left_out)
{
	open_runs(0);
	take(1, HOUR, 7);
	take(1, MINUTE, 420);
	take(1, MINUTE, 421);
	take(1, HOUR, 8);
	cr_expect_eq(runs.levels[0].left_out, 2);
	cr_expect_not(report_runs_get(&runs, 0)->longer);
	expect_end("1:420x60 1:421x60");
}

Test(report_runs, a_run_stays_with_the_level_of_which_two_windows_came)
{
	open_runs(0);
	take(1, HOUR, 7);
	take(1, HOUR, 8);
	take(1, MINUTE, 421);
	cr_expect(report_runs_get(&runs, 0)->longer, "which is said");
	expect_end("1:7x3600 1:8x3600");
}

Test(report_runs, each_run_has_its_own_level)
{
	open_runs(0);
	take(1, HOUR, 1);
	take(2, MINUTE, 1);
	take(2, HOUR, 1);
	take(2, MINUTE, 2);
	take(1, HOUR, 2);
	expect_end("2:1x60 2:2x60 1:1x3600 1:2x3600");
}

Test(report_runs, a_single_window_is_counted_at_the_end)
{
	open_runs(0);
	take(1, HOUR, 1);
	cr_expect_str_eq(counted, "");
	expect_end("1:1x3600");
}

Test(report_runs, the_level_that_was_asked_for_is_counted_alone)
{
	open_runs(HOUR);
	take(1, MINUTE, 1);
	take(1, HOUR, 1);
	take(2, MINUTE, 1);
	cr_expect_eq(report_runs_get(&runs, 0)->counted, 1);
	cr_expect_eq(report_runs_get(&runs, 1)->counted, 0);
	expect_end("1:1x3600");
}

Test(report_runs, snapshots_are_no_windows_of_time)
{
	open_runs(0);
	take(1, 0, 1);
	cr_expect_eq(runs.snapshots, 1);
	expect_end("");
}

/* More memory than windows may have that are kept back. */
Test(report_runs, windows_that_are_kept_back_take_bounded_memory)
{
	open_runs(0);
	for (uint32_t run = 1; run <= 40; run++) {
		struct view_window *w = case_window(1, run, HOUR, 2, 0, 1);

		w->n_flows = 4000;
		w->flows = calloc(w->n_flows, sizeof(*w->flows));
		cr_assert_not_null(w->flows);
		cr_assert_eq(report_runs_take(&runs, 0, w, note, NULL), 0);
		cr_expect_leq(runs.kept_bytes, 16u << 20);
	}
	cr_expect_str_neq(counted, "");
	cr_assert_eq(report_runs_end(&runs, note, NULL), 0);
	cr_expect_eq(runs.levels[0].counted, 40);
	cr_expect_eq(runs.kept_bytes, 0);
	report_runs_close(&runs);
}
