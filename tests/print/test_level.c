/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which windows are the shortest of their run. */
#include "config.h"

#include <criterion/criterion.h>

#include "print/level.h"

static struct levels levels;

static int shortest(uint32_t host, uint32_t run, uint64_t window_ms)
{
	return levels_shortest(&levels, &(struct view_window){ .host = host, .run = run, .window_ms = window_ms });
}

Test(print_level, longer_windows_of_a_run_repeat_the_shortest)
{
	cr_expect_eq(shortest(1, 1, 10000), 1);
	cr_expect_eq(shortest(1, 1, 60000), 0);
	cr_expect_eq(shortest(1, 1, 10000), 1);
	levels_free(&levels);
}

Test(print_level, each_run_has_its_own)
{
	cr_expect_eq(shortest(1, 1, 10000), 1);
	cr_expect_eq(shortest(1, 2, 60000), 1);
	cr_expect_eq(shortest(2, 1, 60000), 1);
	cr_expect_eq(shortest(1, 1, 60000), 0);
	levels_free(&levels);
}

/* Lines can begin in the middle of a run: nobody knows of shorter windows then. */
Test(print_level, a_shorter_one_can_come_late)
{
	cr_expect_eq(shortest(1, 1, 60000), 1);
	cr_expect_eq(shortest(1, 1, 10000), 1);
	cr_expect_eq(shortest(1, 1, 60000), 0);
	levels_free(&levels);
}

Test(print_level, snapshots_have_no_length)
{
	cr_expect_eq(shortest(1, 1, 0), 1);
	cr_expect_eq(shortest(1, 1, 10000), 1);
	cr_expect_eq(shortest(1, 1, 0), 1);
	levels_free(&levels);
}
