/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_BOARD_H
#define CTAGG_BOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/select.h"
#include "view/window.h"

/* The latest windows, and what the live view asks of them: rows of one moment, grouped, selected
 * and sorted; and one row's history. Knows no terminal.
 *
 * A frame is one nominal window: all windows of one level (window_ms) that have one slot, of all
 * hosts, and all those that a host closed early in it. Their counters add up, but for `live', which
 * is that of each host's last window (of each network namespace) in which it is known. Frames stand
 * in the order of their slots: a window that comes late is added to the frame of its slot, or becomes
 * a frame between others. Frames are kept as long as all of them together take at most a given number
 * of bytes. Then the level that has the most frames loses its oldest one; the frame of the window
 * that was just added stays.
 *
 * When a clock is stepped back, a run's next window lies before windows of the same run that came
 * earlier (by `seq'). Later frames in which only this run has windows are then dropped: otherwise
 * the newest frame would stay the newest until the clock has passed it. The window is added to the
 * frame of its slot when there is one, which then says the sum of both times, and so does its
 * span_ns. */
struct board;

#define BOARD_HISTORY 60	/* frames that a row stays for, at 0, after its last record */

/* Levels are named by their window_ms. In place of one, 0 stands for the shortest that there is;
 * snapshots, which have no length, are a level by this name, and longer than all others. */
#define BOARD_SNAPSHOTS UINT64_MAX

enum board_group {
	BOARD_FLOWS,	/* the whole key, all hosts together */
	BOARD_SRC,	/* src (with its prefix length); flows without one are one row */
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
 * sort      by this column, largest first; reverse: smallest first; an unknown number counts as 0.
 *           Rows that are equal stand in the order of their keys, either way: by `has', then by
 *           the fields in the order of enum view_field. IPv4 stands before IPv6, addresses before
 *           networks, and texts and hosts by their numbers. `other' is the last
 * select    lent for the call
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
 * key      of the group: only its fields; without any it is the row of flows that lack them
 * host     of BOARD_HOST: the number of the text
 * other    of all groups but BOARD_HOST: the `other' records together, which have no key
 * of       by enum board_column, already the way that was asked for. Sums stop at 2^63 - 1
 * known    a bit for each column whose number is known, at least in part: 1 << enum board_column
 * unknown  a bit for each column of which a part is unknown: the number is at least so much
 * quiet    frames since the row's last record: 0 when the frame has one. Then all columns are 0,
 *          and neither known nor unknown
 */
struct board_row {
	struct view_key key;
	uint32_t host;
	bool other;
	uint64_t of[BOARD_N_COLUMNS];
	uint32_t known, unknown;
	unsigned int quiet;
};

/* What the window records of a frame say together.
 *
 * level_ms    BOARD_SNAPSHOTS: a snapshot
 * slot_ns, start_ns, end_ns  the earliest start and the latest end
 * span_ns     for rates: how long all windows of a host (of one of its network namespaces) are
 *             together, of the host of which that is the most; 0: a snapshot
 * hosts       how many hosts have a window in it
 * host        the number of the text of the one host; 0 when there are several
 * status      of all windows together (flow/window_record.h); partial also where a window is not
 *             complete or lacks records
 * events      starts + ends + drops + logged, of the window records
 * total       added up, of the window records; `live' and `closing' as above
 * numbers     added up; null when one of them is, and absent when all are. table_rows and
 *             table_capacity are those of the fullest table of which both are known; so are
 *             kernel_entries and kernel_max; seq is that of the window that came last
 * clock_step_ms  of the window that came last among those that say one; 0: none does
 * flowtable_uncounted  one window at least says so
 * missing     records that have not come
 * others      how many `other' records there are, selected or not, and
 * other_flows how many flows are in them
 * incomplete  how many windows' window record has not come
 * partial     how many of BOARD_HISTORY frames, this one and those before, are not all there: their
 *             status is not ok, or windows were skipped
 * skipped     of how many windows board_skipped() was told before windows of this frame came, and
 *             after the window of this level that had come before them
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
	int64_t clock_step_ms;
	bool flowtable_uncounted;
	uint64_t missing, others, other_flows, skipped;
	size_t incomplete, partial;
};

/* max_bytes: of all frames and the keys in them; nothing is taken ahead. What is asked takes memory
 * besides: about 50 bytes a row, and 80 more when it has a record in the frame. Returns 0 or
 * -ENOMEM. */
int board_open(struct board **out, size_t max_bytes);
void board_close(struct board *b);	/* NULL is fine */

/* Add a window, which stays the caller's. Returns 0 or -ENOMEM (nothing was added). */
int board_add(struct board *b, const struct view_window *w);

/* The reader had no time for n windows. Each level says so in the frame of its next window. */
void board_skipped(struct board *b, uint64_t n);

/* The levels that there are, shortest first: their window_ms, and BOARD_SNAPSHOTS last. Returns how
 * many of them stand in ms, at most max. */
size_t board_levels(const struct board *b, uint64_t *ms, size_t max);

/* How many frames of a level (0: the shortest) there are to go back to. */
size_t board_frames(const struct board *b, uint64_t level_ms);

/* How far back the frame of a slot is now: 0 is the newest one. When the board has no such frame,
 * the one before it counts, and the oldest one when there is none before it. */
size_t board_back(const struct board *b, uint64_t level_ms, uint64_t slot_ns);

/* How many frames were dropped for want of room, or because a clock was stepped back. */
uint64_t board_forgotten(const struct board *b);

/* Find the rows of a frame: those of this frame and of the BOARD_HISTORY frames before. A row whose
 * flows have no record in the frame has zeros. When nothing has been added since the last question,
 * and only the order or the way is another one, the rows are not looked for again. Returns how many
 * rows there are, or -ENOMEM (then there are none); *frame is all 0 when there is no such frame. */
long board_ask(struct board *b, const struct board_query *q, struct board_frame *frame);

/* The i-th row of the latest answer, which holds until the next board_add() or board_ask(). Rows are
 * sorted as far as somebody looks: the first call takes longer than those for rows nearby. */
void board_row(const struct board *b, size_t i, struct board_row *row);

/* Where in the latest answer the row with this key, host and `other' stands; -1: nowhere. The row
 * can be of an earlier answer with the same grouping. */
long board_find(const struct board *b, const struct board_row *row);

/* A row's column q->sort in BOARD_HISTORY frames: the last one is q->back, before it stand those
 * before. present[i] says whether there is such a frame, and partial[i] whether it is not all there
 * (see struct board_frame). row NULL: the sum over all selected flows. Frames that there are not,
 * and what is unknown, are 0. Returns 0; or -ENOMEM, and everything is 0. */
int board_history(struct board *b, const struct board_query *q, const struct board_row *row,
		  uint64_t of[BOARD_HISTORY], bool present[BOARD_HISTORY], bool partial[BOARD_HISTORY]);

#endif
