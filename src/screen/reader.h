/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_READER_H
#define CTAGG_SCREEN_READER_H

#include "screen/backlog.h"
#include "screen/follow.h"

/* A thread that reads all the time, so that the program that writes never waits for this one. */
struct reader;

/* Begin to read into the backlog: what is followed, or, when `follow' is NULL, a descriptor until
 * its end. Both are lent until reader_stop(). Windows of a pipe or a socket are left out when the
 * backlog is full, those of files wait. max_bytes: of one window. Returns 0 or -errno. */
int reader_start(struct reader **out, struct backlog *b, int fd, struct follow *follow,
		 size_t max_bytes);

/* End the thread, also in the middle of the input. */
void reader_stop(struct reader *r);	/* NULL is fine */

#endif
