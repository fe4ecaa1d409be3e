/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "flow/level_of.h"

#define KNOWN(n_) { .n = (n_), .known = true }
static const struct window_loss unread = { .pending = true }, unsent = { .never = true };

/* A window in which each counter has grown by n, and each value is n. */
static struct window_record grown(uint64_t n)
{
#define GROWN(name, about) .name = KNOWN(n),
	return (struct window_record){
		.kernel = { .asked = true, WINDOW_KERNEL_COUNTERS(GROWN) WINDOW_KERNEL_GAUGES(GROWN) },
	};
}

/* A window whose reading failed. */
static struct window_record failed(void)
{
#define UNREAD(name, about) .name = unread,
	return (struct window_record){ .kernel = { .asked = true, WINDOW_KERNEL_COUNTERS(UNREAD) } };
}

static void expect_known(const struct window_loss *counter, uint64_t n, const char *name)
{
	cr_expect(counter->known, "%s", name);
	cr_expect_eq(counter->n, n, "%s", name);
}

Test(window_kernel, a_level_has_all_that_counters_grew_by_and_the_last_values)
{
	struct window_record windows[] = { grown(1), grown(10) }, level = level_of(windows, 2);

#define SUM(name, about) expect_known(&level.kernel.name, 11, #name);
#define LAST(name, about)                                                                      \
	cr_expect(level.kernel.name.known, #name);                                             \
	cr_expect_eq(level.kernel.name.n, 10, #name);
	cr_expect(level.kernel.asked);
	WINDOW_KERNEL_COUNTERS(SUM)
	WINDOW_KERNEL_GAUGES(LAST)
}

Test(window_kernel, a_level_of_windows_that_did_not_ask_has_none)
{
	struct window_record windows[] = { { .seq = 1 }, { .seq = 2 } }, level = level_of(windows, 2);

	cr_expect_not(level.kernel.asked);
	cr_expect_not(level.kernel.entries.known);
}

/* The reading of the second window shows what counters grew by in both. */
Test(window_kernel, a_later_window_of_the_level_knows_what_an_earlier_one_could_not_read)
{
	struct window_record windows[] = { failed(), grown(7) }, level = level_of(windows, 1);

	cr_expect_not(window_kernel_known(&level.kernel));
	level = level_of(windows, 2);
	expect_known(&level.kernel.drop, 7, "drop");
}

Test(window_kernel, what_the_last_window_of_a_level_cannot_read_is_the_next_levels)
{
	struct window_record windows[] = { grown(3), failed() }, level = level_of(windows, 2);
	struct window_record next = grown(4);

	cr_expect_not(level.kernel.drop.known);
	cr_expect_not(level.kernel.entries.known);
	window_record_restart(&level);
	window_record_add(&level, &next);
	expect_known(&level.kernel.drop, 7, "drop");
}

Test(window_kernel, a_counter_that_the_kernel_does_not_send_is_unknown_alone)
{
	struct window_record windows[] = { grown(1), grown(1) }, level;

	windows[0].kernel.chaintoolong = windows[1].kernel.chaintoolong = unsent;
	level = level_of(windows, 2);
	cr_expect_not(level.kernel.chaintoolong.known);
	expect_known(&level.kernel.drop, 2, "drop");
	cr_expect(window_kernel_known(&level.kernel));
}
