/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which times are covered, and what is missing, beside a picture of each second. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/cover.h"
#include "report/report_case.h"

static struct report_incidents incidents;
static struct report_cover cover;
static struct report_stretches stretches;

static void begin(void)
{
	memset(&incidents, 0, sizeof(incidents));
	cover = (struct report_cover){ .host = 0, .incidents = &incidents };
	memset(&stretches, 0, sizeof(stretches));
}

static void add(uint64_t seq, double start_s, double end_s)
{
	struct view_window *w = case_window(1, 1, 10000, seq, start_s, end_s);

	cr_assert_eq(report_stretches_add(&stretches, w), 0);
	view_window_free(w);
}

static void end_run(void)
{
	cr_assert_eq(report_cover_run(&cover, &stretches), 0);
	free(stretches.of);
	memset(&stretches, 0, sizeof(stretches));
}

static struct report_spans end(void)
{
	struct report_spans spans;

	cr_assert_eq(report_cover_close(&cover, &spans), 0);
	report_incidents_sort(&incidents);
	return spans;
}

static void expect_span(const struct report_spans *spans, size_t i, double start_s, double end_s)
{
	cr_assert_lt(i, spans->n);
	cr_expect_eq(spans->of[i].start_ns, CASE_BEGIN + (uint64_t)(start_s * 1e9));
	cr_expect_eq(spans->of[i].end_ns, CASE_BEGIN + (uint64_t)(end_s * 1e9));
}

static void expect_incident(size_t i, enum report_kind kind, uint64_t n, double start_s, double end_s)
{
	const struct report_incident *in = &incidents.of[i];

	cr_assert_lt(i, incidents.n);
	cr_expect_eq(in->kinds, 1u << kind);
	cr_expect_eq(in->n[kind], n);
	cr_expect_eq(in->start_ns, CASE_BEGIN + (uint64_t)(start_s * 1e9));
	cr_expect_eq(in->end_ns, CASE_BEGIN + (uint64_t)(end_s * 1e9));
}

static void finish(struct report_spans *spans)
{
	free(spans->of);
	report_incidents_close(&incidents);
}

Test(report_cover, windows_one_behind_the_other_are_one_span)
{
	struct report_spans spans;

	begin();
	for (unsigned int i = 0; i < 100; i++)
		add(i + 1, 10 * i, 10 * i + 10);
	cr_expect_eq(stretches.n, 1);
	end_run();
	spans = end();
	cr_expect_eq(spans.n, 1);
	expect_span(&spans, 0, 0, 1000);
	cr_expect_eq(incidents.n, 0);
	finish(&spans);
}

Test(report_cover, numbers_that_are_missing_are_windows_that_are_missing)
{
	struct report_spans spans;

	begin();
	add(6, 50, 60);
	add(2, 10, 20);
	add(3, 20, 30);
	end_run();
	spans = end();
	cr_expect_eq(spans.n, 2);
	cr_assert_eq(incidents.n, 1);
	expect_incident(0, REPORT_lost_windows, 2, 30, 50);
	cr_expect_eq(cover.lost_windows, 2);
	finish(&spans);
}

Test(report_cover, a_window_without_its_record_is_not_missing_too)
{
	struct report_spans spans;

	begin();
	add(1, 0, 10);
	add(3, 20, 30);
	add(0, 10, 20);
	end_run();
	spans = end();
	cr_expect_eq(spans.n, 1);
	cr_expect_eq(incidents.n, 0);
	finish(&spans);
}

Test(report_cover, between_two_runs_there_is_a_gap)
{
	struct report_spans spans;

	begin();
	add(9, 0, 10);
	end_run();
	add(1, 25, 30);
	end_run();
	spans = end();
	cr_assert_eq(incidents.n, 1);
	expect_incident(0, REPORT_no_windows, 1, 10, 25);
	cr_expect_eq(incidents.gaps_ns, 15 * CASE_SECOND);
	finish(&spans);
}

/* The clock was set to a later time: the next window begins there, and nothing is missing. */
Test(report_cover, a_clock_that_was_set_leaves_no_gap)
{
	struct report_spans spans;

	begin();
	add(1, 0, 10);
	add(2, 100, 110);
	end_run();
	spans = end();
	cr_expect_eq(spans.n, 2);
	cr_expect_eq(incidents.n, 0);
	finish(&spans);
}

Test(report_cover, a_clock_that_was_set_back_is_no_second_run)
{
	struct report_spans spans;

	begin();
	add(1, 50, 60);
	add(2, 0, 10);
	add(3, 10, 60);
	add(5, 70, 80);
	end_run();
	spans = end();
	cr_assert_eq(incidents.n, 1);
	expect_incident(0, REPORT_lost_windows, 1, 60, 70);
	finish(&spans);
}

Test(report_cover, two_runs_at_a_time_are_said)
{
	struct report_spans spans;

	begin();
	add(1, 0, 10);
	add(2, 10, 20);
	end_run();
	add(1, 15, 30);
	end_run();
	spans = end();
	cr_expect_eq(spans.n, 1);
	cr_assert_eq(incidents.n, 1);
	expect_incident(0, REPORT_overlap, 1, 15, 20);
	finish(&spans);
}

/* --- any windows ------------------------------------------------------------------ */

#define SECONDS 600

/* What a second is: covered by a window, or known to be missing from a run. */
struct picture {
	bool covered[SECONDS], known[SECONDS];
	uint64_t lost, gaps, gap_seconds, spans;
};

/* A run of windows of five seconds, of which a part came, in any order. Windows that did not come are
 * lost when others of the run came before and after. */
static void random_run(struct picture *p, struct random *r)
{
	unsigned int first = random_below(r, SECONDS / 10), n = 1 + random_below(r, 40), order[40], before = 0;
	bool come[40];

	for (unsigned int i = 0; i < n; i++) {
		unsigned int j = random_below(r, i + 1);

		come[i] = random_below(r, 5) != 0;
		order[i] = order[j];
		order[j] = i;
	}
	for (unsigned int i = 0; i < n; i++)
		if (come[order[i]])
			add(order[i] + 1, first + 5 * order[i], first + 5 * order[i] + 5);
	for (unsigned int i = 0; i < n; i++) {
		if (!come[i])
			continue;
		memset(p->covered + first + 5 * i, true, 5);
		memset(p->known + first + 5 * (before ? before : i), true, 5 * (before ? i + 1 - before : 1));
		p->lost += before ? i - before : 0;
		before = i + 1;
	}
}

static void count(struct picture *p)
{
	int first = -1, last = -1;

	for (int i = 0; i < SECONDS; i++)
		if (p->known[i]) {
			first = first < 0 ? i : first;
			last = i;
		}
	for (int i = 0; i < SECONDS; i++)
		p->spans += p->covered[i] && (!i || !p->covered[i - 1]);
	for (int i = first + 1; first >= 0 && i < last; i++) {
		p->gap_seconds += !p->known[i];
		p->gaps += !p->known[i] && p->known[i - 1];
	}
}

Test(report_cover, any_windows_are_covered_and_missing_as_in_a_picture)
{
	struct random r = random_from(3);

	for (unsigned int round = 0; round < 300; round++) {
		struct picture p = { .lost = 0 };
		struct report_spans spans;
		uint64_t seconds = 0;

		begin();
		for (unsigned int runs = 1 + random_below(&r, 3); runs; runs--) {
			random_run(&p, &r);
			end_run();
		}
		count(&p);
		spans = end();
		for (unsigned int i = 0; i < SECONDS; i++)
			seconds += p.covered[i];
		cr_expect_eq(report_covered(&spans, 0, UINT64_MAX), seconds * CASE_SECOND, "round %u", round);
		cr_expect_eq(spans.n, p.spans, "round %u", round);
		cr_expect_eq(cover.lost_windows, p.lost, "round %u", round);
		cr_expect_eq(incidents.all.n[REPORT_no_windows], p.gaps, "round %u", round);
		cr_expect_eq(incidents.gaps_ns, p.gap_seconds * CASE_SECOND, "round %u", round);
		finish(&spans);
	}
}
