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
 * foreign    messages to the group whose sender is not the kernel; they were not read. (Messages
 *            of other senders to this socket alone are refused by the kernel: netlink_open())
 * lost       events that found no room in the receive buffer, from the socket's drop counter
 *            (SO_MEMINFO). Exact, except that events are missing for which the kernel had no
 *            memory to make a message
 * unsure     events of which it is not known whether they were lost, of a feed
 * reopens    how often the socket had stopped receiving and was replaced
 */
struct conntrack_stats {
	uint64_t received, undecoded, foreign, lost, unsure, reopens;
};

/* Called for a socket before it joins its groups, to attach a filter. Returns 0 or -errno. */
typedef int conntrack_prepare_fn(int fd, void *arg);

/* Subscribe, and ask for a receive buffer of buffer_bytes: see conntrack_buffer(). prepare (or
 * NULL) is called with arg for the socket, and for each socket that replaces it later. Returns 0
 * and a subscription the caller owns, or -errno with *out untouched: -EPERM no CAP_NET_ADMIN over
 * the namespace. */
int conntrack_open(struct conntrack **out, size_t buffer_bytes, conntrack_prepare_fn *prepare,
		   void *arg);

/* Another way for events to come than by messages to a socket. The functions get the feed's arg, and do
 * what those of struct conntrack do that have their names; `lost' and `unsure' of the subscription's
 * counters are the feed's to keep.
 *
 * receive      as conntrack_read(); or -EBUSY when all that waits cannot be read yet
 * count_lost   bring the counters up to date
 * waiting_max  how many events can wait at this moment, at most
 * watch        NULL: there is nothing to watch
 */
struct conntrack_feed {
	int (*fd)(const void *arg);
	size_t (*buffer)(const void *arg);
	ssize_t (*receive)(void *arg, struct flow_event *ev, size_t max);
	void (*count_lost)(void *arg);
	uint64_t (*waiting_max)(const void *arg);
	int (*watch)(void *arg);
	void (*close)(void *arg);
};

/* A subscription to the events of a feed, which is lent; arg is the subscription's from now on. *stats
 * are the counters, for the feed. Returns 0, or -ENOMEM and arg is still the caller's. */
int conntrack_open_feed(struct conntrack **out, const struct conntrack_feed *feed, void *arg,
			struct conntrack_stats **stats);

/* The descriptor that is readable when there are events. After conntrack_watch() has returned
 * 1, this function returns another descriptor. */
int conntrack_fd(const struct conntrack *c);

/* The receive buffer that the kernel granted, in bytes of the kernel's own accounting: twice
 * what was asked for, or less. */
size_t conntrack_buffer(const struct conntrack *c);

/* Receive messages with one system call and decode up to max events (at least 1). Returns how many
 * events there are: 0 when the messages held none; when there are max, more may be left, of which
 * conntrack_fd() does not tell. Or -EAGAIN when the queue is empty, another -errno when the socket
 * is broken. dir is left for the caller, and time_ns where has_time is not set. */
ssize_t conntrack_read(struct conntrack *c, struct flow_event *ev, size_t max);

/* Take events off the socket and hold them, while the caller is too busy to count them, so that
 * they do not overrun the receive buffer. conntrack_read() gives held events first, in the
 * order in which they came, and only then `received` counts them. Held events take at most as
 * much memory as conntrack_buffer() says; further events wait in the socket. Returns whether
 * the socket was emptied. */
bool conntrack_hold(struct conntrack *c);

/* How many held events have not been read yet. conntrack_fd() does not tell of them. */
size_t conntrack_held(const struct conntrack *c);

/* How many events can be held or queued in the socket at this moment, at most. */
uint64_t conntrack_waiting_max(const struct conntrack *c);

/* The counters as of now; lent. */
const struct conntrack_stats *conntrack_stats(struct conntrack *c);

/* Call about once a second: a netlink socket can end up in a state in which it refuses every
 * message although its queue is empty. Returns 0 when the socket works; 1 when it was in this
 * state and has been replaced; -errno when it could not be replaced. */
int conntrack_watch(struct conntrack *c);

/* Decode one netlink message of len bytes, header included, as the kernel sends it. Returns 0, or
 * -EBADMSG with *ev undefined for a message that is damaged, or is neither NEW nor DESTROY. */
int conntrack_decode(const void *msg, size_t len, struct flow_event *ev);

/* A connection of the connection table, as a dump shows it.
 *
 * event      of kind FLOW_LIVE: counters are those since the connection began, and time_ns is when
 *            the connection began; has_time is not set where the kernel does not know
 * ending     the connection's DESTROY is under way, or has been sent
 * offloaded  a flow table forwards the connection's packets: the counters may lag behind
 * message    the message that was decoded, lent
 */
struct conntrack_entry {
	struct flow_event event;
	bool ending;
	bool offloaded;
	const void *message;
};

/* Decode one message of a dump, as conntrack_decode() does. */
int conntrack_decode_entry(const void *msg, size_t len, struct conntrack_entry *entry);

/* The hash of the entry's struct flow_identity, while its message is there. */
uint64_t conntrack_identity(const struct conntrack_entry *entry, const uint64_t secret[2]);

void conntrack_close(struct conntrack *c);	/* NULL is fine */

#endif
