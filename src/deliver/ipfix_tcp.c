/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "deliver/address.h"
#include "deliver/datagram.h"
#include "deliver/ipfix_way.h"
#include "window/clock.h"

/* As large as libfixbuf makes them for connections. */
#define MESSAGE_MAX 8192
/* How long to wait at first, and at most, between two looks whether the other host has received all. */
#define LOOK_MS 1
#define LOOK_MAX_MS 50

/* Messages of IPFIX over a connection (RFC 7011, 10.4), which stays open for the next file.
 *
 * fd          -1: there is no connection
 * timeout_ns  how long nothing may move
 */
struct ipfix_tcp {
	struct ipfix_way way;
	struct address address;
	int fd;
	uint64_t timeout_ns;
};

static void disconnect(struct ipfix_way *w)
{
	struct ipfix_tcp *c = (struct ipfix_tcp *)w;

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* A collector sends nothing: what can be read is the end of the connection. */
static int state_of(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return got ? 0 : -EPIPE;
}

static int begin(struct ipfix_way *w, int stop_fd, bool *anew, struct refusal *why)
{
	struct ipfix_tcp *c = (struct ipfix_tcp *)w;

	if (c->fd >= 0 && state_of(c->fd))
		disconnect(w);
	*anew = c->fd < 0;
	if (*anew)
		c->fd = address_connect(&c->address, stop_fd, why);
	return c->fd < 0 ? c->fd : 0;
}

static int wait_for_room(const struct ipfix_tcp *c, int stop_fd)
{
	uint64_t until = clock_monotonic_ns() + c->timeout_ns;
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };

	while (poll(&p, 1, 0) <= 0) {
		if (clock_monotonic_ns() >= until)
			return -ETIMEDOUT;
		if (datagram_wait(c->fd, stop_fd, 1000))
			return -ECANCELED;
	}
	return 0;
}

static int send_message(struct ipfix_way *w, const uint8_t *message, size_t n, int stop_fd)
{
	struct ipfix_tcp *c = (struct ipfix_tcp *)w;
	int err = 0;

	while (n && !err) {
		ssize_t sent = send(c->fd, message, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			err = wait_for_room(c, stop_fd);
		else if (sent < 0 && errno != EINTR)
			err = -errno;
		if (sent > 0) {
			message += sent;
			n -= sent;
		}
	}
	return err;
}

/* The kernel tells when the other one has acknowledged all bytes, but wakes nobody then. */
static int end(struct ipfix_way *w, int stop_fd)
{
	const struct ipfix_tcp *c = (struct ipfix_tcp *)w;
	uint64_t moved_ns = clock_monotonic_ns();
	int left = 0, before = 0, err = state_of(c->fd), look_ms = LOOK_MS;

	while (!err && !ioctl(c->fd, SIOCOUTQ, &left) && left) {
		if (left != before)
			moved_ns = clock_monotonic_ns();
		before = left;
		if (clock_monotonic_ns() - moved_ns > c->timeout_ns)
			return -ETIMEDOUT;
		err = datagram_wait(-1, stop_fd, look_ms);
		if (look_ms < LOOK_MAX_MS)
			look_ms *= 2;
		if (!err)
			err = state_of(c->fd);
	}
	return err;
}

static void close_tcp(struct ipfix_way *w)
{
	disconnect(w);
	free(w);
}

int ipfix_tcp_open(struct ipfix_way **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct ipfix_way_functions functions = {
		.begin = begin, .send = send_message, .end = end, .give_up = disconnect,
		.close = close_tcp,
	};
	struct ipfix_tcp *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->way = (struct ipfix_way){ &functions, MESSAGE_MAX, false };
	c->fd = -1;
	c->timeout_ns = opts->timeout_ns;
	err = address_parse_any(&c->address, opts->ipfix, why);
	if (err) {
		free(c);
		return err;
	}
	*out = &c->way;
	return 0;
}
