/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_PARTS_H
#define CTAGG_BOARD_PARTS_H

#include "board/board.h"
#include "board/frame.h"
#include "board/keys.h"

/* Shared by the files of the board, which alone include this header. */

/* The frames of one length, the oldest one first; at least one.
 *
 * skipped  what board_skipped() had been told when the level's latest window came
 */
struct board_level {
	uint64_t ms;
	struct frame **frames;
	size_t n, room;
	uint64_t skipped;
};

/* A row of the latest answer.
 *
 * row    the id of its code: among the keys (BOARD_FLOWS), or among `groups'
 * quiet  as in struct board_row
 */
struct board_found {
	uint32_t row;
	uint8_t quiet;
};

/* A part of the order of an answer: from `begin' to the next part. Whatever stands in it belongs
 * there, and stands where it belongs when the part is sorted. */
struct board_part {
	uint32_t begin;
	bool sorted;
};

/* The latest answer.
 *
 * found_all  the rows are those of `query' and `select', and nothing has been added since
 * query    what was asked; the pointer to the selection says only whether there is one
 * select   a copy of the selection
 * groups   the codes of rows, unless they are flows
 * place    by the id of a key: FIRST_PLACE and where its row stands in found; or HIDDEN; 0: not known
 * found    n rows, those that have records in the frame first
 * sums     of these, in the same order; n_sums of them
 * order    where each row stands in found, in the order of the answer as far as parts are sorted
 * parts    the first one begins at 0
 * chance   the state of a generator of numbers
 */
struct board_answer {
	bool found_all;
	struct board_query query;
	struct flow_select select;
	struct board_keys *groups;
	uint32_t *place;
	size_t place_room;
	struct board_found *found;
	size_t n, found_room;
	struct board_sums *sums;
	size_t n_sums, sums_room;
	uint32_t *order;
	size_t order_room;
	struct board_part *parts;
	size_t n_parts, parts_room;
	uint64_t chance;
};

/* levels   in the order of their lengths
 * keys     of all flows in frames; each window holds its own
 * bytes    of the frames
 * windows  how many have been added
 * skipped  what board_skipped() has been told
 * answer   on its own: to look at an answer sorts it, which changes nothing for the board's user
 */
struct board {
	size_t max_bytes, bytes;
	struct board_level *levels;
	size_t n_levels, levels_room;
	struct board_keys *keys;
	uint64_t windows, skipped, forgotten;
	struct board_answer *answer;
};

/* --- levels.c --- */

/* The level of this name, as a query has it; NULL: there is none. */
const struct board_level *board_level(const struct board *b, uint64_t level_ms);

/* The frame so far back, settled; NULL: there is none, or no such level. */
struct frame *board_frame_back(const struct board_level *level, size_t back);

/* Find the frame of a window, or make one, with room for the window. Returns NULL without memory;
 * then nothing has changed. */
struct frame *board_frame_for(struct board *b, const struct view_window *w);

/* Forget the frames that w, which was added to the frame f, shows to be of another time, and those
 * for which there is no room. */
void board_forget(struct board *b, const struct view_window *w, const struct frame *f);

void board_levels_close(struct board *b);

/* --- answer.c --- */

int board_answer_open(struct board_answer **out);	/* 0 or -ENOMEM */
void board_answer_close(struct board_answer *a);	/* NULL is fine */
void board_answer_forget(struct board_answer *a);

/* The code of a row that was found. */
const uint8_t *board_found_code(const struct board *b, uint32_t at, size_t *len);

/* --- order.c --- */

/* Begin the order of an answer, whose rows have been found. Returns 0 or -ENOMEM. */
int board_order_begin(const struct board *b);

/* Which of the rows that were found is the i-th of the answer. */
uint32_t board_order_at(const struct board *b, size_t i);

/* Which row of the answer the row is that was found at this place. */
size_t board_order_of(const struct board *b, uint32_t at);

/* --- add.c --- */

/* Release the keys of a window's flows. */
void board_release(struct board *b, const struct board_packed *flows);

#endif
