/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of sums over records of which some do not know their numbers. */
#include "config.h"

#include <criterion/criterion.h>

#include "report/counts.h"
#include "report/report_case.h"

static const struct report_figure bytes = { REPORT_orig_bytes, REPORT_reply_bytes };

static struct view_sums record(uint64_t ends, int64_t orig_bytes)
{
	struct view_sums s = { .known = 0 };

	case_count(&s, VIEW_starts, 1);
	case_count(&s, VIEW_ends, ends);
	if (orig_bytes >= 0) {
		case_count(&s, VIEW_orig_bytes, (uint64_t)orig_bytes);
		case_count(&s, VIEW_reply_bytes, 1);
	} else {
		s.unknown |= 1u << VIEW_orig_bytes | 1u << VIEW_reply_bytes;
	}
	s.unknown |= 1u << VIEW_tcp_reset;
	return s;
}

static struct report_counts sum_of(const struct view_sums *a, const struct view_sums *b)
{
	struct report_counts sum = { .known = 0 }, one;

	report_counts_of(&one, a);
	report_counts_add(&sum, &one);
	report_counts_of(&one, b);
	report_counts_add(&sum, &one);
	return sum;
}

Test(report_counts, bytes_of_no_end_are_not_missing)
{
	struct view_sums known = record(1, 100), no_end = record(0, -1);
	struct report_counts sum = sum_of(&known, &no_end);
	struct report_value v = report_value(&sum, bytes);

	cr_expect(v.known);
	cr_expect_not(v.least);
	cr_expect_eq(v.n, 101);
}

Test(report_counts, bytes_of_ends_without_counters_are_missing)
{
	struct view_sums known = record(1, 100), unknown = record(1, -1);
	struct report_counts sum = sum_of(&known, &unknown);
	struct report_value v = report_value(&sum, bytes);

	cr_expect(v.known);
	cr_expect(v.least);
	cr_expect_eq(v.n, 101);
	sum = sum_of(&unknown, &unknown);
	cr_expect_not(report_value(&sum, bytes).known);
}

Test(report_counts, of_some_uncounted_ends_bytes_are_at_least_so_many)
{
	struct view_sums some = record(2, 100), none = record(0, -1);
	struct report_counts sum;

	case_count(&some, VIEW_uncounted_ends, 1);
	sum = sum_of(&some, &none);
	cr_expect(report_value(&sum, bytes).least);
}

Test(report_counts, open_connections_without_counters_lack_bytes)
{
	struct view_sums live = record(0, -1), none = record(0, -1);
	struct report_counts sum;

	case_count(&live, VIEW_live, 1);
	sum = sum_of(&live, &none);
	cr_expect(report_value(&sum, bytes).least);
	cr_expect_not(report_value(&sum, bytes).known);
}

Test(report_counts, states_of_tcp_are_missing_where_something_ended)
{
	static const struct report_figure reset = { REPORT_tcp_reset, REPORT_tcp_reset };
	struct view_sums ended = record(1, 1), none = record(0, 1);
	struct report_counts sum = sum_of(&none, &none);

	cr_expect_not(report_value(&sum, reset).least);
	sum = sum_of(&none, &ended);
	cr_expect(report_value(&sum, reset).least);
	report_counts_without_tcp(&sum);
	cr_expect_not(report_value(&sum, reset).least);
}
