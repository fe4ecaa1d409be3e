/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/bound.h"
#include "spool/lock.h"
#include "spool/spool_case.h"
#include "spool/torn.h"

TestSuite(spool_bound, .init = enter_spool, .fini = remove_spool, .timeout = 60);

#define MINUTE_NS UINT64_C(60000000000)
#define START_NS UINT64_C(1795219200000000000)	/* 2026-11-21T00:00:00Z, by date(1) */
#define NO_LIMIT UINT64_MAX

static struct spool_dir dir;
static struct spool_bound *bound;

/* What one file of make_window() takes here. */
static uint64_t size_of_one(void)
{
	struct stat st;
	char path[64 + SPOOL_NAME_MAX];

	make_window("new", 999, 0);
	snprintf(path, sizeof(path), "spool/new/%s", window_name(999));
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(unlink(path), 0);
	return spool_bound_size(&st);
}

static void begin(uint64_t max_bytes, uint64_t max_age_ns)
{
	bound = calloc(1, sizeof(*bound));
	cr_assert_not_null(bound);
	cr_assert_eq(spool_bound_init(bound, &dir, max_bytes, max_age_ns), 0);
}

/* Remove what is beyond the bounds at minute `now'. */
static struct spool_dropped keep(unsigned int now, const char *newest)
{
	struct spool_dropped dropped = { 0 };

	spool_bound_look(bound);
	for (int i = 0; spool_bound_exceeded(bound, START_NS + now * MINUTE_NS, newest); i++) {
		cr_assert_lt(i, 5000, "it never ends");
		spool_bound_remove(bound, &dropped);
	}
	return dropped;
}

static void end(void)
{
	free(bound);
	spool_dir_close(&dir);
}

Test(spool_bound, the_oldest_go_dead_or_waiting)
{
	struct spool_dropped dropped;

	dir = made_spool();
	for (unsigned int i = 0; i < 10; i++)
		make_window(i % 2 ? "dead" : "new", i, i);
	begin(5 * size_of_one(), 0);
	dropped = keep(0, "");
	/* a part of the size is left free, so one more than would be necessary has gone */
	cr_expect_eq(dropped.windows, 6);
	cr_expect_eq(dropped.records, 0 + 1 + 2 + 3 + 4 + 5 + 6);
	for (unsigned int i = 0; i < 10; i++)
		cr_expect_eq(has_window(i % 2 ? "dead" : "new", i), i >= 6, "%u", i);
	dropped = keep(0, "");
	cr_expect_eq(dropped.windows, 0);
	end();
}

Test(spool_bound, what_was_taken_meanwhile_is_no_reason)
{
	dir = made_spool();
	for (unsigned int i = 0; i < 4; i++)
		make_window("new", i, 0);
	begin(4 * size_of_one(), 0);
	make_window("new", 4, 0);
	spool_bound_added(bound, size_of_one());
	cr_assert_eq(unlinkat(dir.new, window_name(0), 0), 0);
	cr_expect_eq(keep(0, "").windows, 0);
	cr_expect_eq(bound->used, 4 * size_of_one());
	end();
}

Test(spool_bound, age_counts_from_the_start_of_the_window)
{
	dir = made_spool();
	for (unsigned int i = 0; i < 3000; i++)
		make_window("new", i, 1);
	begin(NO_LIMIT, 10 * MINUTE_NS);
	cr_expect_eq(keep(10, "").windows, 0);
	cr_expect_eq(keep(11, "").windows, 1);
	cr_expect_eq(keep(2510, "").windows, 2499, "more than one batch");
	cr_expect(!has_window("new", 2499) && has_window("new", 2500));
	cr_expect_eq(keep(0, "").windows, 0, "the clock was set back");
	end();
}

Test(spool_bound, a_locked_file_stays_until_it_is_free)
{
	int fd;

	dir = made_spool();
	for (unsigned int i = 0; i < 6; i++)
		make_window("new", i, 0);
	begin(NO_LIMIT, MINUTE_NS);
	fd = spool_take(dir.new, window_name(0));
	cr_assert_geq(fd, 0);
	cr_expect_eq(keep(4, "").windows, 2);
	cr_expect(has_window("new", 0));
	cr_expect_eq(keep(4, "").windows, 0);
	close(fd);
	cr_expect_eq(keep(4, "").windows, 1);
	cr_expect(!has_window("new", 0) && has_window("new", 3));
	end();
}

Test(spool_bound, the_newest_stays_whatever_its_name)
{
	static const unsigned int newest[] = { 0, 2, 4 };

	for (size_t i = 0; i < 3; i++) {
		char name[SPOOL_NAME_MAX];

		dir = made_spool();
		for (unsigned int k = 0; k < 5; k++)
			make_window("new", k, 0);
		strcpy(name, window_name(newest[i]));
		begin(1, MINUTE_NS);
		cr_expect_eq(keep(100, name).windows, 4);
		cr_expect(has_window("new", newest[i]));
		end();
	}
}

Test(spool_bound, torn_files_and_reasons_go_and_are_no_windows)
{
	char path[64 + SPOOL_NAME_MAX];

	dir = made_spool();
	make_window("dead", 1, 7);
	snprintf(path, sizeof(path), "spool/dead/%s.why", window_name(1));
	make_file(path, "400\n");
	snprintf(path, sizeof(path), "spool/dead/%s.torn", window_name(2));
	make_file(path, "{");
	make_file("spool/dead/notes", "mine");
	make_file("spool/new/notes", "mine");
	begin(NO_LIMIT, MINUTE_NS);
	cr_expect_eq(keep(100, "").records, 8);
	cr_expect(exists("spool/dead/notes") && exists("spool/new/notes"));
	cr_assert_eq(unlink("spool/dead/notes"), 0);
	cr_expect_eq(rmdir("spool/dead"), 0, "nothing else is left");
	end();
}

/* The room that goes with a dead letter's reason is room, too. */
Test(spool_bound, a_dead_letter_goes_with_its_reason)
{
	struct spool_dropped dropped;
	char path[64 + SPOOL_NAME_MAX];

	dir = made_spool();
	for (unsigned int i = 0; i < 10; i++) {
		make_window("dead", i, 1);
		snprintf(path, sizeof(path), "spool/dead/%s.why", window_name(i));
		make_file(path, "400\n");
	}
	begin(15 * size_of_one(), 0);
	dropped = keep(0, "");
	/* 20 files, of which a part less than 15 may stay: 14 */
	cr_expect_eq(dropped.windows, 3);
	cr_expect_not(has_window("dead", 2));
	cr_expect(has_window("dead", 3));
	end();
}

/* --- torn files ------------------------------------------------------------------- */

#define TORN (SPOOL_BATCH + 100)

Test(spool_bound, torn_files_are_those_that_nobody_writes)
{
	uint64_t torn = 99;
	int fd;

	dir = made_spool();
	for (unsigned int i = 0; i < TORN; i++)
		make_window("tmp", i, 0);
	make_file("spool/tmp/notes", "mine");
	make_file("spool/tmp/replacing-last-1-0", "x");
	fd = spool_take_alone(dir.tmp, window_name(7));
	cr_assert_geq(fd, 0);
	cr_expect_eq(spool_set_torn_aside(&dir, &torn), 0);
	cr_expect_eq(torn, TORN - 1);
	cr_expect(has_window("tmp", 7) && !has_window("tmp", 8) && exists("spool/tmp/notes"));
	cr_expect(!exists("spool/tmp/replacing-last-1-0"));
	cr_expect(!has_window("dead", 8), "it has another name there");
	close(fd);
	cr_expect_eq(spool_set_torn_aside(&dir, &torn), 0);
	cr_expect_eq(torn, 1);
	spool_dir_close(&dir);
}
