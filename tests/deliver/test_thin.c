/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deliver/thin.h"
#include "random.h"

#define NS_PER_S 1000000000ULL
#define HOUR (3600 * NS_PER_S)
#define DAY (24 * HOUR)
#define YEAR (31557600 * NS_PER_S)
#define MONTH (YEAR / 12)

static struct thin_rules rules_of(const char *text)
{
	struct thin_rules rules;
	struct refusal why;

	cr_assert_eq(thin_parse(&rules, text, &why), 0, "%s", text);
	return rules;
}

/* YYYY-MM-DD HH:MM, UTC. */
static uint64_t at(const char *text)
{
	struct tm tm = { 0 };

	cr_assert_eq(sscanf(text, "%d-%d-%d %d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
			    &tm.tm_min), 5);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm) * NS_PER_S;
}

/* --- the list --------------------------------------------------------------------- */

Test(thin, a_list_of_rules_is_read)
{
	struct thin_rules r = rules_of("all:7d,day:1M,week:3M,month:1y,quarter");

	cr_assert_eq(r.n, 5u);
	cr_expect(r.list[0].period == THIN_ALL && r.list[0].max_age_ns == 7 * DAY);
	cr_expect(r.list[1].period == THIN_DAY && r.list[1].max_age_ns == MONTH);
	cr_expect(r.list[2].period == THIN_WEEK && r.list[2].max_age_ns == 3 * MONTH);
	cr_expect(r.list[3].period == THIN_MONTH && r.list[3].max_age_ns == YEAR);
	cr_expect(r.list[4].period == THIN_QUARTER && r.list[4].max_age_ns == THIN_NO_LIMIT);
	r = rules_of("hour:36h,year:2w");
	cr_expect(r.list[0].period == THIN_HOUR && r.list[0].max_age_ns == 36 * HOUR);
	cr_expect(r.list[1].period == THIN_YEAR && r.list[1].max_age_ns == 14 * DAY);
}

static void refused(const char *text, const char *reason)
{
	struct thin_rules rules;
	struct refusal why;

	cr_expect_neq(thin_parse(&rules, text, &why), 0, "%s", text);
	cr_expect_not_null(strstr(why.why, reason), "%s: %s", text, why.why);
}

Test(thin, a_list_that_says_nothing_sensible_is_refused)
{
	refused("", "empty");
	refused("all:7d,", "empty");
	refused("minute:7d", "'minute:7d' is not all, hour");
	refused("days:7d", "is not all, hour");
	refused("all:7", "'7' is not an age");
	refused("all:0d", "'0d' is not an age");
	refused("all:d", "'d' is not an age");
	refused("all:7m", "'7m' is not an age");
	refused("all:", "'' is not an age");
	refused("all:18446744073709551616d", "is not an age");
	refused("all:18446744073709551615y", "is not an age");
	refused("day:7d,day:1M", "'day' is not coarser than 'day'");
	refused("week:7d,day:1M", "'day' is not coarser than 'week'");
	refused("all:7d,day:7d", "the age of 'day' is not above");
	refused("all,day:7d", "'all' stands for all ages");
}

/* --- the decision ------------------------------------------------------------------- */

#define MAX 20000
static uint64_t starts[MAX];
static bool keep[MAX];

static size_t kept(size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += keep[i];
	return sum;
}

/* Files at these times stay or go, as the word says: `+' or `-'. */
static void decides(const char *rules, const char *now, const char *times[], const char *expected)
{
	struct thin_rules r = rules_of(rules);
	size_t n = strlen(expected);

	for (size_t i = 0; i < n; i++)
		starts[i] = at(times[i]);
	thin_series(&r, at(now), starts, n, keep);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(keep[i], expected[i] == '+', "%s: %s", rules, times[i]);
}
#define DECIDES(rules, now, expected, ...)                                                     \
	decides(rules, now, (const char *[]){ __VA_ARGS__ }, expected)

Test(thin, the_earliest_of_each_period_stays)
{
	/* 2026-11-16 is a Monday */
	DECIDES("hour", "2026-12-01 00:00", "+-++-+", "2026-11-16 10:00", "2026-11-16 10:59",
		"2026-11-16 11:00", "2026-11-16 12:30", "2026-11-16 12:31", "2026-11-16 12:32");
	DECIDES("day", "2026-12-01 00:00", "+-+-+", "2026-11-15 00:00", "2026-11-15 23:59",
		"2026-11-16 00:00", "2026-11-16 00:01", "2026-11-16 00:02");
	DECIDES("week", "2026-12-01 00:00", "+-+-++", "2026-11-13 00:00", "2026-11-15 23:59",
		"2026-11-16 00:00", "2026-11-22 23:59", "2026-11-23 00:00", "2026-11-23 00:01");
	DECIDES("month", "2026-12-31 00:00", "+-+-+", "2026-02-01 00:00", "2026-02-28 23:59",
		"2026-03-01 00:00", "2026-03-31 23:59", "2026-03-31 23:59");
	DECIDES("quarter", "2027-12-31 00:00", "+-+-++", "2026-04-01 00:00", "2026-06-30 23:59",
		"2026-07-01 00:00", "2026-09-30 23:59", "2027-07-01 00:00", "2027-07-02 00:00");
	DECIDES("year", "2030-01-01 00:00", "+-+-+", "2026-02-01 00:00", "2026-12-31 23:59",
		"2027-01-01 00:00", "2027-12-31 23:59", "2027-12-31 23:59");
}

Test(thin, the_first_and_the_last_file_stay_however_old_they_are)
{
	DECIDES("all:7d", "2026-11-30 00:00", "+--+", "2024-01-01 00:00", "2024-01-02 00:00",
		"2024-01-03 00:00", "2024-01-04 00:00");
	DECIDES("all:7d", "2026-11-30 00:00", "+", "2024-01-01 00:00");
	DECIDES("all:7d", "2026-11-30 00:00", "++", "2024-01-01 00:00", "2024-01-01 00:00");
}

Test(thin, an_age_ends_a_rule)
{
	DECIDES("all:7d,day", "2026-11-30 00:00", "+-+++", "2026-11-22 22:00", "2026-11-22 23:59",
		"2026-11-23 00:00", "2026-11-23 00:01", "2026-11-29 00:00");
	/* a clock that was set back: files of the future are young */
	DECIDES("all:7d,day", "2020-01-01 00:00", "+++", "2026-11-22 22:00", "2026-11-22 22:01",
		"2026-11-22 22:02");
}

/* 2026-11-01 is a Sunday: the first file of November is not the first of its week, and is needed
 * when only months are kept. */
Test(thin, what_a_coarser_rule_will_need_stays)
{
	DECIDES("week:3M,month", "2026-11-10 00:00", "+-+-+-+", "2026-10-26 00:00", "2026-10-31 23:00",
		"2026-11-01 00:00", "2026-11-01 01:00", "2026-11-02 00:00", "2026-11-03 00:00",
		"2026-11-09 00:00");
}

/* Of a window each hour for a year: how many stay follows from the calendar. */
Test(thin, a_year_of_hours)
{
	struct thin_rules r = rules_of("all:2d,day:14d,month");
	size_t n = 0;

	for (uint64_t t = at("2026-01-01 00:00"); t < at("2027-01-01 00:00"); t += HOUR)
		starts[n++] = t;
	cr_assert_eq(n, 8760u);
	thin_series(&r, at("2027-01-01 00:00"), starts, n, keep);
	/* 12 months; 48 hours (of 30 and 31 December); the days from the 18th to the 29th */
	cr_expect_eq(kept(n), 12u + 48u + 12u);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Random files, by random lists: a second run at the same time keeps all, and when time goes on
 * the earliest file of each month is still there for as long as months are kept. */
Test(thin, a_second_run_removes_nothing)
{
	static const char *const lists[] = {
		"all:7d,day:1M,week:3M,month:1y,quarter", "hour:2d,week:1M,year", "all:1h",
		"day:3d,week:2M,month:3M", "week", "all:1d,quarter:1y",
	};
	struct random random = random_from(1);

	for (size_t round = 0; round < 60; round++) {
		struct thin_rules r = rules_of(lists[round % 6]);
		uint64_t now = at("2026-11-22 03:00");
		size_t n = 200, rest = 0;

		for (size_t i = 0; i < n; i++)
			starts[i] = now - random_below(&random, 2 * YEAR);
		qsort(starts, n, sizeof(*starts), ascending);
		thin_series(&r, now, starts, n, keep);
		for (size_t i = 0; i < n; i++)
			if (keep[i])
				starts[rest++] = starts[i];
		thin_series(&r, now, starts, rest, keep);
		cr_expect_eq(kept(rest), rest, "%s", lists[round % 6]);
	}
}
