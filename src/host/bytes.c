/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "host/bytes.h"

int bytes_write(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}

/* Returns 0 when there are bytes, or -errno. */
static int wait_for_bytes(int fd, int patience_ms)
{
	int n = poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, patience_ms);

	if (n < 0 && errno != EINTR)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

ssize_t bytes_read(int fd, char *to, size_t max, int patience_ms)
{
	size_t len = 0;

	while (len < max) {
		ssize_t n = read(fd, to + len, max - len);
		int err = n < 0 && errno == EAGAIN ? wait_for_bytes(fd, patience_ms) :
			  n < 0 ? -errno : 0;

		if (err && err != -EINTR)
			return err;
		if (!n)
			break;
		len += n > 0 ? n : 0;
	}
	return len;
}
