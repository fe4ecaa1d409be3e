/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boards that have little room, or get no memory. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/naive_board.h"
#include "board/some_windows.h"
#include "refusing_calloc.h"

/* Whether the board has a frame. */
static bool has_frame(const struct board *b, uint64_t level_ms, uint64_t slot_ns)
{
	struct board_query q = { .level_ms = level_ms, .back = board_back(b, level_ms, slot_ns) };
	struct board_frame frame;

	/* Only the frame is looked at, but the board makes an answer, too. */
	return board_ask((struct board *)b, &q, &frame) >= 0 && frame.slot_ns == slot_ns &&
	       frame.level_ms == level_ms;
}

static size_t frames_of(const struct naive_board *naive)
{
	uint64_t ms[8], slots[4096];
	size_t n = naive_levels(naive, ms, 8), frames = 0;

	for (size_t i = 0; i < n; i++)
		frames += naive_frames(naive, ms[i], slots, 4096);
	return frames;
}

/* Forget in the oracle what the board says to have forgotten since the window was added: each time
 * the oldest frame, but not that of the window, of the level that has the most. */
static void forget_as_the_board(struct naive_board *naive, const struct board *b,
				const struct view_window *added)
{
	uint64_t kept_ms = added->window_ms ? added->window_ms : BOARD_SNAPSHOTS;

	while (naive->forgotten < board_forgotten(b)) {
		uint64_t ms[8], slots[4096], level = 0, oldest = 0;
		size_t n = naive_levels(naive, ms, 8), most = 0;

		for (size_t i = 0; i < n; i++) {
			size_t frames = naive_frames(naive, ms[i], slots, 4096), last = frames - 1;

			if (ms[i] == kept_ms && slots[last] == added->slot_ns && !last--)
				continue;
			if (frames <= most)
				continue;
			most = frames;
			level = ms[i];
			oldest = slots[last];
		}
		cr_assert_gt(most, 0, "there is another frame");
		naive_forget(naive, level, oldest);
	}
}

static void expect_same_frames(struct board *b, const struct naive_board *naive)
{
	uint64_t ms[8], its[8], slots[4096];
	size_t n = naive_levels(naive, ms, 8);

	cr_assert_eq(board_levels(b, its, 8), n);
	for (size_t i = 0; i < n; i++) {
		size_t frames = naive_frames(naive, ms[i], slots, 4096);

		cr_assert_eq(board_frames(b, ms[i]), frames);
		for (size_t k = 0; k < frames; k++)
			cr_assert(has_frame(b, ms[i], slots[k]), "%zu of %zu", k, frames);
	}
}

static void expect_same_rows(struct board *b, const struct naive_board *naive, struct random *r)
{
	struct board_query q = {
		.back = random_below(r, 3), .group = random_below(r, BOARD_N_GROUPS),
		.sort = random_below(r, BOARD_N_COLUMNS),
	};
	struct board_frame frame, naive_frame;
	struct board_row row, *rows;
	long n = naive_ask(naive, &q, &naive_frame, &rows);

	cr_assert_eq(board_ask(b, &q, &frame), n);
	for (long i = 0; i < n; i++) {
		board_row(b, i, &row);
		cr_assert_arr_eq(&row.key, &rows[i].key, sizeof(row.key));
		cr_assert_arr_eq(row.of, rows[i].of, sizeof(row.of));
		cr_assert_eq(row.quiet, rows[i].quiet);
	}
	free(rows);
}

Test(board_forgetting, the_level_with_most_frames_loses_its_oldest_one)
{
	struct some_windows s = { .r = random_from(1), .keys = 500, .flows = 30 };
	struct naive_board naive = { 0 };
	size_t fewest = SIZE_MAX;
	struct board *b;

	cr_assert_eq(board_open(&b, 60000), 0);
	for (unsigned int i = 0; i < 2000; i++) {
		struct view_window w = some_window_by_chance(&s);

		naive_add(&naive, &w);
		cr_assert_eq(board_add(b, &w), 0);
		forget_as_the_board(&naive, b, &w);
		cr_assert_eq(naive.forgotten, board_forgotten(b));
		if (i % 5 == 0) {
			expect_same_frames(b, &naive);
			expect_same_rows(b, &naive, &s.r);
		}
		if (i > 500 && frames_of(&naive) < fewest)
			fewest = frames_of(&naive);
		free(w.flows);
	}
	cr_expect(board_forgotten(b) > 500 && fewest > 5 && frames_of(&naive) < 60);
	naive_close(&naive);
	board_close(b);
}

Test(board_forgetting, at_least_one_frame_stays)
{
	struct view_flow flows[100];
	struct view_window w = some_window(5, flows, 100);
	struct board *b;

	for (unsigned int i = 0; i < 100; i++)
		flows[i] = some_flow(i, 1, 1, 1);
	cr_assert_eq(board_open(&b, 0), 0);
	for (unsigned int i = 0; i < 10; i++) {
		w = some_window(i, flows, 100);
		if (i == 8)
			w.window_ms = 60000;
		cr_assert_eq(board_add(b, &w), 0);
		cr_expect_eq(board_frames(b, 0), 1);
		cr_expect_eq(board_forgotten(b), i);
		cr_expect(has_frame(b, w.window_ms, w.slot_ns));
	}
	board_close(b);
}

/* Windows of nothing but new keys: what is kept of them takes the bytes that it may take, and not
 * many more or fewer. A key has about 70 bytes then, with the counters of its flow. */
Test(board_forgetting, memory_is_used_as_far_as_it_may_be)
{
	static struct view_flow flows[1000];
	const size_t max = 2 << 20;
	struct board *b;

	cr_assert_eq(board_open(&b, max), 0);
	for (unsigned int second = 0; second < 300; second++) {
		struct view_window w = some_window(second, flows, 1000);

		for (unsigned int i = 0; i < 1000; i++) {
			flows[i] = some_flow(i, second, i, 1 + i);
			flows[i].key.dst[14] = second >> 8;
			flows[i].key.src[14] = i >> 8;
		}
		for (unsigned int i = 0; i < 500; i++)
			flows[500 + i].key = flows[i].key;	/* each key twice */
		cr_assert_eq(board_add(b, &w), 0);
	}
	cr_expect_geq(board_frames(b, 0) * 500 * 100, max);
	cr_expect_leq(board_frames(b, 0) * 500 * 40, max);
	cr_expect_eq(board_frames(b, 0) + board_forgotten(b), 300);
	board_close(b);
}

/* More than the arrays of a window of two flows take, and less than a frame takes. */
#define NO_FRAME 500

Test(board_forgetting, without_memory_for_a_frame_there_is_no_level)
{
	struct view_flow flow = some_flow(1, 1, 1, 1);
	struct view_window w = some_window(0, &flow, 1);
	struct board *b;
	uint64_t ms;

	cr_assert_eq(board_open(&b, 0), 0);
	calloc_refused_bytes = NO_FRAME;
	cr_expect_eq(board_add(b, &w), -ENOMEM);
	calloc_refused_bytes = 0;
	cr_expect_eq(board_levels(b, &ms, 1), 0);
	cr_expect_eq(board_add(b, &w), 0);
	board_close(b);
}

/* How many frames there are in so much room: one of 200 flows, then small ones. Before these come
 * windows that find no memory. */
static size_t frames_after(size_t max_bytes, unsigned int without_memory)
{
	static struct view_flow flows[200];
	struct view_window w = some_window(0, flows, 200);
	struct board *b;
	size_t frames;

	for (unsigned int i = 0; i < 200; i++)
		flows[i] = some_flow(i, 1, 1, 1);
	cr_assert_eq(board_open(&b, max_bytes), 0);
	cr_assert_eq(board_add(b, &w), 0);
	for (unsigned int i = 0; i < without_memory; i++) {
		struct view_flow two[] = { some_flow(i, 1, 2, 1), some_flow(i, 1, 3, 1) };

		w = some_window(1, two, 2);
		calloc_refused_bytes = NO_FRAME;
		cr_assert_eq(board_add(b, &w), -ENOMEM);
		calloc_refused_bytes = 0;
	}
	for (unsigned int second = 1; second < 30; second++) {
		w = some_window(second, flows, 1);
		cr_assert_eq(board_add(b, &w), 0);
	}
	frames = board_frames(b, 0);
	board_close(b);
	return frames;
}

Test(board_forgetting, what_found_no_memory_takes_none)
{
	size_t most = 0;

	for (size_t max = 2000; max < 80000; max += 1000) {
		size_t frames = frames_after(max, 50);

		cr_expect_eq(frames, frames_after(max, 0), "%zu bytes", max);
		most = frames > most ? frames : most;
	}
	cr_expect_eq(most, 30, "there was room enough in the end");
}

Test(board_forgetting, without_memory_there_is_no_answer)
{
	struct some_windows s = { .r = random_from(9), .keys = 2000, .flows = 2000 };
	struct view_window w = some_window_by_chance(&s);
	struct board_query q = { .group = BOARD_SRC };
	struct naive_board naive = { 0 };
	struct board_frame frame;
	struct board *b;
	long n;

	for (size_t i = 0; i < w.n_flows; i++) {	/* more sources than the answer has room for at first */
		w.flows[i].other = false;
		w.flows[i].key.has |= VIEW_SRC;
		w.flows[i].key.src_bits = 128;
		w.flows[i].key.src[14] = (uint8_t)(i >> 8);
		w.flows[i].key.src[15] = (uint8_t)i;
	}
	cr_assert_eq(board_open(&b, 1 << 30), 0);
	cr_assert_eq(board_add(b, &w), 0);
	naive_add(&naive, &w);
	calloc_refused_bytes = 20;
	n = board_ask(b, &q, &frame);
	calloc_refused_bytes = 0;
	cr_expect_eq(n, -ENOMEM);
	expect_same_rows(b, &naive, &s.r);
	free(w.flows);
	naive_close(&naive);
	board_close(b);
}

Test(board_forgetting, without_memory_nothing_is_added)
{
	static const size_t limits[] = { 0, 20, 100, 300, 600, 1000, 3000, 9000 };
	struct some_windows s = { .r = random_from(9), .keys = 2000, .flows = 60 };
	unsigned int refused = 0, without_history = 0;
	struct naive_board naive = { 0 };
	struct board *b;

	cr_assert_eq(board_open(&b, 1 << 30), 0);
	for (unsigned int i = 0; i < 1500; i++) {
		struct view_window w = some_window_by_chance(&s);
		struct board_query q = { .group = random_below(&s.r, BOARD_N_GROUPS) };
		uint64_t of[BOARD_HISTORY];
		bool present[BOARD_HISTORY], partial[BOARD_HISTORY];
		struct board_frame frame;
		int err;

		calloc_refused_bytes = limits[random_below(&s.r, 8)];
		err = board_add(b, &w);
		cr_assert(!err || err == -ENOMEM);
		board_ask(b, &q, &frame);
		q.select = &(struct flow_select){ .proto = { .n = 1, .inverted = true } };
		if (board_history(b, &q, NULL, of, present, partial)) {
			cr_assert(!of[BOARD_HISTORY - 1] && !present[BOARD_HISTORY - 1]);
			without_history++;
		}
		calloc_refused_bytes = 0;
		refused += err != 0;
		if (!err)
			naive_add(&naive, &w);
		if (i % 10 == 0) {
			expect_same_frames(b, &naive);
			expect_same_rows(b, &naive, &s.r);
		}
		free(w.flows);
	}
	cr_expect(refused > 300 && refused < 1200 && without_history > 300, "%u, %u", refused, without_history);
	naive_close(&naive);
	board_close(b);
}
