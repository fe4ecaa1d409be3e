/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_BOARD_NAIVE_BOARD_H
#define CTAGG_TESTS_BOARD_NAIVE_BOARD_H

#include "board/board.h"

/* The oracle of the board: it keeps all windows as they came, and looks at every flow of every
 * window for each question. It forgets only what a clock that is stepped back makes a board forget,
 * and what it is told to. */

struct naive_window {
	struct view_window w;	/* with its own flows */
	uint64_t order, skipped;
};

struct naive_board {
	struct naive_window *windows;
	size_t n;
	uint64_t added, skipped;
	struct { uint64_t level_ms, skipped; } seen[64];	/* by level: what was told before */
	size_t n_seen;
	uint64_t forgotten;	/* frames */
};

void naive_add(struct naive_board *b, const struct view_window *w);
void naive_skipped(struct naive_board *b, uint64_t n);

/* Forget all windows of this frame. */
void naive_forget(struct naive_board *b, uint64_t level_ms, uint64_t slot_ns);
void naive_close(struct naive_board *b);

/* The slots of a level's frames, the newest one first, at most max. Returns how many there are. */
size_t naive_frames(const struct naive_board *b, uint64_t level_ms, uint64_t *slots, size_t max);

/* All levels, shortest first. Returns how many. */
size_t naive_levels(const struct naive_board *b, uint64_t *ms, size_t max);

/* As board_ask(), with all rows in an array, which belongs to the caller. */
long naive_ask(const struct naive_board *b, const struct board_query *q, struct board_frame *frame,
	       struct board_row **rows);

/* A frame, without `partial'. */
struct board_frame naive_frame(const struct naive_board *b, uint64_t level_ms, uint64_t slot_ns);

/* Whether the window says how many connections are live, and no later window of the same host and
 * namespace in the frame does. */
bool naive_has_last_live(const struct naive_board *b, const struct naive_window *n);

void naive_history(const struct naive_board *b, const struct board_query *q,
		   const struct board_row *row, uint64_t of[BOARD_HISTORY],
		   bool present[BOARD_HISTORY], bool partial[BOARD_HISTORY]);

#endif
