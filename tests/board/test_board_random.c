/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board answers what its oracle answers, whatever windows there are. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/naive_board.h"
#include "board/some_windows.h"
#include "view/filter.h"

#define PLENTY ((size_t)1 << 30)

/* Selections, by chance. */
static struct flow_select selections[5];

static void make_selections(void)
{
	static const char *const lines[] = {
		"", "proto=tcp", "dport=0,251", "src=!10.0.0.0/24", "addr=10.0.0.0/16 direction=!in",
	};
	struct refusal why;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_assert_eq(view_filter_parse(&selections[i], lines[i], &why), 0, "%s", why.why);
}

static struct board_query some_query(struct random *r, size_t frames)
{
	static const uint64_t levels[] = { 0, 0, 0, 2000, 10000, BOARD_SNAPSHOTS, 5 };

	return (struct board_query){
		.level_ms = levels[random_below(r, 7)],
		.back = random_below(r, 2) ? 0 : random_below(r, frames + 2),
		.group = random_below(r, BOARD_N_GROUPS), .way = random_below(r, BOARD_N_WAYS),
		.sort = random_below(r, BOARD_N_COLUMNS), .reverse = random_below(r, 2),
		.select = random_below(r, 4) ? &selections[random_below(r, 5)] : NULL,
	};
}

static void expect_same_frame(const struct board_frame *a, const struct board_frame *b)
{
#define SAME(name) cr_assert_eq(a->name, b->name, #name)
#define SAME_NUMBER(name) SAME(name.n); SAME(name.state);
	SAME(level_ms); SAME(slot_ns); SAME(start_ns); SAME(end_ns); SAME(span_ns); SAME(hosts);
	SAME(host); SAME(status); SAME(events); SAME(clock_step_ms); SAME(flowtable_uncounted);
	SAME(missing); SAME(others); SAME(other_flows); SAME(skipped); SAME(incomplete); SAME(partial);
	VIEW_WINDOW_NUMBERS(SAME_NUMBER)
	cr_assert_eq(a->total.known, b->total.known);
	cr_assert_eq(a->total.unknown, b->total.unknown);
	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++)
		cr_assert_eq(a->total.of[i], b->total.of[i], "%s", view_counter_names[i]);
}

static void expect_same_row(const struct board_row *a, const struct board_row *b)
{
	cr_assert_arr_eq(&a->key, &b->key, sizeof(a->key));
	SAME(host); SAME(other); SAME(known); SAME(unknown); SAME(quiet);
	for (unsigned int i = 0; i < BOARD_N_COLUMNS; i++)
		SAME(of[i]);
}

static void expect_same_history(struct board *b, const struct naive_board *naive,
				const struct board_query *q, const struct board_row *row)
{
	uint64_t of[BOARD_HISTORY], naive_of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], naive_present[BOARD_HISTORY];
	bool partial[BOARD_HISTORY], naive_partial[BOARD_HISTORY];

	naive_history(naive, q, row, naive_of, naive_present, naive_partial);
	cr_assert_eq(board_history(b, q, row, of, present, partial), 0);
	for (size_t i = 0; i < BOARD_HISTORY; i++) {
		cr_assert_eq(of[i], naive_of[i], "%zu", i);
		cr_assert_eq(present[i], naive_present[i], "%zu", i);
		cr_assert_eq(partial[i], naive_partial[i], "%zu", i);
	}
}

/* What came of questions, so that a test can say that these were not all idle. */
struct tally {
	size_t rows, quiet, others, longest;
};

static void ask(struct board *b, const struct naive_board *naive, const struct board_query *q,
		struct random *r, struct tally *tally)
{
	struct board_frame frame, naive_frame;
	struct board_row row, *rows;
	long n = naive_ask(naive, q, &naive_frame, &rows), look = n ? random_below(r, n) : 0;

	cr_assert_eq(board_ask(b, q, &frame), n);
	expect_same_frame(&frame, &naive_frame);
	expect_same_history(b, naive, q, n && random_below(r, 4) ? &rows[look] : NULL);
	/* Rows are sorted as somebody looks at them: begin anywhere. */
	for (long i = 0; i < n; i++, look = (look + 1) % n) {
		if (!random_below(r, 8))
			cr_assert_eq(board_find(b, &rows[look]), look);
		board_row(b, look, &row);
		expect_same_row(&row, &rows[look]);
		cr_assert_eq(board_find(b, &row), look);
		tally->quiet += row.quiet > 0;
		tally->others += row.other;
	}
	tally->rows += n;
	tally->longest = n > (long)tally->longest ? (size_t)n : tally->longest;
	free(rows);
}

/* Much the same question, which the board need not work on from the beginning. */
static void ask_again(struct board *b, const struct naive_board *naive, struct board_query *q,
		      struct random *r, struct tally *tally)
{
	switch (random_below(r, 8)) {
	case 0:
		q->sort = random_below(r, BOARD_N_COLUMNS);
		break;
	case 1:
		q->reverse = !q->reverse;
		break;
	case 2:
		q->way = random_below(r, BOARD_N_WAYS);
		break;
	case 3:
		q->select = random_below(r, 2) ? NULL : &selections[random_below(r, 5)];
		break;
	case 4:
		q->back++;
		break;
	case 5:
		q->group = random_below(r, BOARD_N_GROUPS);
		break;
	case 6:
		q->level_ms = q->level_ms == 2000 ? 10000 : 2000;
		break;
	}
	ask(b, naive, q, r, tally);
}

static void expect_same_levels(struct board *b, const struct naive_board *naive, struct random *r)
{
	uint64_t ms[8], naive_ms[8], slots[4096], slot;
	size_t n = naive_levels(naive, naive_ms, 8), frames, back = 0;

	cr_assert_eq(board_levels(b, ms, 8), n);
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(ms[i], naive_ms[i]);
		frames = naive_frames(naive, ms[i], slots, 4096);
		cr_assert_eq(board_frames(b, ms[i]), frames);
		slot = slots[random_below(r, frames)] - random_below(r, 2);
		while (back + 1 < frames && slots[back] > slot)
			back++;
		cr_assert_eq(board_back(b, ms[i], slot), back);
		back = 0;
	}
	cr_assert_eq(board_forgotten(b), naive->forgotten);
}

/* Rounds of windows and questions. */
static void rounds(struct some_windows *s, unsigned int n, unsigned int windows, struct tally *tally)
{
	struct naive_board naive = { 0 };
	struct board *b;

	make_selections();
	cr_assert_eq(board_open(&b, PLENTY), 0);
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int k = random_below(&s->r, windows); k; k--) {
			struct view_window w = some_window_by_chance(s);

			naive_add(&naive, &w);
			cr_assert_eq(board_add(b, &w), 0);
			free(w.flows);
		}
		if (!random_below(&s->r, 10)) {
			naive_skipped(&naive, 3);
			board_skipped(b, 3);
		}
		if (naive.n) {
			struct board_query q = some_query(&s->r, board_frames(b, 0));

			expect_same_levels(b, &naive, &s->r);
			ask(b, &naive, &q, &s->r, tally);
			ask_again(b, &naive, &q, &s->r, tally);
		}
	}
	board_close(b);
	naive_close(&naive);
}

Test(board, answers_as_its_oracle)
{
	struct tally t = { 0 };

	for (unsigned int seed = 0; seed < 20; seed++) {
		struct some_windows s = { .r = random_from(seed), .keys = 40, .flows = 10 };

		rounds(&s, 100, 8, &t);
	}
	cr_expect(t.rows > 10000 && t.quiet > 5000 && t.others > 200, "%zu, %zu, %zu", t.rows, t.quiet,
		  t.others);
}

Test(board, answers_as_its_oracle_about_many_rows)
{
	struct tally t = { 0 };

	for (unsigned int seed = 0; seed < 4; seed++) {
		struct some_windows s = { .r = random_from(seed), .keys = 3000, .flows = 400 };

		rounds(&s, 30, 4, &t);
	}
	cr_expect_gt(t.longest, 300, "%zu", t.longest);
}
