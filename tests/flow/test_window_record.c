/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "flow/level_of.h"

/* A window in which everything happened n times. */
static struct window_record busy(uint64_t n)
{
	return (struct window_record){
		.seq = n, .closed_by = CLOSED_BY_SIGNAL, .status = WINDOW_OK, .records = n,
		.lost_events = { .n = n, .known = true }, .lost_drops = { .n = n, .known = true }, .odd_drops = n,
		.lost_kernel_drops = { .n = n, .known = true },
		.lost_events_max = n, .unwatched_netns = n, .truncated_drops = n, .engine = "bpf", .kernel_events = n, .passed_events = n,
		.table_rows = n, .table_capacity = n, .rotated = true, .rotate_us = n, .drain_us = n,
		.max_error = n, .max_error_counter = "bytes", .late_ends = n, .late_events = n, .vanished = n,
		.injected_starts = n, .clash_ends = n, .unread_rules = n, .unread_sockets = n, .clock_step_ms = n, .unselected_events = n, .undecoded_events = n,
		.foreign_messages = n, .reopens = n, .write_errors = n, .dropped_windows = n, .dropped_records = n, .accounting = SWITCH_ON,
		.timestamps = SWITCH_UNKNOWN, .version = "1", .key = "src", .selection = "0", .nominal_ns = n,
		.kernel = { .asked = true }, .flowtable_uncounted = true,
	};
}

/* A new field has no value in busy() yet. */
Test(window_record, each_field_has_a_value_here)
{
	struct window_record w = busy(1);

#define SET_count(name) cr_expect_eq(w.name, 1, #name);
#define SET_step(name) cr_expect_eq(w.name, 1, #name);
#define SET_loss(name) cr_expect_eq(w.name.n, 1, #name);
#define SET_word(name) cr_expect_not_null(w.name, #name);
#define SET_text(name) cr_expect_not_null(w.name, #name);
#define SET_onoff(name) cr_expect_neq(w.name, SWITCH_OFF, #name);
#define SET_status(name) cr_expect_neq(w.name, WINDOW_NODATA, #name);
#define SET_closed_by(name) cr_expect_neq(w.name, CLOSED_BY_TIMER, #name);
#define SET_truth(name) cr_expect(w.name, #name);
#define SET_kernel(name) cr_expect(w.name.asked, #name);	/* see test_window_kernel.c */
#define SET_sums(name)	/* no level takes it over, see below */
#define SET(kind, name, merge, when) SET_##kind(name)
	WINDOW_RECORD(SET)
}

Test(window_record, a_level_adds_up_what_its_windows_counted)
{
	struct window_record windows[] = { busy(1), busy(10) }, level = level_of(windows, 2);

	cr_expect_eq(level.lost_events.n, 11);
	cr_expect_eq(level.lost_events_max, 11);
	cr_expect_eq(level.lost_drops.n, 11);
	cr_expect(level.lost_drops.known);
	cr_expect_eq(level.odd_drops, 11);
	cr_expect_eq(level.truncated_drops, 11);
	cr_expect_eq(level.kernel_events, 11);
	cr_expect_eq(level.passed_events, 11);
	cr_expect_eq(level.vanished, 11);
	cr_expect_eq(level.injected_starts, 11);
	cr_expect_eq(level.clash_ends, 11);
	cr_expect_eq(level.unread_rules, 11);
	cr_expect_eq(level.unread_sockets, 11);
	cr_expect_eq(level.unselected_events, 11);
	cr_expect_eq(level.undecoded_events, 11);
	cr_expect_eq(level.foreign_messages, 11);
	cr_expect_eq(level.reopens, 11);
	cr_expect_eq(level.dropped_windows, 11);
	cr_expect_eq(level.dropped_records, 11);
}

/* What a level knows of its own table, bounds and lines is not its windows'. */
Test(window_record, a_level_takes_nothing_over_that_is_its_own)
{
	struct window_record windows[] = { busy(1), busy(10) }, level = level_of(windows, 2);

	cr_expect_eq(level.seq, 0);
	cr_expect_eq(level.closed_by, CLOSED_BY_TIMER);
	cr_expect_eq(level.records, 0);
	cr_expect_null(level.total);
	cr_expect_eq(level.table_rows, 0);
	cr_expect_eq(level.table_capacity, 0);
	cr_expect_not(level.rotated);
	cr_expect_eq(level.max_error, 0);
	cr_expect_null(level.max_error_counter);
	cr_expect_eq(level.late_ends, 0, "an end can be late for a window and not for its level");
	cr_expect_eq(level.clock_step_ms, 0);
	cr_expect_eq(level.write_errors, 0);
	cr_expect_eq(level.nominal_ns, 0);
}

Test(window_record, a_level_has_the_switches_as_they_were_last)
{
	struct window_record windows[] = { busy(1), busy(1) }, level;

	windows[1].accounting = SWITCH_OFF;
	level = level_of(windows, 2);
	cr_expect_eq(level.accounting, SWITCH_OFF);
	cr_expect_eq(level.timestamps, SWITCH_UNKNOWN);
	cr_expect_str_eq(level.engine, "bpf");
}

Test(window_record, a_level_has_a_flow_table_that_one_of_its_windows_has)
{
	struct window_record windows[] = { busy(1), busy(1) };

	windows[1].flowtable_uncounted = false;
	cr_expect(level_of(windows, 2).flowtable_uncounted);
	windows[0].flowtable_uncounted = false;
	cr_expect_not(level_of(windows, 2).flowtable_uncounted);
}

static enum window_status status_of(enum window_status a, enum window_status b)
{
	struct window_record windows[] = { { .status = a }, { .status = b } };

	return level_of(windows, 2).status;
}

Test(window_record, the_worst_status_of_two_is_that_of_both)
{
	cr_expect_eq(status_of(WINDOW_NODATA, WINDOW_NODATA), WINDOW_NODATA);
	cr_expect_eq(status_of(WINDOW_NODATA, WINDOW_OK), WINDOW_OK);
	cr_expect_eq(status_of(WINDOW_OK, WINDOW_NODATA), WINDOW_OK);
	cr_expect_eq(status_of(WINDOW_PARTIAL, WINDOW_OK), WINDOW_PARTIAL);
	cr_expect_eq(status_of(WINDOW_NODATA, WINDOW_PARTIAL), WINDOW_PARTIAL);
}

Test(window_record, a_later_window_finds_what_an_earlier_one_could_not_tell)
{
	struct window_record windows[] = {
		{ .lost_drops = { .pending = true } },
		{ .lost_drops = { .n = 5, .known = true } },
	};
	struct window_record level = level_of(windows, 1);

	cr_expect_not(level.lost_drops.known);
	level = level_of(windows, 2);
	cr_expect(level.lost_drops.known);
	cr_expect_eq(level.lost_drops.n, 5);
}

/* A level that could not tell its losses leaves them to the next one. */
Test(window_record, losses_that_were_not_told_are_the_next_levels)
{
	struct window_record level = { .lost_drops = { .n = 3, .pending = true } };

	window_record_restart(&level);
	cr_expect_eq(level.lost_drops.n, 3);
	cr_expect(level.lost_drops.known);
	window_record_restart(&level);
	cr_expect_eq(level.lost_drops.n, 0, "told by then");
}

/* --read: a line says that a loss is unknown. */
Test(window_record, no_later_window_finds_what_can_never_be_known)
{
	struct window_record windows[] = {
		{ .lost_events = { .n = 5, .never = true } },
		{ .lost_events = { .n = 2, .known = true } },
	};
	struct window_record level = level_of(windows, 2);

	cr_expect_not(level.lost_events.known);
	window_record_restart(&level);
	cr_expect(level.lost_events.known);
	cr_expect_eq(level.lost_events.n, 0, "the next level's window has losses of its own");
}

Test(window_record, counters_of_a_level_stop_at_the_largest_number)
{
	struct window_record windows[] = { busy(FLOW_SUMS_MAX), busy(1) };
	struct window_record level = level_of(windows, 2);

	cr_expect_eq(level.lost_events.n, FLOW_SUMS_MAX);
	cr_expect_eq(level.lost_drops.n, FLOW_SUMS_MAX);
}
