/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "screen/feed.h"
#include "window/clock.h"

#define LINES_AT_ONCE 256	/* before the clock is read */

/* Begin with the next chunk. Returns false when none waits. */
static bool next_chunk(struct feed *f)
{
	chunk_free(f->chunk);
	f->chunk = backlog_take(f->backlog);
	f->at = 0;
	if (!f->chunk)
		return false;
	f->slow += f->chunk->slow;
	f->large += f->chunk->large;
	if (f->chunk->slow + f->chunk->large)
		board_skipped(f->board, f->chunk->slow + f->chunk->large);
	return true;
}

/* Take the next line. Returns 1; 0 when there is none; or -errno. */
static int take_line(struct feed *f)
{
	const char *line, *newline;
	size_t len;
	int err;

	while (!f->chunk || f->at == f->chunk->len)
		if (!next_chunk(f))
			return 0;
	line = f->chunk->bytes + f->at;
	len = f->chunk->len - f->at;
	newline = memchr(line, '\n', len);
	if (newline)
		len = newline - line;
	f->at += len + (newline != NULL);
	err = view_gather_line(f->gather, line, len);
	return err ? err : 1;
}

int feed_some(struct feed *f, uint64_t ns)
{
	uint64_t until = clock_monotonic_ns() + ns;
	int result = 1;

	do {
		for (int i = 0; i < LINES_AT_ONCE && result > 0; i++)
			result = take_line(f);
	} while (result > 0 && clock_monotonic_ns() < until);
	return result;
}

bool feed_is_over(const struct feed *f, int *error)
{
	if (f->chunk && f->at < f->chunk->len)
		return false;
	return backlog_is_over(f->backlog, error);
}

void feed_free(struct feed *f)
{
	chunk_free(f->chunk);
	f->chunk = NULL;
}
