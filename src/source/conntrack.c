/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/conntrack.h"
#include "source/conntrack_socket.h"

/* How many held events there is room for at first. */
#define FIRST_HELD 1024

/* feed, arg  where events come from
 * held       the events that conntrack_hold() took off the feed: n_held of them, of which the first
 *            `handed' have been read
 */
struct conntrack {
	const struct conntrack_feed *feed;
	void *arg;
	struct conntrack_stats stats;
	struct flow_event *held;
	size_t n_held, handed, held_room;
};

int conntrack_open(struct conntrack **out, size_t buffer_bytes, conntrack_prepare_fn *prepare,
		   void *arg)
{
	struct conntrack *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->feed = &conntrack_socket_feed;
	err = conntrack_socket_open(&c->arg, &c->stats, buffer_bytes, prepare, arg);
	if (err) {
		free(c);
		return err;
	}
	*out = c;
	return 0;
}

int conntrack_open_feed(struct conntrack **out, const struct conntrack_feed *feed, void *arg,
			struct conntrack_stats **stats)
{
	struct conntrack *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->feed = feed;
	c->arg = arg;
	*stats = &c->stats;
	*out = c;
	return 0;
}

int conntrack_fd(const struct conntrack *c)
{
	return c->feed->fd(c->arg);
}

size_t conntrack_buffer(const struct conntrack *c)
{
	return c->feed->buffer(c->arg);
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
	ssize_t n = conntrack_held(c) ? read_held(c, ev, max) : c->feed->receive(c->arg, ev, max);

	if (n > 0)
		c->stats.received += n;
	return n == -EBUSY ? -EAGAIN : n;
}

/* Make room to hold one more event; held events may take as much memory as the receive buffer.
 * Returns whether there is room. */
static bool grow_held(struct conntrack *c)
{
	size_t limit = conntrack_buffer(c) / sizeof(*c->held);
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
		n = c->feed->receive(c->arg, c->held + c->n_held, c->held_room - c->n_held);
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
	return conntrack_held(c) + c->feed->waiting_max(c->arg);
}

const struct conntrack_stats *conntrack_stats(struct conntrack *c)
{
	c->feed->count_lost(c->arg);
	return &c->stats;
}

int conntrack_watch(struct conntrack *c)
{
	return c->feed->watch ? c->feed->watch(c->arg) : 0;
}

void conntrack_close(struct conntrack *c)
{
	if (!c)
		return;
	c->feed->close(c->arg);
	free(c->held);
	free(c);
}
