/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What board.h says of frames, case by case. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "board/some_windows.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct board *b;
static struct board_frame frame;

static void open_board(void)
{
	cr_assert_eq(board_open(&b, 1 << 30), 0);
}

static void close_board(void)
{
	board_close(b);
}
TestSuite(board_frames, .init = open_board, .fini = close_board);

static void add(const struct view_window *w)
{
	cr_assert_eq(board_add(b, w), 0);
}

/* A window of this second with one flow, from 10.0.0.src, of so many starts. */
static struct view_window one(unsigned int second, unsigned int src, uint64_t starts)
{
	static struct view_flow flow;

	flow = some_flow(src, 1, 443, starts);
	return some_window(second, &flow, 1);
}

static void add_one(unsigned int second, unsigned int src, uint64_t starts)
{
	struct view_window w = one(second, src, starts);

	add(&w);
}

/* Ask for flows by their starts; how many rows there are. */
static long ask(uint64_t level_ms, size_t back)
{
	struct board_query q = { .level_ms = level_ms, .back = back, .sort = BOARD_STARTS };

	return board_ask(b, &q, &frame);
}

static struct board_row row(size_t i)
{
	struct board_row r;

	board_row(b, i, &r);
	return r;
}

static bool is_zero(const void *what, size_t len)
{
	static const char zero[2048];

	cr_assert_leq(len, sizeof(zero));
	return !memcmp(what, zero, len);
}

Test(board_frames, nothing_is_there_at_first)
{
	uint64_t ms, of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];
	struct board_query q = { 0 };

	memset(&frame, 1, sizeof(frame));
	cr_expect_eq(ask(0, 0), 0);
	cr_expect(is_zero(&frame, sizeof(frame)));
	cr_expect_eq(board_levels(b, &ms, 1), 0);
	cr_expect_eq(board_frames(b, 0), 0);
	cr_expect_eq(board_back(b, 0, 5), 0);
	cr_expect_eq(board_history(b, &q, NULL, of, present, partial), 0);
	cr_expect(is_zero(of, sizeof(of)) && is_zero(present, sizeof(present)) &&
		  is_zero(partial, sizeof(partial)));
	board_close(NULL);
}

Test(board_frames, there_is_no_frame_behind_the_oldest_one)
{
	add_one(1, 1, 1);
	cr_expect_eq(ask(0, 0), 1);
	cr_expect_eq(ask(0, 1), 0);
	cr_expect(is_zero(&frame, sizeof(frame)));
	cr_expect_eq(ask(0, SIZE_MAX), 0);
	cr_expect_eq(ask(500, 0), 0, "another level");
}

Test(board_frames, windows_of_several_hosts_with_one_slot_are_one_frame)
{
	struct view_window w = one(5, 1, 10);

	add(&w);
	cr_expect_eq(ask(0, 0), 1);
	cr_expect(frame.hosts == 1 && frame.host == 1);
	w.host = 7;
	w.end_ns += SECOND / 2;
	some_counter(&w.flows[0], VIEW_starts, 5);
	add(&w);
	cr_assert_eq(ask(0, 0), 1);
	cr_expect_eq(board_frames(b, 0), 1);
	cr_expect_eq(row(0).of[BOARD_STARTS], 15);
	cr_expect(frame.hosts == 2 && frame.host == 0);
	cr_expect_eq(frame.slot_ns, 5 * SECOND);
	cr_expect_eq(frame.start_ns, 5 * SECOND);
	cr_expect_eq(frame.end_ns, 6 * SECOND + SECOND / 2);
	cr_expect_eq(frame.span_ns, SECOND + SECOND / 2, "the longest of one host's");
}

/* The host's windows from this half of second 5 on. */
static struct view_window half(unsigned int n, uint64_t live)
{
	struct view_window w = one(5, 1, 10);

	w.start_ns += n * (SECOND / 2);
	w.end_ns = w.start_ns + SECOND / 2;
	w.seq.n = 100 + n;
	some_counter(&w.flows[0], VIEW_live, live);
	w.total.of[VIEW_live] = w.flows[0].sums.of[VIEW_live];
	w.total.of[VIEW_closing] = 2 * live;
	w.total.known = 1u << VIEW_live | 1u << VIEW_closing;
	return w;
}

/* What the history says of live connections in the newest frame. */
static uint64_t newest_live(void)
{
	struct board_query q = { .sort = BOARD_LIVE };
	uint64_t of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];

	cr_assert_eq(board_history(b, &q, NULL, of, present, partial), 0);
	return of[BOARD_HISTORY - 1];
}

Test(board_frames, windows_that_a_host_closed_early_add_up_but_for_live)
{
	struct view_window w = half(0, 100);

	add(&w);
	w = half(1, 40);
	add(&w);
	cr_assert_eq(ask(0, 0), 1);
	cr_expect_eq(row(0).of[BOARD_STARTS], 20);
	cr_expect_eq(row(0).of[BOARD_LIVE], 40);
	cr_expect_eq(frame.total.of[VIEW_live], 40);
	cr_expect_eq(frame.total.of[VIEW_closing], 80);
	cr_expect_eq(newest_live(), 40);
	cr_expect_eq(frame.span_ns, SECOND);
	cr_expect_eq(frame.hosts, 1);
	cr_expect_eq(frame.seq.n, 101);
	/* of another network namespace: it has its own */
	w = half(0, 3);
	w.netns = 9;
	add(&w);
	ask(0, 0);
	cr_expect_eq(row(0).of[BOARD_LIVE], 43);
	cr_expect_eq(frame.total.of[VIEW_live], 43);
	cr_expect_eq(frame.hosts, 1);
	cr_expect_eq(frame.span_ns, SECOND, "as long as those of one namespace");
	/* of another host */
	w = half(0, 1000);
	w.host = 8;
	add(&w);
	ask(0, 0);
	cr_expect_eq(row(0).of[BOARD_LIVE], 1043);
}

Test(board_frames, live_is_of_the_last_window_that_knows)
{
	struct view_window w = half(0, 100);

	add(&w);
	w = half(1, 0);
	w.flows[0].sums.known = 1u << VIEW_starts;	/* another run, which does not look */
	w.total.known = 0;
	w.run = 77;
	add(&w);
	ask(0, 0);
	cr_expect_eq(row(0).of[BOARD_LIVE], 100);
	cr_expect_eq(frame.total.of[VIEW_live], 100);
	cr_expect(row(0).known >> BOARD_LIVE & 1);
	/* another one with the same end */
	w = half(0, 5);
	add(&w);
	ask(0, 0);
	cr_expect_eq(row(0).of[BOARD_LIVE], 5);
	/* the last one says that it is unknown */
	w = half(1, 0);
	w.end_ns += 1;
	w.flows[0].sums.known = 1u << VIEW_starts;
	w.flows[0].sums.unknown = 1u << VIEW_live;
	w.total.known = 0;
	add(&w);
	ask(0, 0);
	cr_expect_eq(row(0).of[BOARD_LIVE], 0);
	cr_expect_not(row(0).known >> BOARD_LIVE & 1);
	cr_expect(row(0).unknown >> BOARD_LIVE & 1);
}

Test(board_frames, a_late_window_is_put_into_its_place)
{
	add_one(1, 1, 1);
	add_one(5, 5, 5);
	struct view_window w = one(3, 3, 3);

	w.host = 2;
	add(&w);
	cr_assert_eq(board_frames(b, 0), 3);
	for (unsigned int back = 0; back < 3; back++) {
		ask(0, back);
		cr_expect_eq(frame.slot_ns, (5 - 2 * back) * SECOND);
		cr_expect_eq(row(0).of[BOARD_STARTS], 5 - 2 * back);
	}
	w = one(1, 1, 30);
	w.host = 2;
	add(&w);
	cr_expect_eq(board_frames(b, 0), 3);
	ask(0, 2);
	cr_expect_eq(row(0).of[BOARD_STARTS], 31);
	cr_expect_eq(board_forgotten(b), 0);
}

Test(board_frames, levels_stand_apart)
{
	struct view_window w = one(0, 1, 5);
	uint64_t ms[4] = { 0 };

	w.window_ms = 60000;
	add(&w);
	cr_expect_eq(ask(0, 0), 1);
	cr_expect_eq(frame.level_ms, 60000);
	add_one(0, 2, 9);
	cr_expect_eq(board_levels(b, ms, 4), 2);
	cr_expect(ms[0] == 1000 && ms[1] == 60000 && !ms[2]);
	cr_expect_eq(board_levels(b, ms, 1), 1);
	cr_expect_eq(ask(0, 0), 1);
	cr_expect(frame.level_ms == 1000 && row(0).of[BOARD_STARTS] == 9);
	cr_expect_eq(ask(60000, 0), 1);
	cr_expect(frame.level_ms == 60000 && row(0).of[BOARD_STARTS] == 5);
	cr_expect_eq(board_frames(b, 1000), 1);
	cr_expect_eq(board_frames(b, 60000), 1);
}

Test(board_frames, snapshots_are_the_last_level)
{
	struct view_window w = one(10, 1, 5);
	uint64_t ms[4];

	w.window_ms = 0;
	add(&w);
	cr_expect_eq(ask(0, 0), 1, "there is nothing else");
	cr_expect_eq(frame.level_ms, BOARD_SNAPSHOTS);
	cr_expect_eq(frame.span_ns, 0, "numbers of a moment have no rate");
	add_one(10, 2, 9);
	cr_expect_eq(board_levels(b, ms, 4), 2);
	cr_expect(ms[0] == 1000 && ms[1] == BOARD_SNAPSHOTS);
	ask(0, 0);
	cr_expect_eq(frame.level_ms, 1000);
	cr_expect_eq(ask(BOARD_SNAPSHOTS, 0), 1);
	cr_expect_eq(row(0).of[BOARD_STARTS], 5);
}

Test(board_frames, a_slot_is_found_again)
{
	for (unsigned int second = 10; second < 20; second += 2)
		add_one(second, 1, 1);
	cr_expect_eq(board_back(b, 0, 18 * SECOND), 0);
	cr_expect_eq(board_back(b, 0, 14 * SECOND), 2);
	cr_expect_eq(board_back(b, 0, 15 * SECOND), 2, "the one before");
	cr_expect_eq(board_back(b, 0, 99 * SECOND), 0);
	cr_expect_eq(board_back(b, 0, 10 * SECOND), 4);
	cr_expect_eq(board_back(b, 0, 9 * SECOND), 4, "the oldest one");
	cr_expect_eq(board_back(b, 77, 14 * SECOND), 0);
}

/* --- what window records say ---------------------------------------------------------- */

Test(board_frames, numbers_add_up)
{
	struct view_window w = one(1, 1, 1);

	w.lost_events = (struct view_number){ 5, VIEW_KNOWN };
	w.lost_drops = (struct view_number){ 5, VIEW_KNOWN };
	w.table_rows = (struct view_number){ 50, VIEW_KNOWN };
	w.table_capacity = (struct view_number){ 100, VIEW_KNOWN };
	w.kernel_entries = (struct view_number){ 9, VIEW_KNOWN };
	w.kernel_max = (struct view_number){ 10, VIEW_KNOWN };
	w.total.known = 1u << VIEW_starts | 1u << VIEW_ends | 1u << VIEW_drops | 1u << VIEW_logged |
			1u << VIEW_orig_bytes | 1u << VIEW_duration_ms_max;
	w.total.of[VIEW_starts] = 1;
	w.total.of[VIEW_ends] = 20;
	w.total.of[VIEW_drops] = 300;
	w.total.of[VIEW_logged] = 4000;
	w.total.of[VIEW_orig_bytes] = 50000;
	w.total.of[VIEW_duration_ms_max] = 8;
	add(&w);
	w.host = 2;
	w.lost_events.n = 7;
	w.lost_drops = (struct view_number){ 0, VIEW_NULL };
	w.table_rows.n = 70;
	w.table_capacity.n = 1000;
	w.kernel_entries.n = 91;
	w.kernel_max.n = 100;
	w.seq.n = 9;
	add(&w);
	ask(0, 0);
	cr_expect(frame.lost_events.state == VIEW_KNOWN && frame.lost_events.n == 12);
	cr_expect_eq(frame.lost_drops.state, VIEW_NULL);
	cr_expect_eq(frame.vanished.state, VIEW_ABSENT);
	cr_expect(frame.table_rows.n == 50 && frame.table_capacity.n == 100, "the fullest one");
	cr_expect(frame.kernel_entries.n == 91 && frame.kernel_max.n == 100);
	cr_expect_eq(frame.seq.n, 9);
	cr_expect_eq(frame.events, 2 * 4321);
	cr_expect_eq(frame.total.of[VIEW_orig_bytes], 100000);
	cr_expect_eq(frame.total.of[VIEW_duration_ms_max], 8);
}

Test(board_frames, the_status_is_of_all_windows)
{
	struct view_window w = one(1, 1, 1);

	w.status = WINDOW_NODATA;
	add(&w);
	ask(0, 0);
	cr_expect(frame.status == WINDOW_NODATA && frame.partial == 1);
	w.host = 2;
	w.status = WINDOW_OK;
	add(&w);
	ask(0, 0);
	cr_expect(frame.status == WINDOW_OK && !frame.partial);
	w.host = 3;
	w.missing = 4;
	add(&w);
	ask(0, 0);
	cr_expect(frame.status == WINDOW_PARTIAL && frame.missing == 4 && !frame.incomplete);
	cr_expect_eq(frame.partial, 1);
}

Test(board_frames, a_window_without_its_record_counts_by_its_flows_alone)
{
	struct view_window w = one(1, 1, 6);

	w.complete = false;
	w.total.known = 1;	/* unset, so anything */
	w.total.of[0] = 99;
	w.missing = 5;
	w.lost_events = (struct view_number){ 5, VIEW_KNOWN };
	add(&w);
	cr_expect_eq(ask(0, 0), 1);
	cr_expect_eq(row(0).of[BOARD_STARTS], 6);
	cr_expect_eq(frame.status, WINDOW_PARTIAL);
	cr_expect(frame.incomplete == 1 && !frame.missing && !frame.events && !frame.total.known);
	cr_expect_eq(frame.lost_events.state, VIEW_ABSENT);
	cr_expect_eq(frame.span_ns, SECOND);
}

Test(board_frames, partial_frames_are_counted_over_the_history)
{
	for (unsigned int second = 0; second < 130; second++) {
		struct view_window w = one(second, 1, 1);

		if (second == 10 || second == 20)
			w.status = WINDOW_PARTIAL;
		add(&w);
		ask(0, 0);
		cr_expect_eq(frame.partial, (size_t)(second >= 10 && second < 70) + (second >= 20 && second < 80),
			     "second %u", second);
	}
}

Test(board_frames, skipped_windows_are_said_once_on_each_level)
{
	struct view_window w = one(0, 1, 1);

	w.window_ms = 10000;
	add_one(1, 1, 1);
	add(&w);
	board_skipped(b, 2);
	board_skipped(b, 3);
	add_one(2, 1, 1);
	add_one(3, 1, 1);
	ask(0, 0);
	cr_expect(!frame.skipped && frame.partial == 1);
	ask(0, 1);
	cr_expect(frame.skipped == 5 && frame.partial == 1);
	ask(0, 2);
	cr_expect(!frame.skipped && !frame.partial);
	w.slot_ns += 10 * SECOND;
	w.seq.n++;
	add(&w);
	ask(10000, 0);
	cr_expect_eq(frame.skipped, 5);
}

Test(board_frames, others_are_counted)
{
	struct view_flow flows[] = { some_other(70, 3), some_flow(1, 1, 1, 1), some_other(5, 4) };
	struct view_window w = some_window(1, flows, LENGTH(flows));

	add(&w);
	cr_expect_eq(ask(0, 0), 2);
	cr_expect(frame.others == 2 && frame.other_flows == 75);
	cr_expect(row(0).other && row(0).of[BOARD_STARTS] == 7);
}

/* --- clocks --------------------------------------------------------------------------- */

Test(board_frames, frames_of_a_time_that_has_not_come_yet_go)
{
	struct view_window w;

	for (unsigned int second = 10; second < 20; second++)
		add_one(second, 1, 1);
	w = one(14, 1, 100);	/* five seconds back */
	w.seq.n = 21;
	w.clock_step_ms = -5000;
	add(&w);
	cr_expect_eq(board_frames(b, 0), 5);
	cr_expect_eq(board_forgotten(b), 5);
	ask(0, 0);
	cr_expect(frame.slot_ns == 14 * SECOND && frame.clock_step_ms == -5000);
	cr_expect_eq(row(0).of[BOARD_STARTS], 101, "both windows of this slot");
	cr_expect_eq(frame.span_ns, 2 * SECOND);
	w = one(15, 1, 7);
	w.seq.n = 22;
	add(&w);
	ask(0, 0);
	cr_expect(frame.slot_ns == 15 * SECOND && row(0).of[BOARD_STARTS] == 7);
}

Test(board_frames, frames_stay_that_another_run_is_in_or_that_came_later)
{
	struct view_window w, other = one(18, 1, 1);

	for (unsigned int second = 10; second < 20; second++)
		add_one(second, 1, 1);
	other.host = 2;
	add(&other);
	w = one(14, 1, 100);
	w.seq.n = 3;	/* late, and not of a clock that is stepped back */
	add(&w);
	w.seq.n = 99;
	w.run = 3;	/* another run */
	add(&w);
	w.run = 2;
	w.netns = 4;	/* another network namespace */
	add(&w);
	w.netns = 0;
	w.complete = false;
	add(&w);
	cr_expect_eq(board_frames(b, 0), 10);
	w.complete = true;
	w.window_ms = 2000;	/* another level */
	add(&w);
	cr_expect_eq(board_frames(b, 1000), 10);
	w.window_ms = 1000;
	add(&w);
	cr_expect_eq(board_frames(b, 0), 6, "10 to 14, and 18");
	ask(0, 0);
	cr_expect_eq(frame.slot_ns, 18 * SECOND);
}
