/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "host/namespace.h"
#include "pipeline/sources.h"
#include "rule/flowtable_case.h"

/* A source that has been started; *out has a status that nothing has made worse. */
static struct source *open_tracker(void)
{
	static struct options opts = { .conntrack = true };
	struct source_setup setup = { .opts = &opts };
	struct source *s = NULL;

	namespace_enter();
	cr_assert_eq(tracker_open(&s, &setup), 0);
	cr_assert_eq(s->fn->start(s), 0);
	return s;
}

static struct window_record window_of(struct source *s)
{
	struct window_record w = { .status = WINDOW_OK };

	s->fn->end_window(s, NULL, 0, false);
	s->fn->describe(s, &w);
	return w;
}

Test(tracker, says_what_the_kernel_says_of_itself)
{
	struct source *s = open_tracker();
	struct window_record w = window_of(s);

	cr_expect(w.kernel.asked);
	cr_expect_not(w.flowtable_uncounted);
	cr_expect_eq(w.status, WINDOW_OK);
	s->fn->close(s);
}

Test(tracker, a_window_is_partial_while_packets_pass_uncounted)
{
	struct source *s;
	struct window_record w;

	flowtable_fake(&flowtable_uncounted);
	s = open_tracker();
	w = window_of(s);
	cr_expect(w.flowtable_uncounted);
	cr_expect_eq(w.status, WINDOW_PARTIAL);
	flowtable_fake(&flowtable_counted);
	w = window_of(s);
	cr_expect(w.flowtable_uncounted, "it was there when the window began");
	w = window_of(s);
	cr_expect_not(w.flowtable_uncounted);
	cr_expect_eq(w.status, WINDOW_OK);
	s->fn->close(s);
}

/* The rules have changed, which is told in the middle of a window. */
Test(tracker, a_flow_table_that_came_and_went)
{
	struct source *s;

	flowtable_fake(NULL);
	s = open_tracker();
	cr_expect_geq(s->fn->change_fd(s), 0);
	flowtable_fake(&flowtable_uncounted);
	cr_expect(s->fn->changed(s, false));
	flowtable_fake(NULL);
	cr_expect(window_of(s).flowtable_uncounted);
	cr_expect_not(window_of(s).flowtable_uncounted);
	s->fn->close(s);
}

Test(tracker, is_not_there_where_connections_are_not_counted)
{
	static struct options drops, lines = { .conntrack = true, .events = true };
	struct source_setup setup = { .opts = &drops };
	struct source *s = NULL;

	cr_expect_eq(tracker_open(&s, &setup), 0);
	cr_expect_null(s);
	setup.opts = &lines;
	cr_expect_eq(tracker_open(&s, &setup), 0);
	cr_expect_null(s);
}
