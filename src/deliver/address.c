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
	return take_port(out, colon + 1, why);
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
	r->hints.ai_socktype = SOCK_DGRAM;
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

static int connect_first(const struct addrinfo *list, struct refusal *why)
{
	int err = -EHOSTUNREACH;

	for (; list; list = list->ai_next) {
		int fd = socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd >= 0 && !connect(fd, list->ai_addr, list->ai_addrlen))
			return fd;
		err = -errno;
		if (fd >= 0)
			close(fd);
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
		err = connect_first(r->gai.ar_result, why);
	if (r->gai.ar_result)
		freeaddrinfo(r->gai.ar_result);
	free(r);
	return err;
}
