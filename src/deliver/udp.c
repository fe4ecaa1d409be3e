/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deliver/address.h"
#include "deliver/answer.h"
#include "deliver/lines.h"
#include "deliver/syslog.h"
#include "deliver/udp.h"
#include "notify/notify.h"
#include "window/clock.h"

/* A host that moved is never noticed from its silence, so names are resolved again. */
#define RESOLVE_NS 60000000000ULL
/* Lines between two looks at stop_fd. */
#define LINES_A_LOOK 256

/* fd  connected; -1: not yet, or not since the last failure */
struct udp {
	struct transport t;
	struct address address;
	bool syslog;
	int fd;
	uint64_t resolved_ns;
	struct lines lines;
};

static void disconnect(struct udp *u)
{
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

static int connected(struct udp *u, int stop_fd, struct refusal *why)
{
	uint64_t now = clock_monotonic_ns();

	if (u->fd >= 0 && now - u->resolved_ns < RESOLVE_NS)
		return 0;
	disconnect(u);
	u->fd = address_connect(&u->address, stop_fd, why);
	u->resolved_ns = now;
	return u->fd < 0 ? u->fd : 0;
}

/* Returns 0 when datagrams can be sent, or -ECANCELED. fd is -1 for a look at stop_fd alone. */
static int wait_for_room(int fd, int stop_fd, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLOUT } };

	poll(fds, 2, notify_wait_ms(timeout_ms));
	notify_alive();
	return fds[0].revents ? -ECANCELED : 0;
}

static int send_datagram(const struct udp *u, struct iovec part[2], int stop_fd)
{
	const struct msghdr message = { .msg_iov = part, .msg_iovlen = 2 };
	int err = 0;

	while (!err && sendmsg(u->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		err = wait_for_room(u->fd, stop_fd, -1);
	}
	return err;
}

/* Returns 1 when the line was sent, 0 when it is too long, or -errno. */
static int send_line(const struct udp *u, const char *line, size_t n, int stop_fd)
{
	char header[SYSLOG_HEADER_MAX];
	struct iovec part[2] = { { .iov_base = header }, { .iov_base = (char *)line, .iov_len = n } };
	int err;

	if (line && u->syslog)
		part[0].iov_len = syslog_header(header, line, n);
	if (!line || part[0].iov_len + n > UDP_DATAGRAM_MAX)
		return 0;
	err = send_datagram(u, part, stop_fd);
	return err ? err : 1;
}

/* What the host answered to the last datagrams, as far as the kernel knows by now. */
static int pending_error(const struct udp *u)
{
	int err = 0;
	socklen_t size = sizeof(err);

	getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &err, &size);
	return -err;
}

static int send_lines(struct udp *u, int stop_fd, uint64_t *sent, uint64_t *skipped)
{
	const char *line;
	size_t n;
	int err;

	while ((err = lines_next(&u->lines, &line, &n)) > 0) {
		err = send_line(u, line, n, stop_fd);
		if (err > 0)
			++*sent;
		else if (!err)
			++*skipped;
		if (err >= 0 && (*sent + *skipped) % LINES_A_LOOK == 0)
			err = wait_for_room(-1, stop_fd, 0);
		if (err < 0)
			break;
	}
	return err < 0 ? err : pending_error(u);
}

static void udp_send(struct transport *t, const struct transport_item *item, int stop_fd,
		     struct transport_answer *out)
{
	struct udp *u = (struct udp *)t;
	uint64_t sent = 0, skipped = 0;
	struct refusal why = { 0 };
	int err = connected(u, stop_fd, &why);

	if (!err) {
		lines_init(&u->lines, item->fd);
		err = send_lines(u, stop_fd, &sent, &skipped);
		refuse(&why, "%s", strerror(-err));
	}
	if (err)
		disconnect(u);
	if (err == -ECANCELED)
		answer_set(out, TRANSPORT_STOPPED, "stopped after %" PRIu64 " datagrams", sent);
	else if (err)
		answer_set(out, TRANSPORT_LATER, "%s", why.why);
	else
		answer_set(out, TRANSPORT_TAKEN, "%" PRIu64 " datagrams sent, %" PRIu64 " records longer than %d bytes skipped",
			   sent, skipped, UDP_DATAGRAM_MAX);
	out->skipped = err ? 0 : skipped;
}

static void udp_close(struct transport *t)
{
	disconnect((struct udp *)t);
	free(t);
}

int udp_open(struct transport **out, const struct deliver_options *opts, struct refusal *why)
{
	static const struct transport_functions functions = { .send = udp_send, .close = udp_close };
	struct udp *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->t.fn = &functions;
	u->fd = -1;
	u->syslog = opts->syslog;
	err = address_parse(&u->address, opts->udp, why);
	if (err) {
		free(u);
		return err;
	}
	*out = &u->t;
	return 0;
}

void udp_describe(const struct deliver_options *opts, char text[TRANSPORT_DESTINATION_SIZE])
{
	snprintf(text, TRANSPORT_DESTINATION_SIZE, "udp %s", opts->udp);
}
