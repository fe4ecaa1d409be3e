/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "hash/hash_set.h"
#include "hash/siphash.h"
#include "view/opened.h"

#define FIRST_ROOM 16
#define MOST_MORE 32768	/* records */
#define OWN_BYTES (sizeof(struct opened_window) + sizeof(struct view_window))

void view_opened_init(struct view_opened *all)
{
	*all = (struct view_opened){ .tree = NULL };
}

#define ORDER(member) if (x->member != y->member) return x->member < y->member ? -1 : 1

static int by_head(const void *a, const void *b)
{
	const struct view_window *x = ((const struct opened_window *)a)->w;
	const struct view_window *y = ((const struct opened_window *)b)->w;

	ORDER(start_ns);
	ORDER(end_ns);
	ORDER(host);
	ORDER(run);
	ORDER(window_ms);
	return 0;
}

static void append(struct view_opened *all, struct opened_window *o)
{
	o->before = all->newest;
	*(o->before ? &o->before->next : &all->first) = o;
	all->newest = o;
}

static void take_out(struct view_opened *all, struct opened_window *o)
{
	*(o->before ? &o->before->next : &all->first) = o->next;
	*(o->next ? &o->next->before : &all->newest) = o->before;
}

static struct opened_window *make(struct view_opened *all, const struct view_window *head)
{
	struct opened_window *o = calloc(1, sizeof(*o));
	struct view_window *w = calloc(1, sizeof(*w));

	if (o && w) {
		*w = *head;
		o->w = w;
		if (tsearch(o, &all->tree, by_head)) {
			append(all, o);
			all->bytes += OWN_BYTES;
			return o;
		}
	}
	free(o);
	free(w);
	return NULL;
}

struct opened_window *view_opened_find(struct view_opened *all, const struct view_window *head)
{
	const struct opened_window like = { .w = (struct view_window *)head };
	void *const *found = tfind(&like, &all->tree, by_head);

	all->last = found ? *found : make(all, head);
	return all->last;
}

struct opened_window *view_opened_oldest(const struct view_opened *all, const struct opened_window *but)
{
	return all->first && all->first == but ? but->next : all->first;
}

/* Room for one more record of `size' bytes. The steps are small enough that the bytes of all windows are
 * known before there are far too many. */
static void *grow(struct view_opened *all, void *records, size_t n, size_t *room, size_t size)
{
	size_t more = !*room ? FIRST_ROOM : *room < MOST_MORE ? *room : MOST_MORE, wanted = *room + more;
	void *grown;

	if (n < *room)
		return records;
	grown = realloc(records, wanted * size);
	if (!grown)
		return NULL;
	all->bytes += more * size;
	*room = wanted;
	return grown;
}

struct view_flow *view_opened_flow(struct view_opened *all, struct opened_window *o)
{
	struct view_flow *flows = grow(all, o->w->flows, o->w->n_flows, &o->flows_room, sizeof(*flows));

	if (!flows)
		return NULL;
	o->w->flows = flows;
	return &flows[o->w->n_flows];
}

struct view_rule *view_opened_rule(struct view_opened *all, struct opened_window *o)
{
	struct view_rule *rules = grow(all, o->w->rules, o->w->n_rules, &o->rules_room, sizeof(*rules));

	if (!rules)
		return NULL;
	o->w->rules = rules;
	return &rules[o->w->n_rules];
}

/* Keep the first one of records of `size' bytes that are the same. Returns how many are left, or -ENOMEM. */
static long unrepeat(void *records, size_t n, size_t size)
{
	uint64_t secret[2] = { 0 };
	struct hash_set set;
	char *from = records, *to = records;

	if (!n)
		return 0;
	if (hash_set_open(&set, n))
		return -ENOMEM;
	/* Before the kernel has random bytes, the hashes are as good for all but hostile lines. */
	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) < 0)
		memset(secret, 0, sizeof(secret));
	for (size_t i = 0; i < n; i++, from += size)
		if (hash_set_add(&set, siphash(secret, from, size))) {
			memmove(to, from, size);
			to += size;
		}
	hash_set_close(&set);
	return (long)((to - (char *)records) / size);
}

int view_opened_unrepeat(struct opened_window *o)
{
	struct view_window *w = o->w;
	long flows = unrepeat(w->flows, w->n_flows, sizeof(*w->flows));
	long rules = unrepeat(w->rules, w->n_rules, sizeof(*w->rules));

	if (flows < 0 || rules < 0)
		return -ENOMEM;
	o->repeated = w->n_flows - flows + w->n_rules - rules;
	w->n_flows = flows;
	w->n_rules = rules;
	return 0;
}

/* Give back room that no record uses. */
static void *shrink(void *records, size_t n, size_t room, size_t size)
{
	void *less = n && room - n > n / 8 ? realloc(records, n * size) : NULL;

	return less ? less : records;
}

static void forget(struct view_opened *all, struct opened_window *o)
{
	if (all->last == o)
		all->last = NULL;
	tdelete(o, &all->tree, by_head);
	take_out(all, o);
	all->bytes -= OWN_BYTES + o->flows_room * sizeof(struct view_flow) +
		      o->rules_room * sizeof(struct view_rule);
	free(o);
}

struct view_window *view_opened_take(struct view_opened *all, struct opened_window *o)
{
	struct view_window *w = o->w;

	w->flows = shrink(w->flows, w->n_flows, o->flows_room, sizeof(*w->flows));
	w->rules = shrink(w->rules, w->n_rules, o->rules_room, sizeof(*w->rules));
	forget(all, o);
	return w;
}

void view_opened_free(struct view_opened *all)
{
	while (all->first)
		view_window_free(view_opened_take(all, all->first));
}
