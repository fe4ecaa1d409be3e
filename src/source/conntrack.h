/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_CONNTRACK_H
#define CTAGG_SOURCE_CONNTRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "flow/event.h"

/* A subscription to the NEW and DESTROY events of connection tracking in the
 * network namespace of the thread that opens it (nfnetlink, ctnetlink). */
struct conntrack;

/* Counters since the subscription was opened.
 *
 * received   events decoded and handed out
 * undecoded  messages of the kernel that are damaged, or no event of a known kind
 * foreign    messages to the group whose sender is not the kernel; they were not read. The
 *            kernel does not deliver messages of others to the socket alone
 * lost       events that found no room in the receive buffer (SO_MEMINFO): exact, but for
 *            events that the kernel had no memory to make a message of
 * reopens    times the socket had stopped receiving and was replaced
 */
struct conntrack_stats {
	uint64_t received, undecoded, foreign, lost, reopens;
};

/* Called for a socket before it joins its groups, to attach a filter. Returns 0 or -errno. */
typedef int conntrack_prepare_fn(int fd, void *arg);

/* Subscribe, with a receive buffer of at least buffer_bytes where the kernel
 * grants it; prepare (or NULL) is called with arg for this socket and for any
 * that replaces it. Returns 0 and a subscription the caller owns, or -errno with
 * *out untouched; -EPERM is a missing CAP_NET_ADMIN over the namespace. */
int conntrack_open(struct conntrack **out, size_t buffer_bytes, conntrack_prepare_fn *prepare,
		   void *arg);

/* The descriptor that is readable when there are events. It is another one when
 * conntrack_watch() has returned 1. */
int conntrack_fd(const struct conntrack *c);

/* The receive buffer that the kernel granted, in bytes of its own accounting:
 * twice what was asked for, where it was granted. */
size_t conntrack_buffer(const struct conntrack *c);

/* Read what one system call gives and decode up to max events (at least 1).
 * Returns how many there are, which can be 0 when what came was no event, and
 * when it is max there may be more of which conntrack_fd() does not tell;
 * -EAGAIN when the queue is empty; another -errno when the socket is broken.
 * dir is left for the caller, and time_ns where has_time is not set. */
ssize_t conntrack_read(struct conntrack *c, struct flow_event *ev, size_t max);

/* While nobody can count them, take events off the socket: conntrack_read() gives them
 * first, in the order in which they came, and `received` counts them then. They may take
 * as much memory as conntrack_buffer() says, until they have been read; what finds no room
 * waits in the socket. Returns whether the socket was emptied. */
bool conntrack_hold(struct conntrack *c);

/* How many events are held and not read yet. conntrack_fd() is not readable for them. */
size_t conntrack_held(const struct conntrack *c);

/* At most so many events are held or queued in the socket at this moment. */
uint64_t conntrack_waiting_max(const struct conntrack *c);

/* The counters as of now; lent. */
const struct conntrack_stats *conntrack_stats(struct conntrack *c);

/* Call about once a second: a netlink socket can end up refusing everything
 * with an empty queue. Returns 1 when that was so and it has been replaced, 0
 * when all is well, -errno when no new socket could be had. */
int conntrack_watch(struct conntrack *c);

/* Decode one netlink message of len bytes (header included, host order) as the
 * kernel sends it. Returns 0, or -EBADMSG for one that is damaged or not a NEW
 * or DESTROY, with *ev undefined. */
int conntrack_decode(const void *msg, size_t len, struct flow_event *ev);

/* A connection in the table, as a dump shows it. The event is FLOW_LIVE: counters
 * are those so far, time_ns is when it began, where the kernel keeps that. */
struct conntrack_entry {
	struct flow_event event;
	bool ending;		/* its DESTROY is under way, or has been sent */
	bool offloaded;		/* a flow table forwards it: counters may lag */
};
int conntrack_decode_entry(const void *msg, size_t len, struct conntrack_entry *entry);

void conntrack_close(struct conntrack *c);	/* NULL is fine */

#endif
