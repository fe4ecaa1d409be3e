/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SERVING_H
#define CTAGG_PIPELINE_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/closing.h"
#include "pipeline/emit.h"
#include "pipeline/loop.h"
#include "pipeline/writing.h"

/* What the service manager is told of a run (notify.h): that it is ready, each written window as its
 * status, that files are opened anew, that the run is alive, and that it stops.
 *
 * A run is alive as long as its loop turns. A reader that takes no lines, a disk that is full and a
 * window that is held open because of them stop no turn of the loop: those runs are alive. */

/* closing, emit  lent
 * stopping       the service manager has been told of the stop
 * windows ...    how far the run had come at the last beat, while it stops
 */
struct serving {
	const struct closing *closing;
	struct emit *emit;
	bool stopping;
	uint64_t windows;
	size_t job, next, pending;
};

/* Take over the connection to the service manager, if there is one. Call before threads are started
 * and privileges are given up. A variable of the environment that is no such connection is said, and
 * the run goes on without it. */
void serving_open(void);

/* From now on say that the run is alive, from the loop. closing and emit are lent. Returns 0 or
 * -errno. */
int serving_watch(struct serving *s, struct loop *loop, const struct closing *closing,
		  struct emit *emit);

/* Everything is set up. */
void serving_ready(void);

/* Files are opened anew, between these two calls. */
void serving_reloading(void);
void serving_reloaded(void);

/* Call after each turn of the loop. */
void serving_turn(struct serving *s, enum writing_state state);

void serving_close(void);

#endif
