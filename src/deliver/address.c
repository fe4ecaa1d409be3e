/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deliver/address.h"
#include "notify/notify.h"
#include "window/clock.h"

#define CONNECT_NS 60000000000ULL	/* a host that says nothing for so long is not there */
#define LOOK_MS 1000
#define LOOK_NS 50000000	/* how often a wait for the resolver looks at stop_fd */

static int take_port(struct address *out, const char *text, struct refusal *why)
{
	size_t n = strlen(text);

	if (!n || n >= sizeof(out->port) || strspn(text, "0123456789") != n ||
	    !atoi(text) || atoi(text) > 65535)
		return refuse(why, QUOTED " is no port from 1 to 65535", text);
	memcpy(out->port, text, n + 1);
	return 0;
}

int address_parse(struct address *out, const char *text, struct refusal *why)
{
	const char *host = text, *colon = strrchr(text, ':');
	size_t n;

	if (!colon)
		return refuse(why, "there is no port");
	n = colon - text;
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host++;
		n -= 2;
	} else if (memchr(host, ':', n)) {
		return refuse(why, "an IPv6 address stands in brackets: [ADDRESS]:PORT");
	}
	if (!n || n >= sizeof(out->host))
		return refuse(why, n ? "the host has more than 255 bytes" : "there is no host");
	memcpy(out->host, host, n);
	out->host[n] = '\0';
	out->type = SOCK_DGRAM;
	return take_port(out, colon + 1, why);
}

/* A host may be named tcp. */
int address_parse_any(struct address *out, const char *text, struct refusal *why)
{
	bool stream = !strncmp(text, "tcp:", 4) && strchr(text + 4, ':');
	int err = address_parse(out, text + (stream ? 4 : 0), why);

	if (!err && stream)
		out->type = SOCK_STREAM;
	return err;
}

static bool is_stopped(int stop_fd)
{
	struct pollfd p = { .fd = stop_fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* A request to the resolver's thread, which writes here until it is done. One that is not done
 * when the program is stopped is left to that thread. */
struct request {
	struct gaicb gai;
	struct gaicb *list[1];
	struct addrinfo hints;
	struct address address;
};
static struct request *left_behind;	/* to the end of the program */

static struct request *ask(const struct address *a)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->address = *a;
	r->hints.ai_socktype = a->type;
	r->gai = (struct gaicb){ .ar_name = r->address.host, .ar_service = r->address.port,
				 .ar_request = &r->hints };
	r->list[0] = &r->gai;
	return r;
}

/* Without a thread: numeric addresses. */
static bool resolve_number(struct request *r)
{
	r->hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	return !getaddrinfo(r->gai.ar_name, r->gai.ar_service, &r->hints, &r->gai.ar_result);
}

/* Returns 0, -ECANCELED, or -EHOSTUNREACH. */
static int resolve_name(struct request *r, int stop_fd, struct refusal *why)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	int err;

	r->hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
	err = getaddrinfo_a(GAI_NOWAIT, r->list, 1, NULL);
	while (!err && (err = gai_error(&r->gai)) == EAI_INPROGRESS) {
		if (is_stopped(stop_fd))
			return -ECANCELED;
		gai_suspend((const struct gaicb *const *)r->list, 1, &look);
		notify_alive();
		err = 0;
	}
	if (!err)
		return 0;
	refuse(why, "cannot resolve " QUOTED ": %s", r->address.host, gai_strerror(err));
	return -EHOSTUNREACH;
}

/* Returns 0 when the connection is made, -ECANCELED, or why there is none. */
static int wait_for_connection(int fd, int stop_fd)
{
	struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLOUT } };
	uint64_t until = clock_monotonic_ns() + CONNECT_NS;
	socklen_t size = sizeof(int);
	int err = 0;

	while (!fds[0].revents && !fds[1].revents) {
		if (clock_monotonic_ns() >= until)
			return -ETIMEDOUT;
		poll(fds, 2, notify_wait_ms(LOOK_MS));
		notify_alive();
	}
	if (fds[0].revents)
		return -ECANCELED;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) ? -errno : -err;
}

static int connect_to(const struct addrinfo *a, int stop_fd)
{
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, a->ai_addr, a->ai_addrlen))
		err = errno == EINPROGRESS ? wait_for_connection(fd, stop_fd) : -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int connect_first(const struct addrinfo *list, int stop_fd, struct refusal *why)
{
	int err = -EHOSTUNREACH;

	for (; list; list = list->ai_next) {
		err = connect_to(list, stop_fd);
		if (err >= 0 || err == -ECANCELED)
			return err;
	}
	refuse(why, "%s", strerror(-err));
	return err;
}

int address_connect(const struct address *a, int stop_fd, struct refusal *why)
{
	struct request *r = ask(a);
	int err;

	if (!r) {
		refuse(why, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	err = resolve_number(r) ? 0 : resolve_name(r, stop_fd, why);
	if (err == -ECANCELED && gai_cancel(&r->gai) == EAI_NOTCANCELED) {
		left_behind = r;
		return err;
	}
	if (!err)
		err = connect_first(r->gai.ar_result, stop_fd, why);
	if (r->gai.ar_result)
		freeaddrinfo(r->gai.ar_result);
	free(r);
	return err;
}
