/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "print/out.h"

/* Write a part. Returns how many bytes, or -errno. */
static ssize_t write_some(int fd, const char *text, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	ssize_t n = write(fd, text, len);

	if (n >= 0)
		return n;
	if (errno == EAGAIN && poll(&p, 1, -1) >= 0)
		return 0;
	return errno == EINTR ? 0 : -errno;
}

int out_flush(struct out *o)
{
	size_t done = 0;
	ssize_t n;

	while (!o->err && done < o->len) {
		n = write_some(o->fd, o->text + done, o->len - done);
		if (n < 0)
			o->err = (int)n;
		else
			done += n;
	}
	o->len = 0;
	return o->err;
}

void out_put(struct out *o, const char *text, size_t len)
{
	while (len) {
		size_t n = sizeof(o->text) - o->len;

		n = len < n ? len : n;
		memcpy(o->text + o->len, text, n);
		o->len += n;
		text += n;
		len -= n;
		if (o->len == sizeof(o->text))
			out_flush(o);
	}
}

void out_text(struct out *o, const char *text)
{
	out_put(o, text, strlen(text));
}

void out_times(struct out *o, char c, size_t n)
{
	while (n--)
		out_put(o, &c, 1);
}
