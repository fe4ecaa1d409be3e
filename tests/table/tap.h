/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_TAP_H
#define CTAGG_TESTS_TABLE_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* What a test program that is not Criterion's says to `make check` (TAP). The
 * plan comes first: a crash is then a test that is missing. */
static int tap_number, tap_failures;

static inline void tap_plan(int tests)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n", tests);
}

static inline bool tap_result(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_number, what);
	tap_failures += !good;
	return good;
}

/* In the place of a plan. */
static inline void __attribute__((noreturn)) tap_skip_all(const char *why, const char *more)
{
	printf("1..0 # SKIP %s%s\n", why, more);
	exit(0);
}

static inline void __attribute__((noreturn)) tap_bail_out(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

static inline int tap_status(void)
{
	return tap_failures != 0;
}

#endif
