/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "cli/duration.h"
#include "cli/number.h"

#define MS 1000000ULL
#define S 1000000000ULL
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct refusal why;

Test(values, durations)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "60", 60 * S }, { "1", S }, { "007", 7 * S }, { "1ms", MS }, { "500ms", 500 * MS },
		{ "1s", S }, { "90s", 90 * S }, { "5m", 300 * S }, { "5min", 300 * S },
		{ "1h", 3600 * S }, { "2d", 172800 * S }, { "1h30m", 5400 * S },
		{ "1m30s", 90 * S }, { "1s500ms", 1500 * MS }, { "1d2h3m4s5ms", 93784005 * MS },
		{ "366d", 366 * 86400 * S }, { "31622400", 366 * 86400 * S }, { "0s1ms", MS },
	};

	for (size_t i = 0; i < LENGTH(good); i++) {
		uint64_t ns = 0;

		cr_expect_eq(options_duration(good[i].text, &ns, &why), 0, "%s", good[i].text);
		cr_expect_eq(ns, good[i].ns, "%s", good[i].text);
	}
}

Test(values, no_durations)
{
	static const char *const bad[] = {
		"", " ", "0", "0ms", "0s", "-1", "+1", " 1", "1 ", "1 s", "1.5s", "s", "ms", "1x",
		"1S", "1M", "1us", "1ns", "1w", "1y", "1mss", "1sm", "1m30", "1h 30m", "1m,2m", "0x10",
		"367d", "366d1ms", "31622401", "1e3", "18446744073709551615",
		"18446744073709551616", "99999999999999999999999", "18446744073709551615d",
		"213503982334d", "213503982335d", "18446744073709ms18446744073709ms",
		"18446744073709551615ms1ms", "18446744073711ms", "18446744073709ms1001ms", "1\n", "\xd9\xa1",
	};

	for (size_t i = 0; i < LENGTH(bad); i++) {
		uint64_t ns = 4711;

		cr_expect_eq(options_duration(bad[i], &ns, &why), -EINVAL, "'%s'", bad[i]);
		cr_expect_eq(ns, 4711, "'%s'", bad[i]);
	}
}

Test(values, sizes)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{ "0", 0 }, { "1", 1 }, { "16384", 16384 }, { "512K", 524288 }, { "16M", 16777216 },
		{ "1G", 1073741824 }, { "17179869183G", 17179869183ULL << 30 },
		{ "18446744073709551615", UINT64_MAX },
	};
	static const char *const bad[] = {
		"", "K", "-1", "+1", "1k", "1m", "1KB", "1KiB", "1 K", "1.5M", "1T", "1KK", " 1", "1 ",
		"0x10", "17179869184G", "17179869185G", "18014398509481985K", "18446744073709551616", "M1",
	};

	for (size_t i = 0; i < LENGTH(good); i++) {
		uint64_t bytes = 4711;

		cr_expect_eq(options_size(good[i].text, 0, UINT64_MAX, &bytes, &why), 0, "%s", good[i].text);
		cr_expect_eq(bytes, good[i].bytes, "%s", good[i].text);
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		uint64_t bytes = 4711;

		cr_expect_eq(options_size(bad[i], 0, UINT64_MAX, &bytes, &why), -EINVAL, "'%s'", bad[i]);
		cr_expect_eq(bytes, 4711, "'%s'", bad[i]);
	}
}

Test(values, numbers)
{
	static const char *const bad[] = {
		"", "-5", "+5", " 5", "5 ", "5x", "x", "0x5", "5.0", "4", "11",
		"18446744073709551616", "18446744073709551621",
	};
	uint64_t n;

	for (uint64_t i = 5; i <= 10; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", (unsigned int)i);
		cr_expect_eq(options_number(text, 5, 10, &n, &why), 0);
		cr_expect_eq(n, i);
	}
	cr_expect_eq(options_number("18446744073709551615", 0, UINT64_MAX, &n, &why), 0);
	cr_expect_eq(n, UINT64_MAX);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		n = 4711;
		cr_expect_eq(options_number(bad[i], 5, 10, &n, &why), -EINVAL, "'%s'", bad[i]);
		cr_expect_eq(n, 4711, "'%s'", bad[i]);
	}
}
