/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_FEED_H
#define CTAGG_PIPELINE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "intake/intake.h"
#include "pipeline/event_lines.h"
#include "pipeline/tables.h"
#include "source/source.h"
#include "window/clock.h"

/* How events get from sources into the open window's table, or with --events into lines, each with
 * a time in that window. */

/* Events that are read at a time. */
#define FEED_BATCH 256

/* A source, and what has been read from it too early.
 *
 * carried  events of the next window, n of them, that were read before the open window was
 *          closed
 * until    feed_queued() is not done: it reads until the source has read so many messages; 0:
 *          it is done
 */
struct feed_source {
	struct source *source;
	uint64_t until;
	size_t n_carried;
	struct flow_event carried[FEED_BATCH];
};

/* clock, intake, tables and lines are lent.
 *
 * lines          --events: events become lines and are not counted; NULL: without --events
 * recorded       events keep the times that they have (--read)
 * batch          how many events are read at a time, at most FEED_BATCH
 * starts         when the open window began, and the window of each level that it is part of
 * late           how many ends were late for the open window, and for the window of each
 *                level, in the order of `starts`
 * late_events    the same, of recorded events: how many happened before the window
 * unselected     events that were read, but are not counted, because they are not selected
 * injected       of the starts that were read and counted: those that a process has caused
 * clash          of the ends that were read and counted: those without a start, after a clash
 * last_event_ns  when an event was last read into the open window, or happened that was carried into
 *                it; 0: none was yet
 * stopping       ctagg was told to stop: every event until now belongs to the open window
 */
struct feed {
	struct clock *clock;
	struct intake *intake;
	struct tables *tables;
	struct event_lines *lines;
	bool recorded;
	size_t batch;
	struct kernel_starts starts;
	uint64_t late[KERNEL_STARTS], late_events[KERNEL_STARTS];
	uint64_t unselected, injected, clash;
	uint64_t last_event_ns;
	bool stopping;
	struct flow_event events[FEED_BATCH];
};

/* Begin a window, to which nothing has been added; starts are copied. */
void feed_begin(struct feed *f, const struct kernel_starts *starts);

/* Whether events can be read: not while lines of earlier ones wait for a slow reader. */
static inline bool feed_has_room(const struct feed *f)
{
	return !f->lines || !event_lines_wait(f->lines);
}

/* For end_ns: nobody knows when the open window will end. */
#define FEED_NO_END UINT64_MAX

/* Read up to f->batch events and add them to the open window, which is due to end at end_ns
 * (or FEED_NO_END). If the source carries, events that have a time of end_ns or later are carried
 * over to the next window. All other events get a time no later than end_ns, unless recorded. Returns 0, or the
 * negative result of the source's read(). */
int feed_read(struct feed *f, struct feed_source *from, uint64_t end_ns);

/* The window has ended at end_ns: read the events that are queued at this moment, and add those
 * that belong to the window. Later events are left in the queue: under load the queue may never
 * be seen empty. When ctagg was told to stop, all of these events belong to the window, and so do
 * events that were carried over. Returns 0, or the error (-errno) by which the source is broken.
 *
 * With --events, events are read while there is room for their lines. When ctagg was told to stop,
 * from->until is then not 0: call this function again when there is room. */
int feed_queued(struct feed *f, struct feed_source *from, uint64_t end_ns);

/* Add the events that were carried over to the open window; later times than latest_ns become
 * latest_ns. */
void feed_carried(struct feed *f, struct feed_source *from, uint64_t latest_ns);

#endif
