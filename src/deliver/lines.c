/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "deliver/lines.h"

void lines_init(struct lines *l, int fd)
{
	l->fd = fd;
	l->offset = 0;
	l->at = l->end = 0;
	l->ended = false;
}

/* Read more behind what is there, which moves to the beginning of the buffer. */
static int fill(struct lines *l)
{
	ssize_t got;

	memmove(l->buffer, l->buffer + l->at, l->end - l->at);
	l->end -= l->at;
	l->at = 0;
	got = pread(l->fd, l->buffer + l->end, LINES_ROOM - l->end, (off_t)l->offset);
	if (got < 0)
		return -errno;
	l->offset += got;
	l->end += got;
	l->ended = !got;
	return 0;
}

/* The line that begins at `at` and ends before `newline`, of which `before` bytes are gone. */
static int show(struct lines *l, size_t before, const char *newline, const char **line, size_t *n)
{
	*line = before ? NULL : l->buffer + l->at;
	*n = before + (newline - (l->buffer + l->at));
	l->at = newline - l->buffer + 1;
	if (l->at > l->end)	/* the last line, without a newline */
		l->at = l->end;
	return 1;
}

int lines_next(struct lines *l, const char **line, size_t *n)
{
	size_t before = 0, seen = 0;
	int err;

	for (;;) {
		char *begin = l->buffer + l->at;
		char *newline = memchr(begin + seen, '\n', l->end - l->at - seen);

		if (newline)
			return show(l, before, newline, line, n);
		if (l->ended)
			return before || l->end > l->at ? show(l, before, l->buffer + l->end, line, n) : 0;
		seen = l->end - l->at;
		if (seen == LINES_ROOM) {
			before += seen;
			l->at = l->end;
			seen = 0;
		}
		err = fill(l);
		if (err)
			return err;
	}
}
