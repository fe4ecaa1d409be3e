/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_FEED_H
#define CTAGG_PIPELINE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "intake/intake.h"
#include "pipeline/tables.h"
#include "source/source.h"
#include "window/clock.h"

/* How events get from sources into the open window's table, each with a time in that
 * window. */

/* Events that are read at a time. */
#define FEED_BATCH 256

/* A source, and what has been read from it too early.
 *
 * carried  events of the next window, n of them, that were read before the open window was
 *          closed
 */
struct feed_source {
	struct source *source;
	size_t n_carried;
	struct flow_event carried[FEED_BATCH];
};

/* clock, intake and tables are lent.
 *
 * starts         where the open window begins, and the longer ones it is part of
 * late           how many ends were added whose connection ended, by the kernel's time,
 *                before each of those
 * unselected     events that were read and are not counted
 * last_event_ns  when an event was added last; 0: none was
 * stopping       ctagg was told to stop: all events until now are of the open window
 */
struct feed {
	struct clock *clock;
	struct intake *intake;
	struct tables *tables;
	struct kernel_starts starts;
	uint64_t late[KERNEL_STARTS];
	uint64_t unselected;
	uint64_t last_event_ns;
	bool stopping;
	struct flow_event events[FEED_BATCH];
};

/* Begin with a window: nothing has been added to it. */
void feed_begin(struct feed *f, const struct kernel_starts *starts);

/* The open window goes on until it is closed, whenever that is. */
#define FEED_NO_END UINT64_MAX

/* Read up to FEED_BATCH events and add them to the window. end_ns is where the window is due
 * to end, or FEED_NO_END: an event that the source tells the time of, later than that, is
 * carried over where the source carries, and all others get a time that is no later.
 * Returns 0, or what the source's read() returned that is less. */
int feed_read(struct feed *f, struct feed_source *from, uint64_t end_ns);

/* The window has ended at end_ns: read what is queued at this moment and add what belongs to
 * the window. Bounded, because under load the queue may never be seen empty. When ctagg
 * was told to stop, that is all there is, and what was carried over. Returns 0, or why the
 * source is broken. */
int feed_queued(struct feed *f, struct feed_source *from, uint64_t end_ns);

/* Add the events that were carried over, with no time after latest_ns. */
void feed_carried(struct feed *f, struct feed_source *from, uint64_t latest_ns);

#endif
