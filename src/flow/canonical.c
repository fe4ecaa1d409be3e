/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/canonical.h"

/* A condition is written as the set of all values that meet it. A value is a point: one byte
 * for the kind of value, then the value, big endian, so that memcmp() puts points in
 * order. */
#define POINT_BYTES 17

enum kind {
	KIND_UNKNOWN = 0,	/* an unknown port, zone, mark or protocol: meets inverted lists only */
	KIND_NUMBER = 1,
	KIND_IPV4 = 4,
	KIND_IPV6 = 6,
};

struct point {
	__u8 bytes[POINT_BYTES];
};

struct span {
	struct point first, last;	/* both included, both of the same kind */
};

/* The values outside a list make, for each kind, at most one span more than the list has. A
 * domain has at most two kinds. */
#define MAX_SPANS (FLOW_SELECT_MAX + 2)

struct set {
	struct span list[MAX_SPANS];
	size_t n;
};

/* The conditions of a selection. Their numbers are written, so each keeps its number. */
enum condition {
	CONDITION_PROTO = 1,
	CONDITION_SPORT = 2,
	CONDITION_DPORT = 3,
	CONDITION_DIRECTION = 4,
	CONDITION_ZONE = 5,
	CONDITION_MARK = 6,
	CONDITION_SRC = 7,
	CONDITION_DST = 8,
	/* One end at least is in the set; both ends are. */
	CONDITION_PORT = 9,
	CONDITION_PORT_BOTH = 10,
	CONDITION_ADDR = 11,
	CONDITION_ADDR_BOTH = 12,
	CONDITION_MARK_MASKED = 13,	/* in place of CONDITION_MARK */
};

struct writer {
	flow_canonical_fn *fn;
	void *arg;
	enum condition condition;	/* the one that is being written */
};

static void put_number(const struct writer *w, __u32 n, int bytes)
{
	__u8 big[4] = { n >> 24, n >> 16, n >> 8, n };

	w->fn(w->arg, big + 4 - bytes, bytes);
}

/* --- points ------------------------------------------------------------------ */

static struct point number_point(__u32 n)
{
	return (struct point){ { KIND_NUMBER, [13] = n >> 24, n >> 16, n >> 8, n } };
}

static int compare(const struct point *a, const struct point *b)
{
	return memcmp(a->bytes, b->bytes, POINT_BYTES);
}

/* Move p to the next point of the same kind. False: p was the last one. */
static bool after(struct point *p)
{
	for (int i = POINT_BYTES - 1; i > 0; i--)
		if (++p->bytes[i])
			return true;
	return false;
}

/* Move p, which is not the first point of its kind, to the point before. */
static void before(struct point *p)
{
	for (int i = POINT_BYTES - 1; i > 0; i--)
		if (p->bytes[i]--)
			return;
}

/* --- sets -------------------------------------------------------------------- */

static int by_first(const void *a, const void *b)
{
	return compare(&((const struct span *)a)->first, &((const struct span *)b)->first);
}

/* Whether span b overlaps span a, or begins right behind the end of a. b does not begin
 * before a. */
static bool joins(const struct span *a, const struct span *b)
{
	struct point next = a->last;

	if (a->last.bytes[0] != b->first.bytes[0])
		return false;
	return !after(&next) || compare(&b->first, &next) <= 0;
}

/* Sort the spans, and make one span of those that overlap or touch. */
static void merge(struct set *s)
{
	size_t kept = 0;

	qsort(s->list, s->n, sizeof(s->list[0]), by_first);
	for (size_t i = 0; i < s->n; i++) {
		struct span *last = kept ? &s->list[kept - 1] : NULL;

		if (!last || !joins(last, &s->list[i]))
			s->list[kept++] = s->list[i];
		else if (compare(&s->list[i].last, &last->last) > 0)
			last->last = s->list[i].last;
	}
	s->n = kept;
}

/* Add to out what one span of the domain has and the merged set s has not. *at is the first
 * span of s that can lie in this span of the domain, and moves behind the last one that
 * does. */
static void add_outside(struct set *out, const struct span *domain, const struct set *s,
			size_t *at)
{
	struct point next = domain->first;
	bool more = true;

	for (; *at < s->n && s->list[*at].first.bytes[0] == domain->first.bytes[0]; ++*at) {
		if (compare(&next, &s->list[*at].first) < 0) {
			struct point end = s->list[*at].first;

			before(&end);
			out->list[out->n++] = (struct span){ next, end };
		}
		next = s->list[*at].last;
		more = after(&next);
	}
	if (more && compare(&next, &domain->last) <= 0)
		out->list[out->n++] = (struct span){ next, domain->last };
}

/* Replace s by the rest of the domain. s has been merged and lies within the domain, which
 * is sorted. */
static void invert(struct set *s, const struct set *domain)
{
	struct set out = { .n = 0 };
	size_t at = 0;

	for (size_t i = 0; i < domain->n; i++)
		add_outside(&out, &domain->list[i], s, &at);
	*s = out;
}

static void put_spans(const struct writer *w, const struct set *s)
{
	put_number(w, s->n, 2);
	for (size_t i = 0; i < s->n; i++)
		w->fn(w->arg, &s->list[i], sizeof(s->list[i]));
}

/* Write the condition, with the set of values that meet it; nothing when all of the domain does.
 * given: the command line has this condition. */
static void put_set(const struct writer *w, struct set *s, const struct set *domain, bool given,
		    bool inverted)
{
	merge(s);
	if (inverted)
		invert(s, domain);
	if (!given || (s->n == domain->n && !memcmp(s->list, domain->list, s->n * sizeof(s->list[0]))))
		return;
	put_number(w, w->condition, 1);
	put_spans(w, s);
}

/* --- conditions -------------------------------------------------------------- */

/* can_be_unknown: some events have no such number, and no list holds those events. */
static void put_numbers(const struct writer *w, const struct flow_numbers *numbers, __u32 max,
			bool can_be_unknown)
{
	static const struct point unknown = { { KIND_UNKNOWN } };
	struct set set = { .n = 0 }, domain = { .n = 0 };

	if (can_be_unknown)
		domain.list[domain.n++] = (struct span){ unknown, unknown };
	domain.list[domain.n++] = (struct span){ number_point(0), number_point(max) };
	for (; set.n < numbers->n; set.n++)
		set.list[set.n] = (struct span){ number_point(numbers->list[set.n].first),
						 number_point(numbers->list[set.n].last) };
	put_set(w, &set, &domain, numbers->n, numbers->inverted);
}

/* The first and the last address of a network. The address that the network is written with
 * may have bits set behind the prefix. */
static struct span network_span(const struct flow_network *network)
{
	__u8 kind = network->family == AF_INET ? KIND_IPV4 : KIND_IPV6;
	struct span span = { { { kind } }, { { kind } } };

	for (unsigned int i = 0; i < 16; i++) {
		unsigned int kept = network->bits < 8 * i ? 0 : network->bits - 8 * i;
		__u8 rest = kept < 8 ? 0xff >> kept : 0;

		span.first.bytes[1 + i] = network->addr[i] & ~rest;
		span.last.bytes[1 + i] = network->addr[i] | rest;
	}
	return span;
}

static void put_networks(const struct writer *w, const struct flow_networks *networks)
{
	static const struct flow_network
		all_ipv4 = { .addr = { [10] = 0xff, 0xff }, .bits = 96, .family = AF_INET },
		all_ipv6 = { .family = AF_INET6 };
	struct set set = { .n = 0 }, domain = { .n = 2 };

	domain.list[0] = network_span(&all_ipv4);
	domain.list[1] = network_span(&all_ipv6);
	for (; set.n < networks->n; set.n++)
		set.list[set.n] = network_span(&networks->list[set.n]);
	put_set(w, &set, &domain, networks->n, networks->inverted);
}

/* --- marks ------------------------------------------------------------------- */

/* The values under other masks than that of a prefix, in order. They lie too far apart to be
 * spans. */
struct masked {
	struct flow_marks_item list[FLOW_SELECT_MAX];
	size_t n;
};

static int by_mask_and_value(const void *a, const void *b)
{
	const struct flow_marks_item *x = a, *y = b;

	if (x->mask != y->mask)
		return x->mask < y->mask ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Whether all marks that `item` holds are in the set, or in another item. Of two equal items the
 * second one is held by the first. */
static bool is_held(const struct flow_marks_item *item, const struct masked *m, const struct set *s)
{
	struct span all = { number_point(item->first), number_point(item->first | ~item->mask) };

	for (size_t i = 0; i < s->n; i++)
		if (compare(&s->list[i].first, &all.first) <= 0 && compare(&all.last, &s->list[i].last) <= 0)
			return true;
	for (const struct flow_marks_item *other = m->list; other < m->list + m->n; other++) {
		bool equal = other->mask == item->mask && other->first == item->first;

		if (!(other->mask & ~item->mask) && (item->first & other->mask) == other->first &&
		    (!equal || other < item))
			return true;
	}
	return false;
}

/* Divide the list into a merged set of spans and the values under masks that are not held. */
static void divide(const struct flow_marks *marks, struct set *s, struct masked *m)
{
	struct masked all = { .n = 0 };

	for (size_t i = 0; i < marks->n; i++) {
		const struct flow_marks_item *item = &marks->list[i];
		__u32 free = ~item->mask;

		if (free & (free + 1))
			all.list[all.n++] = *item;
		else
			s->list[s->n++] = (struct span){ number_point(item->first),
							 number_point(item->last | free) };
	}
	merge(s);
	qsort(all.list, all.n, sizeof(all.list[0]), by_mask_and_value);
	for (size_t i = 0; i < all.n; i++)
		if (!is_held(&all.list[i], &all, s))
			m->list[m->n++] = all.list[i];
}

/* What the list holds, and whether it is inverted. */
static void put_masked(const struct writer *w, const struct set *s, const struct masked *m,
		       bool inverted)
{
	put_number(w, CONDITION_MARK_MASKED, 1);
	put_number(w, inverted, 1);
	put_spans(w, s);
	put_number(w, m->n, 2);
	for (size_t i = 0; i < m->n; i++) {
		put_number(w, m->list[i].mask, 4);
		put_number(w, m->list[i].first, 4);
	}
}

static void put_marks(const struct writer *w, const struct flow_marks *marks)
{
	static const struct point unknown = { { KIND_UNKNOWN } };
	struct set set = { .n = 0 }, domain = { .n = 2 };
	struct masked masked = { .n = 0 };

	domain.list[0] = (struct span){ unknown, unknown };
	domain.list[1] = (struct span){ number_point(0), number_point(UINT32_MAX) };
	divide(marks, &set, &masked);
	if (masked.n)
		put_masked(w, &set, &masked, marks->inverted);
	else
		put_set(w, &set, &domain, marks->n, marks->inverted);
}

/* The number of bits of each address, 0 where the key does not have the address. */
static void put_prefixes(const struct writer *w, const struct flow_spec *spec)
{
	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		bool there = spec->fields & f->field;

		if (!f->prefix)
			continue;
		put_number(w, there ? flow_spec_prefix(spec, f)->v4 : 0, 1);
		put_number(w, there ? flow_spec_prefix(spec, f)->v6 : 0, 1);
	}
}

/* Which bits of a mark the key keeps, unless it keeps all. No condition has the number 0. */
static void put_mark(const struct writer *w, const struct flow_spec *spec)
{
	if (!(spec->fields & FIELD_MARK) || spec->mark == 0xffffffff)
		return;
	put_number(w, 0, 1);
	put_number(w, spec->mark, 4);
}

void flow_canonical_select(const struct flow_select *select, flow_canonical_fn *fn, void *arg)
{
	struct writer w = { fn, arg, CONDITION_PROTO };

	put_numbers(&w, &select->proto, 255, true);
	w.condition = CONDITION_SPORT;
	put_numbers(&w, &select->sport, 65535, true);
	w.condition = CONDITION_DPORT;
	put_numbers(&w, &select->dport, 65535, true);
	w.condition = CONDITION_DIRECTION;
	put_numbers(&w, &select->direction, FLOW_DIR_LOCAL, false);
	w.condition = CONDITION_ZONE;
	put_numbers(&w, &select->zone, 65535, true);
	w.condition = CONDITION_MARK;
	put_marks(&w, &select->mark);
	w.condition = CONDITION_SRC;
	put_networks(&w, &select->src);
	w.condition = CONDITION_DST;
	put_networks(&w, &select->dst);
	/* Neither end is in the list: both are in the set of what is outside of the list. */
	w.condition = select->port.inverted ? CONDITION_PORT_BOTH : CONDITION_PORT;
	put_numbers(&w, &select->port, 65535, true);
	w.condition = select->addr.inverted ? CONDITION_ADDR_BOTH : CONDITION_ADDR;
	put_networks(&w, &select->addr);
}

void flow_canonical(const struct flow_spec *spec, const struct flow_select *select,
		    flow_canonical_fn *fn, void *arg)
{
	const struct writer w = { .fn = fn, .arg = arg };

	put_number(&w, spec->fields, 4);
	put_prefixes(&w, spec);
	put_mark(&w, spec);
	flow_canonical_select(select, fn, arg);
}
