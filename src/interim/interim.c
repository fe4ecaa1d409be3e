/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "interim/interim.h"

#define FIRST_SLOTS 4096

/* So many passes after the last that showed it, a connection is forgotten. A dump leaves
 * out what has expired, removes but eight such entries of a bucket (nf_ct_evict in
 * ctnetlink_dump_table()), and sends their ends: so the others' ends come with the dumps
 * that follow. Nor does it show what a change of the table's size moves behind it. */
#define KEPT_PASSES 8

struct traffic {
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
};

/* One connection: how much of it has been counted. Its id is a keyed hash, so it is a
 * place in the table as it is. */
struct counted {
	struct flow_identity identity;
	bool used;
	bool selected;		/* when it was last seen */
	bool restarted;		/* in the last pass it had less than counted */
	bool ending;		/* in the last pass its end was under way */
	struct traffic so_far;
	uint64_t seen;		/* the number of the last pass that showed it */
};

struct interim {
	struct counted *slots;
	uint64_t mask, used;
	uint64_t passes;	/* that were whole; the next has the next number */
	bool settling;		/* ends sent during the last pass may still come */
	struct interim_losses losses;
};

int interim_open(struct interim **out)
{
	struct interim *i = calloc(1, sizeof(*i));

	if (!i)
		return -ENOMEM;
	i->slots = calloc(FIRST_SLOTS, sizeof(*i->slots));
	if (!i->slots) {
		free(i);
		return -ENOMEM;
	}
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
	*c = (struct counted){ .identity = *identity, .used = true };
	i->used++;
	return c;
}

static void forget(struct interim *i, struct counted *c)
{
	uint64_t hole = c - i->slots;

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

static void count_zeroed(struct interim *i, const struct counted *c)
{
	i->losses.zeroed += c->selected;
}

/* What a pass finds new. Counters only grow. One that is less than what was counted is a
 * new connection's, and the end of the old one, which has not been read, finds what is
 * to be taken off: so the new one waits for the next pass. No end until then: somebody
 * has set the counters to zero, and all that they say is new. */
static struct traffic news(struct interim *i, struct counted *c, const struct traffic *now)
{
	struct traffic missing = more(&c->so_far, now), gain;

	if (!c->restarted && any(&missing)) {
		c->restarted = true;
		return (struct traffic){ 0 };
	}
	if (c->restarted)
		count_zeroed(i, c);
	gain = c->restarted ? *now : more(now, &c->so_far);
	c->so_far = *now;
	c->restarted = false;
	return gain;
}

int interim_live(struct interim *i, struct flow_event *ev, bool selected)
{
	struct counted *c = find(i, &ev->identity);
	struct traffic now = traffic_of(ev), new = { 0 };
	int err = 0;

	if (!c->used)
		c = NULL;
	if (!c && ev->identity.id) {
		c = add(i, &ev->identity);
		err = c ? 0 : -ENOMEM;
	}
	if (c) {
		new = news(i, c, &now);
		c->selected = selected;
		c->ending = false;
		c->seen = i->passes + 1;
	}
	set_traffic(ev, &new);
	return err;
}

void interim_ending(struct interim *i, const struct flow_event *ev)
{
	struct counted *c = find(i, &ev->identity);

	if (!c->used)
		return;
	c->ending = true;
	c->seen = i->passes + 1;
}

static bool is_old(const struct interim *i, const struct counted *c)
{
	return c->used && c->seen + KEPT_PASSES < i->passes;
}

/* From the end, so that what moves up is looked at again. */
static void forget_old(struct interim *i)
{
	for (uint64_t at = i->mask + 1; at-- > 0;)
		while (is_old(i, &i->slots[at]))
			forget(i, &i->slots[at]);
}

void interim_finish(struct interim *i)
{
	bool old = false;

	i->passes++;
	i->settling = true;
	for (uint64_t at = 0; at <= i->mask; at++) {
		const struct counted *c = &i->slots[at];

		if (c->used && c->seen + 2 == i->passes)
			i->losses.vanished += c->selected;
		old |= is_old(i, c);
	}
	if (old)
		forget_old(i);
}

void interim_settled(struct interim *i)
{
	i->settling = false;
}

bool interim_was_live(const struct interim *i, const struct flow_event *ev)
{
	const struct counted *c = find(i, &ev->identity);

	/* One that is waiting for the next pass is another one on the same tuple. */
	return c->used && c->seen == i->passes && !c->ending && !c->restarted;
}

/* A pass can take a new connection for the old one on the same tuple, whose end was sent
 * during that pass. Then more was counted than the old one's end says: the excess is of
 * the new connection, and is kept, to be taken off that one's end. Otherwise an end says
 * less than was counted when somebody has set the counters to zero since. */
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
	if (any(&over) && i->settling && c->seen == i->passes && !c->restarted) {
		set_traffic(ev, &rest);
		c->so_far = over;
		return;
	}
	if (any(&over))
		count_zeroed(i, c);
	else
		set_traffic(ev, &rest);
	forget(i, c);
}

void interim_stop(struct interim *i)
{
	for (uint64_t at = 0; at <= i->mask; at++) {
		const struct counted *c = &i->slots[at];

		if (!c->used)
			continue;
		if (c->seen + 1 == i->passes)
			i->losses.vanished += c->selected;
		if (c->restarted)
			count_zeroed(i, c);
	}
}

struct interim_losses interim_take_losses(struct interim *i)
{
	struct interim_losses losses = i->losses;

	i->losses = (struct interim_losses){ 0 };
	return losses;
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
