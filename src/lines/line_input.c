/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines/line_input.h"

/* Four of the longest lines: there is always room to read, and less than a line is moved
 * to the front for each read. */
#define ROOM (4 * LINE_INPUT_MAX)

/* begin, end  what has been read and not taken
 * searched    up to here, from begin on, there is no newline
 * newline     where the first newline is, when `found'
 * skipping    what comes up to the next newline is the rest of a line that is too long
 * ended       nothing follows
 */
struct line_input {
	int fd;
	uint64_t number;
	size_t begin, end, searched, newline;
	bool found, skipping, ended;
	char bytes[ROOM];
};

int line_input_open(struct line_input **out, int fd)
{
	struct line_input *in = malloc(sizeof(*in));

	if (!in)
		return -ENOMEM;
	memset(in, 0, offsetof(struct line_input, bytes));
	in->fd = fd;
	*out = in;
	return 0;
}

static void search(struct line_input *in)
{
	const char *at;

	if (in->found)
		return;
	at = memchr(in->bytes + in->searched, '\n', in->end - in->searched);
	in->found = at;
	in->newline = at ? (size_t)(at - in->bytes) : 0;
	in->searched = in->end;
}

/* Take what lies before `end', and the byte there. */
static void take(struct line_input *in, size_t end)
{
	in->begin = end < in->end ? end + 1 : end;
	in->searched = in->begin;
	in->found = false;
}

/* The rest of a line that is too long ends here, if its newline is there. */
static void skip(struct line_input *in)
{
	search(in);
	take(in, in->found ? in->newline : in->end);
}

static bool is_too_long(const struct line_input *in, size_t end)
{
	return end - in->begin > LINE_INPUT_MAX;
}

bool line_input_ready(struct line_input *in)
{
	while (in->skipping && in->begin < in->end) {
		search(in);
		in->skipping = !in->found;
		skip(in);
	}
	search(in);
	return in->found || in->ended || is_too_long(in, in->end);
}

int line_input_next(struct line_input *in, const char **line, size_t *len)
{
	size_t end;

	if (!line_input_ready(in))
		return 0;
	end = in->found ? in->newline : in->end;
	if (!in->found && in->begin == in->end)
		return -ENODATA;
	in->number++;
	if (is_too_long(in, end)) {
		in->skipping = !in->found;
		take(in, end);
		return -EMSGSIZE;
	}
	*line = in->bytes + in->begin;
	*len = end - in->begin;
	take(in, end);
	return 1;
}

uint64_t line_input_number(const struct line_input *in)
{
	return in->number;
}

static void move_to_front(struct line_input *in)
{
	memmove(in->bytes, in->bytes + in->begin, in->end - in->begin);
	in->end -= in->begin;
	in->searched -= in->begin;
	in->begin = 0;
}

/* The descriptor may be one that waits, and others may share it, so its flags stay as they are:
 * poll(2) says whether read(2) would wait. A FIFO that nobody has opened for writing yet is not at
 * its end, although read(2) returns 0: poll(2) says that nothing is there. */
int line_input_fill(struct line_input *in)
{
	struct pollfd ready = { .fd = in->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, 0) < 1)
		return -EAGAIN;
	move_to_front(in);
	n = read(in->fd, in->bytes + in->end, ROOM - in->end);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	in->ended = !n;
	in->end += n;
	return 0;
}

void line_input_close(struct line_input *in)
{
	if (!in)
		return;
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	free(in);
}
