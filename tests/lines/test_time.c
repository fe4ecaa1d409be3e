/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "lines/time.h"
#include "random.h"
#include "sink/text.h"

#define S 1000000000ULL
#define N(array) (sizeof(array) / sizeof((array)[0]))

static void expect_time(const char *text, uint64_t wanted_ns)
{
	uint64_t ns = 1;

	cr_expect(line_time(text, strlen(text), &ns), "%s", text);
	cr_expect_eq(ns, wanted_ns, "%s", text);
}

/* The C library says how many seconds they are. */
static uint64_t seconds(int year, int month, int day, int hour, int minute, int second)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
			 .tm_hour = hour, .tm_min = minute, .tm_sec = second };

	return timegm(&tm);
}

Test(line_time, a_time_with_its_zone_is_read)
{
	uint64_t s = seconds(2026, 11, 21, 1, 0, 3);

	expect_time("2026-11-21T01:00:03.120001Z", s * S + 120001000);
	expect_time("2026-11-21T01:00:03Z", s * S);
	expect_time("2026-11-21t01:00:03z", s * S);
	expect_time("2026-11-21T02:30:03+01:30", s * S);
	expect_time("2026-11-20T23:00:03-02:00", s * S);
	expect_time("2026-11-21T01:00:03.5-00:00", s * S + S / 2);
	expect_time("2026-11-21T01:00:03.123456789Z", s * S + 123456000);
	expect_time("2026-11-21T01:00:03.1234569999999999999999Z", s * S + 123456000);
	expect_time("1970-01-01T00:00:00Z", 0);
	expect_time("2000-02-29T23:59:60Z", seconds(2000, 3, 1, 0, 0, 0) * S);
}

Test(line_time, what_is_no_time_is_refused)
{
	static const char *const texts[] = {
		"", "2026-11-21", "2026-11-21T01:00:03", "2026-11-21T01:00:03.5", "2026-11-21 01:00:03Z",
		"2026-11-21T01:00:03.Z", "2026-11-21T01:00:03,5Z", "2026-11-21T01:00Z", "2026-11-21T1:00:03Z0",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T01:60:00Z",
		"2026-11-21T01:00:61Z", "2026-11-21T01:00:03ZZ", "2026-11-21T01:00:03+0100", "2026-11-21T01:00:03+24:00",
		"2026-11-21T01:00:03+01:60", "2026-11-21T01:00:03+01", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01",
		"2262-01-01T00:00:00Z", "-026-11-21T01:00:03Z", "+2026-11-21T01:00:03Z", "1732150803",
	};
	uint64_t ns;

	for (size_t i = 0; i < N(texts); i++)
		cr_expect_not(line_time(texts[i], strlen(texts[i]), &ns), "%s", texts[i]);
}

Test(line_time, every_time_that_is_written_is_read_back)
{
	struct random r = random_from(42);
	char text[27];
	uint64_t ns;

	for (int i = 0; i < 100000; i++) {
		uint64_t us = random_below(&r, seconds(2262, 1, 1, 0, 0, 0) * 1000000);

		cr_assert_eq(text_time(text, us * 1000) - text, 27);
		cr_assert(line_time(text, 27, &ns), "%.27s", text);
		cr_assert_eq(ns, us * 1000, "%.27s", text);
	}
}
