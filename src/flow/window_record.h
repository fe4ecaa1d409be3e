/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_WINDOW_RECORD_H
#define CTAGG_FLOW_WINDOW_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/sums.h"
#include "flow/window_kernel.h"

/* What the `window` record says, as plain values: whoever knows a value fills it in,
 * and sink/window_record.c makes the line. ctagg-record(5) has the meaning of each field. */

/* Ordered so that the larger status of two windows is the status of both together: one window
 * with data makes a level that has data, and one partial window a partial level. */
enum window_status {
	WINDOW_NODATA,	/* no event came, and --check would say why */
	WINDOW_OK,
	WINDOW_PARTIAL,	/* something was lost, or not counted as it should be */
};

/* Make *status worse: it never gets better than it was. */
static inline void window_status_at_least(enum window_status *status, enum window_status s)
{
	if (s > *status)
		*status = s;
}

/* The name that records have for it. */
const char *window_status_name(enum window_status status);

enum window_closed_by {
	CLOSED_BY_TIMER,
	CLOSED_BY_FULL,		/* --early-close */
	CLOSED_BY_STOP,		/* a signal, --count, or the end of what is read */
	CLOSED_BY_SIGNAL,	/* SIGUSR2 */
	CLOSED_BY_CLOCK,	/* the clock was set */
	CLOSED_BY_GAP,		/* --read: stands for many windows in which there is nothing */
};

/* A sysctl as it was when the window closed. */
enum window_switch {
	SWITCH_OFF,
	SWITCH_ON,
	SWITCH_UNKNOWN,
};

/* The fields of the record in their order, X(kind, name, merge, when). From this list
 * come the members of struct window_record, window_record_add() and the JSON text.
 *
 * kind   the type of the member, and how the text shows the value; a new kind needs its
 *        WINDOW_TYPE_ here and its FIELD_ in sink/record_parts.h
 * name   of the member and of the field
 * merge  what a level says of its windows: the sum of their values, the worst value, the
 *        last one's; most: the largest; any: whether it is true of one; loss, kernel: see window_record_add();
 *        own: a value of the level itself
 * when   which records have the field: always, or one of the WHEN_ in
 *        sink/window_record.c
 */
#define WINDOW_RECORD(X)                                                                       \
	X(count, seq, own, always)                                                             \
	X(closed_by, closed_by, own, always)                                                   \
	X(status, status, worst, always)                                                       \
	X(count, records, own, always)                                                         \
	X(sums, total, own, always)                                                            \
	X(loss, lost_events, loss, always)                                                     \
	X(count, lost_events_max, sum, unsure)                                                 \
	X(loss, lost_drops, loss, always)                                                      \
	X(loss, lost_kernel_drops, loss, kernel_drops)                                         \
	X(count, odd_drops, sum, always)                                                       \
	X(count, truncated_drops, sum, always)                                                 \
	X(word, engine, last, always)                                                          \
	X(count, kernel_events, sum, always)                                                   \
	X(count, passed_events, sum, always)                                                   \
	X(count, table_rows, own, always)                                                      \
	X(count, table_capacity, own, always)                                                  \
	X(count, rotate_us, own, rotated)                                                      \
	X(count, drain_us, own, rotated)                                                       \
	X(count, max_error, own, always)                                                       \
	X(word, max_error_counter, own, always)                                                \
	X(count, late_ends, own, always)                                                       \
	X(count, late_events, own, always)                                                     \
	X(count, vanished, sum, interim)                                                       \
	X(count, injected_starts, sum, received)                                               \
	X(count, clash_ends, sum, always)                                                      \
	X(count, unread_rules, sum, rules)                                                     \
	X(count, unread_sockets, sum, sockets)                                                 \
	X(step, clock_step_ms, own, stepped)                                                   \
	X(count, unselected_events, sum, always)                                               \
	X(count, undecoded_events, sum, always)                                                \
	X(count, foreign_messages, sum, always)                                                \
	X(count, reopens, sum, always)                                                         \
	X(count, write_errors, own, always)                                                    \
	X(count, dropped_windows, sum, spooled)                                                \
	X(count, dropped_records, sum, spooled)                                                \
	X(count, unwatched_netns, most, everywhere)                                            \
	X(onoff, accounting, last, always)                                                     \
	X(onoff, timestamps, last, always)                                                     \
	X(kernel, kernel, kernel, asked)                                                       \
	X(truth, flowtable_uncounted, any, uncounted)                                          \
	X(word, version, own, always)                                                          \
	X(text, key, own, always)                                                              \
	X(word, selection, own, always)

#define WINDOW_TYPE_count uint64_t
#define WINDOW_TYPE_word const char *			/* lent, needs no escapes */
#define WINDOW_TYPE_text const char *			/* lent, any bytes; there is one text */
#define WINDOW_TYPE_step int64_t
#define WINDOW_TYPE_sums const struct flow_sums *	/* lent until the line is made */
#define WINDOW_TYPE_loss struct window_loss
#define WINDOW_TYPE_onoff enum window_switch
#define WINDOW_TYPE_kernel struct window_kernel
#define WINDOW_TYPE_truth bool
#define WINDOW_TYPE_status enum window_status
#define WINDOW_TYPE_closed_by enum window_closed_by

#define WINDOW_MEMBER(kind, name, merge, when) WINDOW_TYPE_##kind name;

/* rotated     there is a kernel table: rotate_us and drain_us are known
 * nominal_ns  the length that -w gives the window; 0: a snapshot
 */
struct window_record {
	WINDOW_RECORD(WINDOW_MEMBER)
	bool rotated;
	uint64_t nominal_ns;
};

/* Begin the record of a level that no window has been added to: all zero, but for losses and
 * counters of the kernel which the level's last record did not show, because it said null; this
 * record has them. */
void window_record_restart(struct window_record *level);

/* Add what a closed window says to the record of a level that the window is part of. */
void window_record_add(struct window_record *level, const struct window_record *w);

#endif
