/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "spool/batch.h"
#include "spool/spool_case.h"

TestSuite(spool_batch, .init = enter_spool, .fini = remove_spool, .timeout = 60);

#define WINDOWS (2 * SPOOL_BATCH + 88)	/* 7 does not divide this */
_Static_assert(WINDOWS % 7, "i * 7 % WINDOWS is another window for each i");

static void expect_names(const struct spool_batch *b, unsigned int first, size_t n)
{
	cr_assert_eq(b->n, n);
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(b->names[i], window_name(first + i));
}

Test(spool_batch, batches_follow_one_another_in_order)
{
	struct spool_dir d = made_spool();
	struct spool_batch b;

	for (unsigned int i = 0; i < WINDOWS; i++)
		make_window("new", i * 7 % WINDOWS, 0);
	cr_assert_eq(spool_batch_read(&b, d.new, ""), 0);
	expect_names(&b, 0, SPOOL_BATCH);
	cr_expect_eq(b.total, WINDOWS);
	cr_assert_eq(spool_batch_read(&b, d.new, window_name(SPOOL_BATCH - 1)), 0);
	expect_names(&b, SPOOL_BATCH, SPOOL_BATCH);
	cr_assert_eq(spool_batch_read(&b, d.new, window_name(2 * SPOOL_BATCH - 1)), 0);
	expect_names(&b, 2 * SPOOL_BATCH, WINDOWS - 2 * SPOOL_BATCH);
	cr_assert_eq(spool_batch_read(&b, d.new, window_name(WINDOWS - 1)), 0);
	expect_names(&b, 0, 0);
	spool_dir_close(&d);
}

Test(spool_batch, other_names_are_left_out_and_said)
{
	struct spool_dir d = made_spool();
	struct spool_batch b;

	make_file("spool/new/README", "x");
	make_file("spool/new/.hidden", "x");
	make_window("new", 3, 0);
	cr_assert_eq(spool_batch_read(&b, d.new, ""), 0);
	expect_names(&b, 3, 1);
	cr_expect_eq(b.others, 1);
	cr_expect_str_eq(b.other, "README");
	cr_assert_eq(spool_batch_read(&b, d.dead, ""), 0);
	cr_expect(!b.n && !b.others && !*b.other);
	spool_dir_close(&d);
}

static bool is_short(const char *name)
{
	return strlen(name) < 4;
}

Test(spool_batch, the_caller_says_what_a_name_is)
{
	struct spool_dir d = made_spool();
	struct spool_batch b;

	make_file("spool/dead/abc", "x");
	make_window("dead", 3, 0);
	cr_assert_eq(spool_batch_accept(&b, d.dead, "", is_short), 0);
	cr_assert_eq(b.n, 1);
	cr_expect_str_eq(b.names[0], "abc");
	spool_dir_close(&d);
}
