/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "interim/interim.h"

#define FIRST_SLOTS 4096

/* A connection is forgotten so many passes after the last pass that showed it. Its end can come
 * several passes later: a dump leaves out all entries that have expired, but removes only eight of
 * these from each bucket (nf_ct_evict in ctnetlink_dump_table()). The removed eight send their
 * ends; the others send theirs when later dumps remove them. A dump also misses entries that a
 * change of the table's size moves to a place that the dump has passed already. */
#define KEPT_PASSES 8

/* What tells a live connection from all others: the kernel's id, and a part of the original tuple
 * (ports, and the last four bytes of each address, in network order). Two live connections can
 * share an id by chance, but hardly this part too. Of an event that has an identity, the two halves
 * of the identity are in the place of id and ports. No padding, because memcmp() compares. */
struct identity {
	__u32 id, ports;
	__u32 saddr, daddr;
};
_Static_assert(sizeof(struct identity) == 16, "no hidden padding");

struct traffic {
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
};

/* One connection, and how much of its traffic has been counted (so_far). The kernel's id is a keyed
 * hash (nf_ct_get_id()), as is an identity, so its low bits serve as the place in the table. */
struct known {
	struct identity identity;
	__u32 kernel_id;	/* of a connection whose events have an identity: 0 is unknown */
	bool used : 1;
	bool selected : 1;	/* the event that showed the connection last was selected */
	bool restarted : 1;	/* in the last pass the connection had less than so_far */
	bool ending : 1;	/* in the last pass the connection's end was under way */
	bool followed : 1;	/* a pass has shown another one with the same identity since */
	bool endless : 1;	/* followed, and no end will be read: it has vanished */
	struct traffic so_far;	/* what has been counted */
	uint64_t seen;		/* the number of the last pass that showed the connection; 0: only
				 * the first pass of the baseline has */
};

struct interim {
	struct known *slots;
	uint64_t mask, used;
	uint64_t passes;	/* whole passes; the next one has the number passes + 1. The first
				 * pass of the baseline has the number 0 */
	enum interim_pass kind;	/* of the next pass */
	bool baseline;		/* the passes of the baseline are over, and not settled */
	bool settling;		/* ends sent during the last pass may still come */
	bool expecting;		/* a connection is followed, and its end may still come */
	struct interim_losses losses;
};

static struct identity identity_of(const struct flow_event *ev)
{
	struct identity identity = { .id = ev->id };

	if (ev->identity) {
		identity.id = ev->identity;
		identity.ports = ev->identity >> 32;
	} else {
		memcpy(&identity.ports, &ev->orig.sport, sizeof(identity.ports));
	}
	memcpy(&identity.saddr, ev->orig.saddr + 12, sizeof(identity.saddr));
	memcpy(&identity.daddr, ev->orig.daddr + 12, sizeof(identity.daddr));
	return identity;
}

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

static uint64_t home(const struct interim *i, const struct identity *identity)
{
	return identity->id & i->mask;
}

/* The slot of this connection, or the free slot where the connection would be put. */
static struct known *find(const struct interim *i, const struct identity *identity)
{
	uint64_t at = home(i, identity);

	while (i->slots[at].used &&
	       memcmp(&i->slots[at].identity, identity, sizeof(*identity)) != 0)
		at = (at + 1) & i->mask;
	return &i->slots[at];
}

/* Make room for one more connection: the table is never more than half full. */
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

/* Add a connection of which nothing has been counted yet. NULL: no memory. */
static struct known *add(struct interim *i, const struct identity *identity)
{
	struct known *c;

	if (grow(i))
		return NULL;
	c = find(i, identity);
	*c = (struct known){ .identity = *identity, .used = true };
	i->used++;
	return c;
}

/* The identity under which a connection is kept that another one follows. */
static struct identity followed_identity(const struct identity *identity)
{
	struct identity another = *identity;

	another.ports = ~another.ports;
	return another;
}

/* The connection whose end an event is; its slot is free when none is known. The end of a connection
 * comes before that of its follower. */
static struct known *find_ended(const struct interim *i, const struct flow_event *ev)
{
	struct identity identity = identity_of(ev), another = followed_identity(&identity);
	struct known *c = i->expecting ? find(i, &another) : NULL;

	return c && c->used && c->followed && !c->endless ? c : find(i, &identity);
}

/* Remove a connection from the table. find() stops at a free slot, so entries behind the hole that
 * belong before it are moved into it, one after the other. */
static void forget(struct interim *i, struct known *c)
{
	uint64_t hole = c - i->slots;

	for (uint64_t at = (hole + 1) & i->mask; i->slots[at].used; at = (at + 1) & i->mask) {
		/* The entry stays when its home lies behind the hole. */
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

/* How much more a has than b: each counter by itself, 0 where a has less. */
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

/* Only selected connections are losses: nothing of the others is counted. */
static void count_zeroed(struct interim *i, const struct known *c)
{
	i->losses.zeroed += c->selected;
}

/* What a connection has carried since the last pass; `now` are the counters that a pass shows.
 *
 * The counters of a connection only grow. So counters below so_far are those of a new connection
 * with the same identity, whose predecessor's end has not been read yet. so_far is kept for this
 * end, and nothing of the new connection is counted in this pass. If no end has been read by the
 * next pass, there was no new connection: somebody has set the counters to zero, and all that
 * they show now has been carried since. */
static struct traffic news(struct interim *i, struct known *c, const struct traffic *now)
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

/* A pass of the baseline shows a connection that has carried `now`. One that the second pass shows
 * for the first time has begun since: all that it carries counts. Counters below so_far are those
 * of a new connection with the same identity: as in news(). */
static void note(const struct interim *i, struct known *c, const struct traffic *now)
{
	struct traffic missing = more(&c->so_far, now);

	if (i->kind == INTERIM_BEFORE)
		c->so_far = *now;
	else
		c->restarted = any(&missing);
}

static struct traffic show(struct interim *i, struct known *c, const struct traffic *now)
{
	if (i->kind == INTERIM_COUNT)
		return news(i, c, now);
	note(i, c, now);
	return (struct traffic){ 0 };
}

/* Whether the kernel's id says that the event is of another connection, on the same tuples. */
static bool is_another(const struct known *c, const struct flow_event *ev)
{
	return ev->identity && c->kernel_id && ev->id && c->kernel_id != ev->id;
}

/* Make room for the connection that follows c: c gets another identity. When there is a connection with
 * that one already, nobody will read its end. Returns 0 or -ENOMEM. */
static int follow(struct interim *i, struct known *c)
{
	struct known old = *c, *slot;

	if (grow(i))
		return -ENOMEM;
	forget(i, find(i, &old.identity));
	old.identity = followed_identity(&old.identity);
	old.followed = true;
	slot = find(i, &old.identity);
	if (slot->used && slot->seen + 2 > i->passes)
		i->losses.vanished += slot->selected;
	i->used += !slot->used;
	*slot = old;
	i->expecting = true;
	return 0;
}

int interim_live(struct interim *i, struct flow_event *ev, bool selected)
{
	struct identity identity = identity_of(ev);
	struct known *c = find(i, &identity);
	struct traffic now = traffic_of(ev), new = { 0 };
	int err = 0;

	if (c->used && is_another(c, ev)) {
		err = follow(i, c);
		c = find(i, &identity);
	}
	if (err || !c->used)
		c = NULL;
	if (!err && !c && identity.id) {
		c = add(i, &identity);
		err = c ? 0 : -ENOMEM;
	}
	if (c) {
		new = show(i, c, &now);
		c->kernel_id = ev->identity ? ev->id : 0;
		c->selected = selected;
		c->ending = false;
		c->seen = i->kind == INTERIM_BEFORE ? 0 : i->passes + 1;
	}
	set_traffic(ev, &new);
	return err;
}

void interim_ending(struct interim *i, const struct flow_event *ev)
{
	struct identity identity = identity_of(ev);
	struct known *c = find(i, &identity);

	if (!c->used || is_another(c, ev))
		return;
	c->ending = true;
	c->seen = i->passes + 1;
}

void interim_baseline(struct interim *i, enum interim_pass kind)
{
	i->kind = kind;
}

typedef bool choose_fn(const struct interim *i, const struct known *c);

static bool is_old(const struct interim *i, const struct known *c)
{
	return c->seen + KEPT_PASSES < i->passes;
}

static bool only_the_first_pass_has_shown(const struct interim *i, const struct known *c)
{
	(void)i;
	return !c->seen;
}

/* Forget the connections that `chosen` says. forget() moves entries from behind into the hole, up to
 * a free slot: so this goes backwards from a free slot, and looks at a slot again after forget(). */
static void forget_all(struct interim *i, choose_fn *chosen)
{
	uint64_t free_slot = 0;

	while (i->slots[free_slot].used)
		free_slot++;
	for (uint64_t n = 1; n <= i->mask; n++) {
		struct known *c = &i->slots[(free_slot - n) & i->mask];

		while (c->used && chosen(i, c))
			forget(i, c);
	}
}

void interim_finish(struct interim *i)
{
	bool old = false;

	i->passes++;
	i->settling = true;
	i->baseline = i->kind == INTERIM_SINCE;
	i->kind = INTERIM_COUNT;
	for (uint64_t at = 0; at <= i->mask; at++) {
		const struct known *c = &i->slots[at];

		if (c->used && c->seen + 2 == i->passes)
			i->losses.vanished += c->selected;
		old |= c->used && is_old(i, c);
	}
	if (old)
		forget_all(i, is_old);
}

/* All ends of connections of the baseline have been read, if there was anybody to read them. The
 * connections that only the first pass has shown ended before the subscription. The end of a
 * predecessor with the same identity was not read either: all that the new connection carries
 * counts. */
static void settle_baseline(struct interim *i)
{
	i->baseline = false;
	forget_all(i, only_the_first_pass_has_shown);
	for (uint64_t at = 0; at <= i->mask; at++) {
		if (i->slots[at].restarted)
			i->slots[at].so_far = (struct traffic){ 0 };
		i->slots[at].restarted = false;
	}
}

/* All ends that were sent before the last pass was over have been read. A connection ends before another
 * one can have its tuples: so what is still expected here has ended without an end. */
static void settle_expected(struct interim *i)
{
	i->expecting = false;
	for (uint64_t at = 0; at <= i->mask; at++)
		i->slots[at].endless = i->slots[at].used && i->slots[at].followed;
}

void interim_settled(struct interim *i)
{
	i->settling = false;
	if (i->baseline)
		settle_baseline(i);
	if (i->expecting)
		settle_expected(i);
}

bool interim_was_live(const struct interim *i, const struct flow_event *ev)
{
	const struct known *c = find_ended(i, ev);

	/* A restarted connection may be a new one on the same tuple, not the one that ended. */
	return c->used && c->seen == i->passes && !c->ending && !c->restarted;
}

/* An end that reports less than so_far has one of two reasons. A pass can mistake a new
 * connection on the same tuple for the old one, whose end was sent during that pass: then
 * more was counted than the old connection's end reports. The excess belongs to the new
 * connection and is kept, to be taken off the new connection's end. Otherwise somebody has
 * set the counters to zero since the last pass; or, while the baseline is not settled, the end is of
 * a new connection, whose predecessor ended before the subscription. */
void interim_end(struct interim *i, struct flow_event *ev)
{
	struct known *c = find_ended(i, ev);
	struct traffic all = traffic_of(ev), rest, over;

	if (!c->used)
		return;
	if (!ev->has_counters) {
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
	if (!any(&over))
		set_traffic(ev, &rest);
	else if (!i->baseline)
		count_zeroed(i, c);
	forget(i, c);
}

void interim_stop(struct interim *i)
{
	for (uint64_t at = 0; at <= i->mask; at++) {
		const struct known *c = &i->slots[at];

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
