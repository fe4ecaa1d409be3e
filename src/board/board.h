/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_BOARD_H
#define CTAGG_BOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/select.h"
#include "view/texts.h"
#include "view/window.h"

/* The latest windows, and what the live view asks of them: rows of one moment, grouped, selected
 * and sorted; and one row's history. Knows no terminal.
 *
 * A frame is one nominal window: all windows of one level (window_ms) that have one slot, of all
 * hosts, and all those that a host closed early in it. Frames are kept as long as all of them
 * together take at most a given number of bytes; the oldest ones go first. */
struct board;

#define BOARD_HISTORY 60	/* frames that a row stays for, at 0, after its last record */

enum board_group {
	BOARD_FLOWS,	/* the whole key */
	BOARD_SRC,	/* src (with its prefix length) */
	BOARD_DST,
	BOARD_PORT,	/* proto and dport; ICMP by its type */
	BOARD_RULE,	/* prefix, rule, comment; flows without one are not shown */
	BOARD_LABEL,	/* src_label and dst_label; flows that have neither are one row */
	BOARD_DIRECTION,
	BOARD_HOST,
	BOARD_N_GROUPS
};

/* Which way bytes and packets are counted. */
enum board_way { BOARD_BOTH, BOARD_SENT, BOARD_RECEIVED, BOARD_N_WAYS };

enum board_column {
	BOARD_BYTES,
	BOARD_PACKETS,
	BOARD_STARTS,
	BOARD_ENDS,
	BOARD_DROPS,
	BOARD_LIVE,
	BOARD_N_COLUMNS
};

/* level_ms  which level; 0: the shortest one that there is
 * back      which frame: 0 is the newest one, 1 the one before
 * sort      by this column, largest first; reverse: smallest first. Rows that are equal are sorted
 *           by their keys
 */
struct board_query {
	uint64_t level_ms;
	size_t back;
	enum board_group group;
	enum board_way way;
	enum board_column sort;
	bool reverse;
	const struct flow_select *select;
};

/* A row: the sums over all flows of the frame that are in the group and are selected.
 *
 * key      of the group: only its fields
 * host     of BOARD_HOST: the number of the text
 * other    of BOARD_FLOWS and groups that `other' records have no field of: these records together
 * of       by enum board_column, already the way that was asked for
 * known    a bit for each column whose number is known, at least in part
 * quiet    frames since the row's last record: 0 when the frame has one
 */
struct board_row {
	struct view_key key;
	uint32_t host;
	bool other;
	uint64_t of[BOARD_N_COLUMNS];
	uint32_t known;
	unsigned int quiet;
};

/* What the window records of a frame say together.
 *
 * slot_ns, start_ns, end_ns  the earliest start and the latest end
 * span_ns     for rates: the longest time that one host's windows of the frame cover
 * hosts       how many hosts have a window in it
 * host        the number of the text of the one host; 0 when there are several
 * status      the worst; partial also where a window is not complete or lacks records
 * events      starts + ends + drops + logged, of the window records
 * numbers     added up over hosts; null when one of them is. table_rows and table_capacity are
 *             those of the fullest table
 * others      how many `other' records there are, selected or not
 * partial     how many of the frames from this one back to BOARD_HISTORY are incomplete
 * skipped     windows that board_skipped() was told of since the frame before
 */
struct board_frame {
	uint64_t level_ms, slot_ns, start_ns, end_ns, span_ns;
	size_t hosts;
	uint32_t host;
	enum window_status status;
	uint64_t events;
	struct view_sums total;
#define BOARD_NUMBER(name) struct view_number name;
	VIEW_WINDOW_NUMBERS(BOARD_NUMBER)
#undef BOARD_NUMBER
	uint64_t missing, others;
	size_t incomplete, partial, skipped;
};

/* max_bytes: of all frames. texts is lent. Returns 0 or -ENOMEM. */
int board_open(struct board **out, struct view_texts *texts, size_t max_bytes);
void board_close(struct board *b);	/* NULL is fine */

/* Add a window, which stays the caller's. Returns 0 or -ENOMEM (nothing was added). */
int board_add(struct board *b, const struct view_window *w);

/* The reader had no time for n windows, which are missing behind the newest frame. */
void board_skipped(struct board *b, uint64_t n);

/* The levels that there are, shortest first: their window_ms. Returns how many, at most max. */
size_t board_levels(const struct board *b, uint64_t *ms, size_t max);

/* How many frames of a level (0: the shortest) there are to go back to. */
size_t board_frames(const struct board *b, uint64_t level_ms);

/* How far back the frame of a slot is now: 0 is the newest one. When the board has no such frame,
 * the one before it counts, and the oldest one when there is none before it. */
size_t board_back(const struct board *b, uint64_t level_ms, uint64_t slot_ns);

/* How many frames were forgotten for want of room. */
uint64_t board_forgotten(const struct board *b);

/* The rows of a frame, sorted: an array that is the board's and valid until the next call of any
 * function of the board that is not const. The rows are those of all frames from this one back to
 * BOARD_HISTORY: a row whose flows have no record in the frame has zeros. Returns how many rows
 * there are, or -ENOMEM; *frame is all 0 when there is no such frame. */
long board_ask(struct board *b, const struct board_query *q, struct board_frame *frame,
	       const struct board_row **rows);

/* A row's column q->sort in the frames from q->back on, oldest first: of[0] is the oldest of n =
 * BOARD_HISTORY; present[i] says whether there is such a frame, and partial[i] whether it is
 * incomplete. row NULL: the sum over all selected flows. */
void board_history(struct board *b, const struct board_query *q, const struct board_row *row,
		   uint64_t of[BOARD_HISTORY], bool present[BOARD_HISTORY], bool partial[BOARD_HISTORY]);

#endif
