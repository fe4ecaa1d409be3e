/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "interim/interim.h"

#define FIRST_SLOTS 4096

struct traffic {
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
};

/* One connection: what of it has been counted. Its id is a keyed hash, so it is a place
 * in the table as it is. */
struct counted {
	struct flow_identity identity;
	bool used;
	bool restarted;		/* in the last pass it had less than counted */
	struct traffic so_far;
	uint64_t pass;		/* in which it was seen */
};

struct interim {
	struct interim_filter filter;
	struct counted *slots;
	uint64_t mask, used, pass;
};

int interim_open(struct interim **out, const struct interim_filter *filter)
{
	struct interim *i = calloc(1, sizeof(*i));

	if (!i)
		return -ENOMEM;
	i->slots = calloc(FIRST_SLOTS, sizeof(*i->slots));
	if (!i->slots) {
		free(i);
		return -ENOMEM;
	}
	if (filter)
		i->filter = *filter;
	i->mask = FIRST_SLOTS - 1;
	*out = i;
	return 0;
}

static uint64_t home(const struct interim *i, const struct flow_identity *identity)
{
	return identity->id & i->mask;
}

/* The slot of this connection, or the free one where it would be. */
static struct counted *find(const struct interim *i, const struct flow_identity *identity)
{
	uint64_t at = home(i, identity);

	while (i->slots[at].used &&
	       memcmp(&i->slots[at].identity, identity, sizeof(*identity)) != 0)
		at = (at + 1) & i->mask;
	return &i->slots[at];
}

/* Room for one more, never more than half full. */
static int grow(struct interim *i)
{
	struct interim bigger = { .mask = 2 * i->mask + 1 };

	if (2 * (i->used + 1) <= i->mask + 1)
		return 0;
	bigger.slots = calloc(bigger.mask + 1, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (uint64_t at = 0; at <= i->mask; at++)
		if (i->slots[at].used)
			*find(&bigger, &i->slots[at].identity) = i->slots[at];
	free(i->slots);
	i->slots = bigger.slots;
	i->mask = bigger.mask;
	return 0;
}

/* A connection of which nothing has been counted yet; or NULL. */
static struct counted *add(struct interim *i, const struct flow_identity *identity)
{
	struct counted *c;

	if (grow(i))
		return NULL;
	c = find(i, identity);
	*c = (struct counted){ .identity = *identity, .used = true, .pass = i->pass };
	i->used++;
	return c;
}

static void forget(struct interim *i, struct counted *c)
{
	uint64_t hole = c - i->slots;

	if (i->filter.uncounted)
		i->filter.uncounted(i->filter.arg, &c->identity);
	for (uint64_t at = (hole + 1) & i->mask; i->slots[at].used; at = (at + 1) & i->mask) {
		/* It stays when its home lies behind the hole. */
		if (((at - home(i, &i->slots[at].identity)) & i->mask) < ((at - hole) & i->mask))
			continue;
		i->slots[hole] = i->slots[at];
		hole = at;
	}
	i->slots[hole].used = false;
	i->used--;
}

static struct traffic traffic_of(const struct flow_event *ev)
{
	return (struct traffic){
		.orig_packets = ev->orig_packets,
		.orig_bytes = ev->orig_bytes,
		.reply_packets = ev->reply_packets,
		.reply_bytes = ev->reply_bytes,
	};
}

/* What a has more than b, each by itself, and never less than nothing. */
static struct traffic more(const struct traffic *a, const struct traffic *b)
{
#define MORE(field) (a->field > b->field ? a->field - b->field : 0)
	return (struct traffic){
		.orig_packets = MORE(orig_packets),
		.orig_bytes = MORE(orig_bytes),
		.reply_packets = MORE(reply_packets),
		.reply_bytes = MORE(reply_bytes),
	};
#undef MORE
}

static bool any(const struct traffic *t)
{
	return t->orig_packets || t->orig_bytes || t->reply_packets || t->reply_bytes;
}

static void set_traffic(struct flow_event *ev, const struct traffic *t)
{
	ev->orig_packets = t->orig_packets;
	ev->orig_bytes = t->orig_bytes;
	ev->reply_packets = t->reply_packets;
	ev->reply_bytes = t->reply_bytes;
}

void interim_begin(struct interim *i)
{
	i->pass++;
}

int interim_meet(struct interim *i, const struct flow_event *ev)
{
	int err;

	if (!ev->identity.id || find(i, &ev->identity)->used)
		return 0;
	err = i->filter.counted(i->filter.arg, &ev->identity);
	if (err)
		return err;
	if (add(i, &ev->identity))
		return 0;
	i->filter.uncounted(i->filter.arg, &ev->identity);
	return -ENOMEM;
}

/* Counters only grow. One that is less than what was counted is a new connection's,
 * and the end of the old one, which is still queued, finds what is to be taken off: so
 * the new one waits for the next pass. Less once more: somebody sets counters to zero,
 * and all of them is new. */
int interim_live(struct interim *i, struct flow_event *ev)
{
	struct counted *c = find(i, &ev->identity);
	struct traffic now = traffic_of(ev), gain = { 0 }, missing;
	int err = 0;

	if (!c->used)
		c = NULL;
	if (!c && ev->identity.id && !i->filter.counted) {
		c = add(i, &ev->identity);
		err = c ? 0 : -ENOMEM;
	}
	if (c) {
		c->pass = i->pass;
		missing = more(&c->so_far, &now);
		if (!any(&missing) || c->restarted) {
			gain = any(&missing) ? now : more(&now, &c->so_far);
			c->so_far = now;
			c->restarted = false;
		} else {
			c->restarted = true;
		}
	}
	set_traffic(ev, &gain);
	return err;
}

/* From the end, so that what moves up is looked at again. */
void interim_finish(struct interim *i)
{
	for (uint64_t at = i->mask + 1; at-- > 0;)
		while (i->slots[at].used && i->slots[at].pass + 1 < i->pass)
			forget(i, &i->slots[at]);
}

/* What was counted and is more than the end has is of a new connection, which a pass
 * took for this one: it is kept, to be taken off that one's end. */
void interim_end(struct interim *i, struct flow_event *ev)
{
	struct counted *c = find(i, &ev->identity);
	struct traffic all = traffic_of(ev), rest, over;

	if (!c->used)
		return;
	if (!ev->counted) {
		forget(i, c);
		return;
	}
	rest = more(&all, &c->so_far);
	over = more(&c->so_far, &all);
	set_traffic(ev, &rest);
	c->so_far = over;
	c->restarted = false;
	if (!any(&over))
		forget(i, c);
}

size_t interim_connections(const struct interim *i)
{
	return i->used;
}

void interim_close(struct interim *i)
{
	if (!i)
		return;
	free(i->slots);
	free(i);
}
