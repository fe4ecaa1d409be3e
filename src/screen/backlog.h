/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_BACKLOG_H
#define CTAGG_SCREEN_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the thread that reads has for the thread that draws. Bytes are handed over in chunks, which
 * end with a window record, so that whole windows can be left out. */

/* bytes    owned; lines
 * windows  how many window records are in it: 0 or 1
 * slow     windows that were left out before it, because the backlog was full
 * large    windows that were left out before it, because each was too large
 */
struct chunk {
	struct chunk *next;
	char *bytes;
	size_t len, size;
	uint64_t windows, slow, large;
};

void chunk_free(struct chunk *c);	/* NULL is fine */

/* Chunks that wait. The functions can be called by both threads at the same time. */
struct backlog;

/* max_bytes: of all chunks together. Returns 0, -ENOMEM, or another -errno. */
int backlog_open(struct backlog **out, size_t max_bytes);
void backlog_close(struct backlog *b);	/* NULL is fine */

/* Hand over a chunk. When there is no room, the oldest chunks are left out, and the next chunk says
 * how many windows they had; with `wait' they are not, and the call waits until there is room, or
 * until backlog_stop(). One chunk is always taken, however large. */
void backlog_put(struct backlog *b, struct chunk *c, bool wait);

/* Take the oldest chunk; NULL: none waits. */
struct chunk *backlog_take(struct backlog *b);

/* Nothing more comes: error is 0, or -errno. */
void backlog_end(struct backlog *b, int error);

/* Whether nothing waits and nothing more comes; then *error is that of
 * backlog_end(). */
bool backlog_is_over(struct backlog *b, int *error);

/* The reader shall not wait any more: chunks are freed in place of being taken over. */
void backlog_stop(struct backlog *b);

/* A descriptor that is readable when there is something new: a chunk or the end. backlog_heard()
 * makes it unreadable again. */
int backlog_fd(const struct backlog *b);
void backlog_heard(struct backlog *b);

#endif
