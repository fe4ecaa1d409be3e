/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_FEED_H
#define CTAGG_SCREEN_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "board/board.h"
#include "screen/backlog.h"
#include "view/gather.h"

/* Takes the lines that wait, a few at a time, so that keys are answered meanwhile. */

/* chunk, at    what is being taken, and how far it has been
 * slow, large  windows that were left out so far, see struct chunk
 */
struct feed {
	struct backlog *backlog;
	struct view_gather *gather;
	struct board *board;
	struct chunk *chunk;
	size_t at;
	uint64_t slow, large;
};

/* Take lines for about so long. Returns 1 when more wait, 0 when there is nothing to do, or -errno:
 * of the gathering. */
int feed_some(struct feed *f, uint64_t ns);

/* Whether everything has been taken, and nothing more comes; *error is 0 or -errno of the reader.
 */
bool feed_is_over(const struct feed *f, int *error);

void feed_free(struct feed *f);	/* what it holds, not what it was given */

#endif
