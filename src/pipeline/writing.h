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
 * fd     the descriptor that is watched; -1: none
 * ready  it is watched for room for lines; otherwise only for a reader that goes away
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

/* emit has its outputs. */
void writing_init(struct writing *w, struct emit *emit, struct loop *loop);

enum writing_state {
	WRITING_MORE,	/* there is more to do at once */
	WRITING_WAITS,	/* for a reader, or to try again what has failed */
	WRITING_DONE,	/* all lines that there are have been written */
	WRITING_GONE,	/* nobody reads any more */
	WRITING_LOST,	/* the last lines cannot be written, which has been said */
};

/* Write some lines. last: there will be no later lines, so what cannot be written now is
 * lost, which is said. */
enum writing_state writing_step(struct writing *w, bool last);

/* An output has been opened anew: it has another descriptor. */
void writing_reopened(struct writing *w);

#endif
