/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "host/netlink.h"
#include "source/conntrack_socket.h"

/* The longest message that can be read, and how many one system call receives. The message of an
 * event has about 150 bytes; labels, a helper's name and a security context can make it a few
 * hundred bytes longer. */
#define MESSAGE_SIZE 4096
#define MESSAGES 64

/* The least that a queued event takes of the receive buffer, with all that the kernel adds to a
 * message. */
#define LEAST_QUEUED_BYTES 512

struct conntrack_socket {
	struct mnl_socket *nl;
	bool joined;
	size_t asked_bytes, granted_bytes;
	conntrack_prepare_fn *prepare;
	void *prepare_arg;
	struct conntrack_stats *stats;
	struct netlink_ring *ring;
	/* The socket's drop counter, 32 bits, as it was last read. */
	uint32_t seen_drops;
	/* Messages received so far; watch_*: values at the last watch(). */
	uint64_t watch_messages, messages, watch_lost;
};

/* With ENOBUFS an overrun would cost all events until the queue has been emptied; without it,
 * only events that find no room, and the socket's drop counter says how many. */
static int prepare(struct conntrack_socket *s, struct mnl_socket *nl)
{
	int fd = mnl_socket_get_fd(nl), on = 1;

	s->granted_bytes = netlink_set_buffer(fd, s->asked_bytes);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)))
		return -errno;
	return s->prepare ? s->prepare(fd, s->prepare_arg) : 0;
}

static int subscribe(int fd)
{
	int err = netlink_join(fd, NFNLGRP_CONNTRACK_NEW);

	return err ? err : netlink_join(fd, NFNLGRP_CONNTRACK_DESTROY);
}

static int descriptor(const void *arg)
{
	const struct conntrack_socket *s = arg;

	return mnl_socket_get_fd(s->nl);
}

static void read_drops(struct conntrack_socket *s, uint32_t meminfo[SK_MEMINFO_VARS])
{
	if (netlink_meminfo(descriptor(s), meminfo))
		return;
	s->stats->lost += (uint32_t)(meminfo[SK_MEMINFO_DROPS] - s->seen_drops);
	s->seen_drops = meminfo[SK_MEMINFO_DROPS];
}

static void count_lost(void *arg)
{
	uint32_t meminfo[SK_MEMINFO_VARS];

	read_drops(arg, meminfo);
}

/* Close the socket; the events that it refused last are counted first. */
static void leave(struct conntrack_socket *s)
{
	if (!s->nl)
		return;
	count_lost(s);
	mnl_socket_close(s->nl);
	s->nl = NULL;
}

/* Open the socket, or replace a socket that refuses every message.
 *
 * Without a filter, the new socket joins before the old one is closed. An event that comes while
 * both are members is refused by the old socket, which reports it as lost, and received by the new
 * one: too many events are called lost, but none is missing unsaid. With a filter, both sockets'
 * filters would count the event, so the old socket is closed first; events that happen before the
 * new socket joins are missing, and nobody can say how many. */
static int open_socket(struct conntrack_socket *s)
{
	struct mnl_socket *nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, SOCK_NONBLOCK);

	if (err)
		return err;
	err = prepare(s, nl);
	if (err) {
		mnl_socket_close(nl);
		return err;
	}
	if (s->prepare)
		leave(s);
	err = subscribe(mnl_socket_get_fd(nl));
	leave(s);
	s->nl = nl;
	s->seen_drops = 0;
	s->joined = !err;
	return err;
}

static void close_socket(void *arg)
{
	struct conntrack_socket *s = arg;

	if (s->nl)
		mnl_socket_close(s->nl);
	netlink_ring_close(s->ring);
	free(s);
}

int conntrack_socket_open(void **out, struct conntrack_stats *stats, size_t buffer_bytes,
			  conntrack_prepare_fn *prepare_fn, void *arg)
{
	struct conntrack_socket *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->stats = stats;
	s->asked_bytes = buffer_bytes;
	s->prepare = prepare_fn;
	s->prepare_arg = arg;
	err = netlink_ring_open(&s->ring, MESSAGES, MESSAGE_SIZE);
	if (!err)
		err = open_socket(s);
	if (err) {
		close_socket(s);
		return err;
	}
	*out = s;
	return 0;
}

static size_t buffer(const void *arg)
{
	const struct conntrack_socket *s = arg;

	return s->granted_bytes;
}

static ssize_t receive(void *arg, struct flow_event *ev, size_t max)
{
	struct conntrack_socket *s = arg;
	const struct nlmsghdr *nlh;
	size_t n = 0;
	int received;

	if (!netlink_ring_has(s->ring)) {
		received = netlink_receive(s->ring, descriptor(s));
		if (received < 0)
			return received;
		s->messages += received;
	}
	while (n < max &&
	       (nlh = netlink_next(s->ring, &s->stats->foreign, &s->stats->undecoded))) {
		if (conntrack_decode(nlh, nlh->nlmsg_len, &ev[n]))
			s->stats->undecoded++;
		else
			n++;
	}
	return n;
}

static uint64_t waiting_max(const void *arg)
{
	const struct conntrack_socket *s = arg;

	return s->granted_bytes / LEAST_QUEUED_BYTES + 1;
}

/* The kernel marks a netlink socket as congested when a message finds no room, and takes the
 * mark away when the reader has emptied the queue. The two steps can happen in the wrong order
 * (netdev, August 2023): then the queue is empty, the mark stays, and the kernel drops every
 * message from then on. So a socket is replaced if it has dropped messages since the last call
 * although its queue is empty and nothing was read from it. */
static int watch(void *arg)
{
	uint32_t meminfo[SK_MEMINFO_VARS];
	struct conntrack_socket *s = arg;
	bool silent, dropping;
	int err;

	read_drops(s, meminfo);
	silent = s->messages == s->watch_messages && !meminfo[SK_MEMINFO_RMEM_ALLOC];
	dropping = s->stats->lost != s->watch_lost;
	s->watch_messages = s->messages;
	s->watch_lost = s->stats->lost;
	if (s->joined && (!silent || !dropping))
		return 0;
	err = open_socket(s);
	if (err)
		return err;
	s->stats->reopens++;
	return 1;
}

const struct conntrack_feed conntrack_socket_feed = {
	.fd = descriptor,
	.buffer = buffer,
	.receive = receive,
	.count_lost = count_lost,
	.waiting_max = waiting_max,
	.watch = watch,
	.close = close_socket,
};
