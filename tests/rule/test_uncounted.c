/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "rule/flowtable_case.h"
#include "rule/uncounted.h"

static struct uncounted *open_uncounted(void)
{
	struct uncounted *u;

	cr_assert_eq(uncounted_open(&u), 0);
	return u;
}

/* Whether packets can pass uncounted where there is this flow table alone; NULL: none. */
static bool with(struct uncounted *u, const struct flowtable *f)
{
	flowtable_fake(f);
	cr_assert_eq(uncounted_update(u), 0);
	return uncounted_since(u);
}

Test(uncounted, a_flow_table_that_is_used_and_has_no_counter)
{
	struct uncounted *u = open_uncounted();

	cr_expect_not(with(u, NULL));
	cr_expect_not(with(u, &flowtable_counted));
	cr_expect_not(with(u, &flowtable_unused));
	cr_expect(with(u, &flowtable_uncounted));
	uncounted_close(u);
}

/* Also of the window in which it got its counter: it had none before. */
Test(uncounted, a_window_in_which_there_was_one)
{
	struct uncounted *u = open_uncounted();

	cr_expect(with(u, &flowtable_uncounted));
	cr_expect(uncounted_since(u), "still there");
	cr_expect(with(u, &flowtable_counted), "it was there when the window began");
	cr_expect_not(uncounted_since(u));
	flowtable_fake(&flowtable_uncounted);
	cr_assert_eq(uncounted_update(u), 0);
	cr_expect(with(u, NULL), "it came and went within the window");
	cr_expect_not(uncounted_since(u));
	uncounted_close(u);
}

Test(uncounted, one_that_was_used_may_still_have_connections)
{
	struct uncounted *u = open_uncounted();

	cr_expect(with(u, &flowtable_uncounted));
	cr_expect(with(u, &flowtable_unused));
	cr_expect(with(u, &flowtable_unused), "for as long as it is there");
	cr_expect(with(u, &flowtable_never_used), "it was there when the window began");
	cr_expect_not(with(u, &flowtable_never_used), "another one of the same table");
	uncounted_close(u);
}

Test(uncounted, flow_tables_that_cannot_be_read_are_as_they_were)
{
	struct uncounted *u = open_uncounted();

	cr_expect(with(u, &flowtable_uncounted));
	flowtable_fake(NULL);
	flowtable_fake_error(-ENOBUFS);
	cr_expect_eq(uncounted_update(u), -ENOBUFS);
	cr_expect(uncounted_since(u));
	cr_expect(uncounted_since(u));
	flowtable_fake_error(0);
	cr_expect(with(u, NULL));
	cr_expect_not(uncounted_since(u));
	uncounted_close(u);
}
