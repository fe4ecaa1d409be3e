/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_PIPELINE_PLAYED_H
#define CTAGG_TESTS_PIPELINE_PLAYED_H

#include "pipeline/sources.h"
#include "window/clock.h"

/* A source that plays a list of events, and a clock that goes on with the list: no kernel,
 * no root, no waiting. */

/* Something that happens.
 *
 * at_ns    when, by a clock that nobody sets; the list is in that order
 * event    is given to the reader, unless `nothing`
 * nothing  only time goes on
 * turn     before anything else is read, the pipeline has a turn to close the window
 * set_ns   somebody sets the wall clock by so much, which the pipeline has a turn to see;
 *          else 0
 * signal   is sent to this process, which has time to handle it; else 0
 * err      the source is broken, for this reason; else 0
 * lost     so many events are lost; else 0
 */
struct played_event {
	uint64_t at_ns;
	struct flow_event event;
	bool nothing, turn;
	int64_t set_ns;
	int signal;
	int err;
	uint64_t lost;
};

/* The list. Fill in `events` and `n`, and call played_init().
 *
 * at_once  like a socket: events are read when the clock has gone on to their time already.
 *          Otherwise the clock goes on first, and the window that is then due is closed
 * now      what the clock shows
 * lost     in the open window, and in the one that ended last
 * next     of the events
 */
struct played {
	const struct played_event *events;
	size_t n;
	bool at_once;
	struct clock_reading now;
	size_t next;
	uint64_t lost, ended_lost;
	bool stopped, closed;
	uint64_t windows;
};

/* The clock shows at_ns. */
void played_init(struct played *p, uint64_t at_ns);

/* For struct pipeline_parts, with the struct played as its `arg`. */
source_open_fn played_open;
clock_read_fn played_clock;

#endif
