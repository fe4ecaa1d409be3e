/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_INCIDENT_H
#define CTAGG_REPORT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/window.h"

/* What is incomplete, and when: gaps between windows, and what windows say of themselves. */

/* How an incident is marked on the time axis, the gravest first. */
enum report_mark {
	REPORT_GAP,	/* nothing is known of this time */
	REPORT_LOSS,	/* something was lost, and is in no record */
	REPORT_PART,	/* something was not kept apart, or not read */
	REPORT_SILENCE,	/* nothing came, and something explains it */
	REPORT_NOTE,	/* good to know; nothing is missing */
	REPORT_N_MARKS
};

/* The kinds of incidents, X(name, mark, what one is, what several are). The text follows a number,
 * unless it begins with an upper case letter: then the number is 1 for each window. */
#define REPORT_KINDS(X)                                                                        \
	X(no_windows, GAP, "No windows", "No windows")                                         \
	X(lost_windows, GAP, "window missing", "windows missing")                              \
	X(unfinished, LOSS, "window without its record", "windows without their records")      \
	X(lost_records, LOSS, "record missing", "records missing")                             \
	X(lost_events, LOSS, "event lost", "events lost")                                      \
	X(lost_drops, LOSS, "logged packet lost", "logged packets lost")                       \
	X(lost_kernel_drops, LOSS, "dropped packet lost", "dropped packets lost")              \
	X(dropped_windows, LOSS, "window removed from a spool", "windows removed from a spool") \
	X(vanished, LOSS, "connection vanished", "connections vanished")                       \
	X(folded, PART, "flow folded, table full", "flows folded, table full")                 \
	X(unread_rules, PART, "rule counter not read", "rule counters not read")               \
	X(unread_sockets, PART, "socket not read", "sockets not read")                         \
	X(flowtable, PART, "Flow table that does not count", "Flow table that does not count") \
	X(partial, PART, "Partial for another reason", "Partial for another reason")           \
	X(nodata, SILENCE, "Nothing came: see ctagg --check", "Nothing came: see ctagg --check") \
	X(clock, NOTE, "Clock was set", "Clock was set")                                       \
	X(overlap, NOTE, "Two runs at a time", "Two runs at a time")
#define REPORT_KIND_NUMBER(name, mark, one, more) REPORT_##name,
enum report_kind { REPORT_KINDS(REPORT_KIND_NUMBER) REPORT_N_KINDS };
#undef REPORT_KIND_NUMBER

struct report_kind_row {
	enum report_mark mark;
	const char *one, *more;
};
extern const struct report_kind_row report_kinds[REPORT_N_KINDS];

/* host     number of the report's host
 * kinds    a bit for each kind; n[kind] of each; unknown: a bit for each kind of which there are
 *          more than n, nobody knows how many
 * windows  how many windows say so; 0: a gap
 */
struct report_incident {
	uint32_t host, kinds, unknown;
	uint64_t start_ns, end_ns, windows;
	uint64_t n[REPORT_N_KINDS];
};

/* The marks of the kinds: a bit for each enum report_mark. */
uint32_t report_marks(uint32_t kinds);

/* What a window says of itself. Returns whether there is anything. */
bool report_incident_of(struct report_incident *to, const struct view_window *w);

/* Incidents: windows of one host with the same kinds, one behind the other, are one. Beyond
 * REPORT_MAX_INCIDENTS further ones are counted in `more', and in the sums all the same.
 *
 * all      sums over all incidents; all.windows counts windows
 * windows  by kind: how many windows have the kind
 * gaps_ns  the times without windows together
 */
#define REPORT_MAX_INCIDENTS 4096
struct report_incidents {
	struct report_incident *of;
	size_t n, room;
	uint64_t more;
	struct report_incident all;
	uint64_t windows[REPORT_N_KINDS], gaps_ns;
};

/* *last: where the host's last incident stands, which this one can continue; SIZE_MAX: there is
 * none. Returns 0 or -ENOMEM. */
int report_incidents_add(struct report_incidents *i, const struct report_incident *new, size_t *last);

/* By time, then by host. */
void report_incidents_sort(struct report_incidents *i);
void report_incidents_close(struct report_incidents *i);

#endif
