/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "host/netlink.h"
#include "source/conntrack.h"

/* The longest message that can be read, and how many one system call receives. The message of an
 * event has about 150 bytes; labels, a helper's name and a security context can make it a few
 * hundred bytes longer. */
#define MESSAGE_SIZE 4096
#define MESSAGES 64

/* How many held events there is room for at first. */
#define FIRST_HELD 1024

/* The least that a queued event takes of the receive buffer, with all that the kernel adds to a
 * message. */
#define LEAST_QUEUED_BYTES 512

struct conntrack {
	struct mnl_socket *nl;
	bool joined;
	size_t asked_bytes, granted_bytes;
	conntrack_prepare_fn *prepare;
	void *prepare_arg;
	struct conntrack_stats stats;

	struct netlink_ring *ring;
	/* The events that conntrack_hold() took off the socket: n_held of them, of which the first
	 * `handed` have been read. */
	struct flow_event *held;
	size_t n_held, handed, held_room;
	/* The socket's drop counter, 32 bits, as it was last read. */
	uint32_t seen_drops;
	/* Messages received so far; watch_*: values at the last conntrack_watch(). */
	uint64_t watch_messages, messages, watch_lost;
};

/* With ENOBUFS an overrun would cost all events until the queue has been emptied; without it,
 * only events that find no room, and the socket's drop counter says how many. */
static int prepare(struct conntrack *c, struct mnl_socket *nl)
{
	int fd = mnl_socket_get_fd(nl), on = 1;

	c->granted_bytes = netlink_set_buffer(fd, c->asked_bytes);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)))
		return -errno;
	return c->prepare ? c->prepare(fd, c->prepare_arg) : 0;
}

static int subscribe(int fd)
{
	int err = netlink_join(fd, NFNLGRP_CONNTRACK_NEW);

	return err ? err : netlink_join(fd, NFNLGRP_CONNTRACK_DESTROY);
}

static void count_drops(struct conntrack *c, uint32_t meminfo[SK_MEMINFO_VARS])
{
	if (netlink_meminfo(conntrack_fd(c), meminfo))
		return;
	c->stats.lost += (uint32_t)(meminfo[SK_MEMINFO_DROPS] - c->seen_drops);
	c->seen_drops = meminfo[SK_MEMINFO_DROPS];
}

/* Close the socket; the events that it refused last are counted first. */
static void leave(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	if (!c->nl)
		return;
	count_drops(c, meminfo);
	mnl_socket_close(c->nl);
	c->nl = NULL;
}

/* Open the socket, or replace a socket that refuses every message.
 *
 * Without a filter, the new socket joins before the old one is closed. An event that comes while
 * both are members is refused by the old socket, which reports it as lost, and received by the new
 * one: too many events are called lost, but none is missing unsaid. With a filter, both sockets'
 * filters would count the event, so the old socket is closed first; events that happen before the
 * new socket joins are missing, and nobody can say how many. */
static int open_socket(struct conntrack *c)
{
	struct mnl_socket *nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, SOCK_NONBLOCK);

	if (err)
		return err;
	err = prepare(c, nl);
	if (err) {
		mnl_socket_close(nl);
		return err;
	}
	if (c->prepare)
		leave(c);
	err = subscribe(mnl_socket_get_fd(nl));
	leave(c);
	c->nl = nl;
	c->seen_drops = 0;
	c->joined = !err;
	return err;
}

int conntrack_open(struct conntrack **out, size_t buffer_bytes, conntrack_prepare_fn *prepare_fn,
		   void *arg)
{
	struct conntrack *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->asked_bytes = buffer_bytes;
	c->prepare = prepare_fn;
	c->prepare_arg = arg;
	err = netlink_ring_open(&c->ring, MESSAGES, MESSAGE_SIZE);
	if (!err)
		err = open_socket(c);
	if (err) {
		conntrack_close(c);
		return err;
	}
	*out = c;
	return 0;
}

int conntrack_fd(const struct conntrack *c)
{
	return mnl_socket_get_fd(c->nl);
}

size_t conntrack_buffer(const struct conntrack *c)
{
	return c->granted_bytes;
}

/* As conntrack_read(), but only from the socket, not from the held events. */
static ssize_t receive(struct conntrack *c, struct flow_event *ev, size_t max)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;
	int received;

	if (!netlink_ring_has(c->ring)) {
		received = netlink_receive(c->ring, conntrack_fd(c));
		if (received < 0)
			return received;
		c->messages += received;
	}
	while (n < max &&
	       (nlh = netlink_next(c->ring, &c->stats.foreign, &c->stats.undecoded))) {
		if (conntrack_decode(nlh, nlh->nlmsg_len, &ev[n]))
			c->stats.undecoded++;
		else
			n++;
	}
	return n;
}

static void forget_held(struct conntrack *c)
{
	free(c->held);
	c->held = NULL;
	c->n_held = c->handed = c->held_room = 0;
}

static ssize_t read_held(struct conntrack *c, struct flow_event *ev, size_t max)
{
	size_t n = conntrack_held(c) < max ? conntrack_held(c) : max;

	memcpy(ev, c->held + c->handed, n * sizeof(*ev));
	c->handed += n;
	if (!conntrack_held(c))
		forget_held(c);
	return n;
}

ssize_t conntrack_read(struct conntrack *c, struct flow_event *ev, size_t max)
{
	ssize_t n = conntrack_held(c) ? read_held(c, ev, max) : receive(c, ev, max);

	if (n > 0)
		c->stats.received += n;
	return n;
}

/* Make room to hold one more event; held events may take as much memory as the receive buffer.
 * Returns whether there is room. */
static bool grow_held(struct conntrack *c)
{
	size_t limit = c->granted_bytes / sizeof(*c->held);
	size_t room = c->held_room ? 2 * c->held_room : FIRST_HELD;
	struct flow_event *held;

	if (c->n_held < c->held_room)
		return true;
	if (room > limit)
		room = limit;
	if (room <= c->n_held)
		return false;
	held = realloc(c->held, room * sizeof(*held));
	if (!held)
		return false;
	c->held = held;
	c->held_room = room;
	return true;
}

bool conntrack_hold(struct conntrack *c)
{
	ssize_t n = 0;

	while (n >= 0 && grow_held(c)) {
		n = receive(c, c->held + c->n_held, c->held_room - c->n_held);
		if (n > 0)
			c->n_held += n;
	}
	return n == -EAGAIN;
}

size_t conntrack_held(const struct conntrack *c)
{
	return c->n_held - c->handed;
}

uint64_t conntrack_waiting_max(const struct conntrack *c)
{
	return conntrack_held(c) + c->granted_bytes / LEAST_QUEUED_BYTES + 1;
}

const struct conntrack_stats *conntrack_stats(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	count_drops(c, meminfo);
	return &c->stats;
}

/* The kernel marks a netlink socket as congested when a message finds no room, and takes the
 * mark away when the reader has emptied the queue. The two steps can happen in the wrong order
 * (netdev, August 2023): then the queue is empty, the mark stays, and the kernel drops every
 * message from then on. So a socket is replaced if it has dropped messages since the last call
 * although its queue is empty and nothing was read from it. */
int conntrack_watch(struct conntrack *c)
{
	uint32_t meminfo[SK_MEMINFO_VARS];
	bool silent, dropping;
	int err;

	count_drops(c, meminfo);
	silent = c->messages == c->watch_messages && !meminfo[SK_MEMINFO_RMEM_ALLOC];
	dropping = c->stats.lost != c->watch_lost;
	c->watch_messages = c->messages;
	c->watch_lost = c->stats.lost;
	if (c->joined && (!silent || !dropping))
		return 0;
	err = open_socket(c);
	if (err)
		return err;
	c->stats.reopens++;
	return 1;
}

void conntrack_close(struct conntrack *c)
{
	if (!c)
		return;
	if (c->nl)
		mnl_socket_close(c->nl);
	netlink_ring_close(c->ring);
	free(c->held);
	free(c);
}
