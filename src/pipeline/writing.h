/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_WRITING_H
#define CTAGG_PIPELINE_WRITING_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/emit.h"
#include "pipeline/loop.h"

/* Closed windows become lines, and lines are written, as fast as the readers of the outputs
 * take them and never faster. */

/* An output, as far as the loop knows.
 *
 * i      the output's number in struct outputs
 * fd     the descriptor that the loop watches; -1: none
 * ready  the loop watches until the reader is ready for lines; otherwise only for a reader that
 *        goes away
 */
struct writing_output {
	struct writing *writing;
	size_t i;
	int fd;
	bool ready;
};

/* emit and loop are lent. gone: nobody reads any output any more. */
struct writing {
	struct emit *emit;
	struct loop *loop;
	bool gone;
	struct writing_output outputs[OUTPUTS_MAX];
};

/* Call when emit has its outputs. emit and loop are lent. */
void writing_init(struct writing *w, struct emit *emit, struct loop *loop);

enum writing_state {
	WRITING_MORE,	/* there is more to do at once */
	WRITING_WAITS,	/* for a reader, or for the next try after a failure */
	WRITING_DONE,	/* all lines so far have been written */
	WRITING_GONE,	/* nobody reads from any output any more */
	WRITING_LOST,	/* the last lines cannot be written, and a message said so */
};

/* Write some lines. last: the program ends when the lines so far are written, so a failure to
 * write is final: a message says that the lines are lost. */
enum writing_state writing_step(struct writing *w, bool last);

/* Outputs have been opened anew, and may have other descriptors: watch those from now on. */
void writing_reopened(struct writing *w);

#endif
