/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_WINDOW_RECORD_H
#define CTAGG_FLOW_WINDOW_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/event.h"

/* What the `window` record says, as plain values: whoever knows a value fills it in,
 * and sink/record.h makes the line. ctagg(1) has the meaning of each field. */

/* From good to bad, in the sense that the larger status of two windows is the status of
 * both together: a window with data makes a level one with data, and one partial window
 * makes a level partial. */
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

enum window_closed_by {
	CLOSED_BY_TIMER,
	CLOSED_BY_FULL,		/* --early-close */
	CLOSED_BY_STOP,		/* a signal, or --count */
	CLOSED_BY_SIGNAL,	/* SIGUSR2 */
	CLOSED_BY_CLOCK,	/* the clock was set */
};

/* A sysctl as it was when the window closed. */
enum window_switch {
	SWITCH_OFF,
	SWITCH_ON,
	SWITCH_UNKNOWN,
};

/* How many messages or packets did not arrive.
 *
 * n        how many are known to be missing
 * known    whether that is all of them; otherwise the record says null
 * pending  some that were lost up to the window's end may be found only in a later
 *          window, which then has them in its n
 */
struct window_loss {
	uint64_t n;
	bool known, pending;
};

/* Strings are static; total is lent until the line is made. */
struct window_record {
	uint64_t seq;
	enum window_closed_by closed_by;
	enum window_status status;
	const char *table;
	uint64_t records;
	const struct flow_sums *total;
	uint64_t lost_events, odd_drops, truncated_drops;
	struct window_loss lost_drops;
	uint64_t folded_events, passed_events;
	uint64_t vanished;		/* with live connections: see struct interim_losses */
	uint64_t table_rows, table_capacity;
	bool rotated;			/* the next two are known */
	uint64_t rotate_us, drain_us;
	uint64_t level_ns;		/* of several; 0: there is only one */
	uint64_t max_error, late_ends;
	const char *max_error_counter;	/* what that is in */
	int64_t clock_step_ms;		/* the clock was set as it began; 0: it was not */
	uint64_t unselected_events, undecoded_events, foreign_messages, reopens, write_errors;
	enum window_switch accounting, timestamps;
};

#endif
