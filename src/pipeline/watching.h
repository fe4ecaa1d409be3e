/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_WATCHING_H
#define CTAGG_PIPELINE_WATCHING_H

#include <stdbool.h>

#include "pipeline/closing.h"
#include "pipeline/loop.h"

/* The loop watches the descriptors of sources: events of a source are read when there are some. */

/* A source, as far as the loop knows. paused: the loop does not watch the source's descriptors,
 * because closing does not read the source at the moment. */
struct watching_source {
	struct watching *watching;
	struct feed_source *source;
	bool paused;
};

/* closing and loop are lent; the sources are those of closing, in the same order. */
struct watching {
	struct closing *closing;
	struct loop *loop;
	struct watching_source sources[CLOSING_SOURCES];
};

/* Call when closing has its sources, and these have started. closing and loop are lent. Returns 0
 * or -errno. */
int watching_init(struct watching *w, struct closing *closing, struct loop *loop);

/* Call before each turn of the loop. A source that was not read in the last turn is watched again
 * when closing reads it again. */
void watching_resume(struct watching *w);

/* Call about once a second: the sources' tick(). */
void watching_tick(struct watching *w);

#endif
