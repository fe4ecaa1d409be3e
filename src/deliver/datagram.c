/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deliver/datagram.h"
#include "notify/notify.h"
#include "window/clock.h"

#define RESOLVE_NS 60000000000ULL

void datagram_disconnect(struct datagram *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static bool is_same_peer(int a, int b)
{
	struct sockaddr_storage x = { 0 }, y = { 0 };
	socklen_t m = sizeof(x), n = sizeof(y);

	return a >= 0 && !getpeername(a, (struct sockaddr *)&x, &m) &&
	       !getpeername(b, (struct sockaddr *)&y, &n) && m == n && !memcmp(&x, &y, m);
}

int datagram_connect(struct datagram *d, int stop_fd, bool *anew, struct refusal *why)
{
	uint64_t now = clock_monotonic_ns();
	int fd;

	*anew = false;
	if (d->fd >= 0 && now - d->resolved_ns < RESOLVE_NS)
		return 0;
	fd = address_connect(&d->address, stop_fd, why);
	if (fd >= 0 && is_same_peer(d->fd, fd)) {
		close(fd);
	} else {
		datagram_disconnect(d);
		d->fd = fd;
		*anew = true;
	}
	d->resolved_ns = now;
	return fd < 0 ? fd : 0;
}

int datagram_wait(int fd, int stop_fd, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLOUT } };

	poll(fds, 2, notify_wait_ms(timeout_ms));
	notify_alive();
	return fds[0].revents ? -ECANCELED : 0;
}

int datagram_send(const struct datagram *d, const struct iovec *part, size_t n, int stop_fd)
{
	const struct msghdr message = { .msg_iov = (struct iovec *)part, .msg_iovlen = n };
	int err = 0;

	while (!err && sendmsg(d->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		err = datagram_wait(d->fd, stop_fd, -1);
	}
	return err;
}

int datagram_error(const struct datagram *d)
{
	int err = 0;
	socklen_t size = sizeof(err);

	getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &err, &size);
	return -err;
}
