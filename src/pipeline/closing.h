/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_CLOSING_H
#define CTAGG_PIPELINE_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "pipeline/emit.h"
#include "pipeline/feed.h"
#include "pipeline/levels.h"
#include "pipeline/tables.h"
#include "window/clock.h"
#include "window/window.h"

/* The open window: when and how it is closed, and the next one opened. Knows of sources
 * nothing but their functions, and of outputs nothing but emit. */

#define CLOSING_SOURCES 8

enum closing_state {
	CLOSING_GOES_ON,	/* windows follow one another */
	CLOSING_STOPS,		/* told to stop: the open window is the last one */
	CLOSING_IS_DONE,	/* the last window has been closed; nothing is read any more */
};

/* A window that is being closed.
 *
 * by        why the window is closed
 * step_ns   by how much the clock was set, when the window is closed for this reason; else 0
 * last      no other window follows
 * bounds    where the window begins and ends, and where the next one begins
 */
struct closing_end {
	enum window_closed_by by;
	int64_t step_ns;
	bool last;
	struct kernel_window bounds;
};

/* A window that has been closed and given to emit or, while it is `pending', waits for what sources
 * still have to find out about it.
 *
 * source             the first source that has not finished
 * table, w           the window's table and record
 * labels             of networks and marks, in force in the window; held, NULL without --labels
 * late, late_events  as in struct feed, of the levels only
 */
struct closing_handing {
	bool pending;
	size_t source;
	struct closing_end end;
	struct memory *table;
	struct netlabel_set *labels;
	struct window_record w;
	uint64_t late[OPTIONS_MAX_LEVELS], late_events[OPTIONS_MAX_LEVELS];
};

/* clock, tables, emit and labelling are lent.
 *
 * recorded       --read: windows are whole slots of the time that events say. The first one is
 *                open when the first event has been read, until then `unopened'
 * passed         recorded: nothing can come into the open window any more, which is empty
 * windows        how many have been closed
 * clock_step_ms  by how much the clock was set when the open window began; 0: it was not set
 * flush_ns       closing_flush() was called: the window may be closed at this time; 0: the
 *                function was not called
 * hurry_ns       how long before the end of a window sources have to hurry; 0: none has to
 * hurried        sources have been told to hurry
 * held           the open window was due and could not be closed, because the lines of the
 *                window before were still being made
 * handing        the window that was closed last
 * stopped        sources have been told to stop
 * broken         a source cannot be read any more: events that it still holds are not counted
 */
struct closing {
	const struct options *opts;
	struct clock *clock;
	struct tables *tables;
	struct emit *emit;
	struct labelling *labelling;
	struct feed feed;
	struct levels levels;
	struct window window;
	struct closing_handing handing;
	enum closing_state state;
	bool recorded, unopened, passed;
	uint64_t windows;
	int64_t clock_step_ms;
	uint64_t flush_ns, hurry_ns;
	bool hurried, held, stopped, broken;
	size_t n_sources;
	struct feed_source sources[CLOSING_SOURCES];
};

/* All pointers that are passed stay the caller's. */
void closing_init(struct closing *c, const struct options *opts, struct clock *clock,
		  struct intake *intake, struct tables *tables, struct emit *emit,
		  struct labelling *labelling);

/* Read from this source too; at most CLOSING_SOURCES, all before closing_open(). The source stays
 * the caller's. */
void closing_add(struct closing *c, struct source *source);

/* Open the first window (recorded: as soon as the first event says when it begins), and with it the first window of each level. labels are lent, NULL when
 * no source has rules. Says what fails. Returns 0 or -errno. */
int closing_open(struct closing *c, struct labels *labels);

/* All sources have started: windows begin to be closed. */
void closing_begin(struct closing *c);

/* Tell the kernel table what time it is, and whether the kernel gives events a time of their own
 * (nf_conntrack_timestamp). Call about once a second: clocks drift, and the sysctl can be
 * switched. */
void closing_tell_clock(struct closing *c);

/* Whether closing_read() would read from the source at this moment. */
bool closing_reads(const struct closing *c, const struct feed_source *from);

/* The descriptor of a source is readable: read some of its events, not all, so that other work
 * gets its turn. Returns whether no event was left. */
bool closing_read(struct closing *c, struct feed_source *from);

/* Whether a source that closing_read() would read holds events of which its descriptor does not
 * tell. */
bool closing_holds(const struct closing *c);

/* The window ends at end_ns: read the events that are queued, which belong to this window. */
void closing_read_queued(struct closing *c, uint64_t end_ns);

/* --early-close: whether the table is so full that the window has to be closed now. With a kernel
 * table, flows are in both tables, and the fuller one decides: the table in memory has only the
 * events that the filter passed on. */
bool closing_nearly_full(const struct closing *c);

/* The change_fd of a source is readable. */
void closing_changed(struct closing *c, struct feed_source *from);

/* Read from sources that hold events of which their descriptors do not tell; closing_holds():
 * whether there is one. */
void closing_read_held(struct closing *c);
bool closing_holds(const struct closing *c);

/* The open window ends at end_ns: events that are queued now belong to it. With --events, sources
 * can be left that need another call: see feed_queued(). */
void closing_read_queued(struct closing *c, uint64_t end_ns);

/* Call after each turn of the loop: closes the open window if its time has come and the lines of
 * the window before have been made. Until those lines have been made the window stays open and
 * goes on counting: a slow reader makes windows longer, and does nothing else. */
void closing_turn(struct closing *c);

/* Whether there is work of which no descriptor and no timer tells: events that a source holds, or
 * a window to close, for instance one that was held until now. */
bool closing_pending(const struct closing *c);

/* When closing_turn() has to be called next, by the program's clock: to let sources hurry, or to
 * close the window. */
uint64_t closing_wake_ns(const struct closing *c);

/* A window has been closed: give it, and the levels that end with it, to emit. *w is the window's
 * record, without what sources find out only now (finish() of struct source_functions). While they
 * have not found it out, the window is pending, and closing_finish() goes on. labels are those of the
 * window that has been closed, and are handed over; those of the next window are in force already. */
void closing_hand_over(struct closing *c, const struct closing_end *e, struct memory *table,
		       const struct window_record *w, struct netlabel_set *labels);
void closing_finish(struct closing *c);

/* Whether the window that was closed last has not been dealt with: then no other one can be closed. */
static inline bool closing_is_busy(const struct closing *c)
{
	return c->emit->busy || c->handing.pending;
}

/* Close the open window as soon as all that has happened until now has arrived, and go on with
 * the next window. */
void closing_flush(struct closing *c);

/* The open window is the last one. */
void closing_stop(struct closing *c);

/* A source is broken, for the reason err (-errno): says so, and stops. */
void closing_break(struct closing *c, int err);

/* Whether events are missing that no later window can bring: a source was broken, or the kernel
 * table could not be drained at the end of the last window. */
bool closing_failed(const struct closing *c);

/* Frees what was opened, but not the sources. A struct that is all zero is fine. */
void closing_close(struct closing *c);

#endif
