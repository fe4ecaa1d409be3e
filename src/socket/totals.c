/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hash/hash_set.h"
#include "socket/cookies.h"
#include "socket/largest.h"
#include "socket/totals.h"

/* chosen  the socket has a record */
struct total {
	struct socket_facts facts;
	struct socket_counters moved;
	struct cgroup *cgroup;
	bool chosen;
};

/* list       as many as max; calloc() maps it, and a page takes memory only once it is written
 * beyond     the sum of the sockets that found no room, and which these are
 * order      the sockets that have records, n_order of them
 * most       in two halves: numbers by bytes, and by segments that were sent again
 * rest       the sum of the sockets without a record, n_rest of them
 * line       how many of the records have been asked for
 */
struct socket_totals {
	struct cookies places;
	uint32_t n, max, top;
	struct total *list;
	struct socket_counters beyond;
	struct hash_set beyond_which;
	uint32_t *order, *most;
	size_t n_order, n_rest, line;
	struct socket_counters rest;
};

int socket_totals_open(struct socket_totals **out, uint32_t max, uint32_t top)
{
	struct socket_totals *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->max = max;
	t->top = top < max ? top : max;
	t->list = calloc(max, sizeof(*t->list));
	t->order = calloc(t->top, sizeof(*t->order));
	t->most = calloc(t->top, 2 * sizeof(*t->most));
	if (!t->list || !t->order || !t->most || cookies_open(&t->places, max) ||
	    hash_set_open(&t->beyond_which, max)) {
		socket_totals_close(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

/* --- adding --------------------------------------------------------------------- */

/* The total of a socket, a new one if there is none yet. NULL: no room. */
static struct total *total_of(struct socket_totals *t, uint64_t cookie)
{
	uint32_t place = cookies_find(&t->places, cookie);

	if (place != COOKIES_NONE)
		return &t->list[place];
	if (t->n == t->max)
		return NULL;
	cookies_set(&t->places, cookie, t->n);
	t->list[t->n] = (struct total){ 0 };
	return &t->list[t->n++];
}

void socket_totals_add(struct socket_totals *t, const struct socket_facts *facts,
		       const struct socket_counters *moved, struct cgroup *cgroup)
{
	struct total *total = total_of(t, facts->cookie);

	if (!total) {
		socket_counters_add(&t->beyond, moved);
		hash_set_add(&t->beyond_which, facts->cookie);
		return;
	}
	cgroup_hold(cgroup);
	cgroup_release(total->cgroup);
	total->cgroup = cgroup;
	total->facts = *facts;
	socket_counters_add(&total->moved, moved);
}

void socket_totals_add_all(struct socket_totals *t, const struct socket_totals *from)
{
	if (!t || !from)
		return;
	for (uint32_t i = 0; i < from->n; i++)
		socket_totals_add(t, &from->list[i].facts, &from->list[i].moved,
				  from->list[i].cgroup);
	socket_counters_add(&t->beyond, &from->beyond);
	hash_set_add_all(&t->beyond_which, &from->beyond_which);
}

size_t socket_totals_n(const struct socket_totals *t)
{
	return t ? t->n + t->beyond_which.used : 0;
}

bool socket_totals_full(const struct socket_totals *t)
{
	return t && t->beyond_which.used;
}

/* --- choosing -------------------------------------------------------------------- */

static uint64_t bytes(const struct total *total)
{
	return total->moved.sent_bytes + total->moved.received_bytes;
}

static bool more_bytes(const void *list, uint32_t a, uint32_t b)
{
	const struct total *x = (const struct total *)list + a, *y = (const struct total *)list + b;

	if (bytes(x) != bytes(y))
		return bytes(x) > bytes(y);
	if (x->moved.retrans_segments != y->moved.retrans_segments)
		return x->moved.retrans_segments > y->moved.retrans_segments;
	return x->facts.cookie < y->facts.cookie;
}

static bool more_retrans(const void *list, uint32_t a, uint32_t b)
{
	const struct total *x = (const struct total *)list + a, *y = (const struct total *)list + b;

	if (x->moved.retrans_segments != y->moved.retrans_segments)
		return x->moved.retrans_segments > y->moved.retrans_segments;
	return more_bytes(list, a, b);
}

/* The first number from *at on whose socket has not been chosen is chosen. */
static void choose_next(struct socket_totals *t, const struct largest *l, size_t *at)
{
	while (*at < l->n && t->list[l->numbers[*at]].chosen)
		++*at;
	if (*at == l->n || t->n_order == t->top)
		return;
	t->order[t->n_order++] = l->numbers[*at];
	t->list[l->numbers[*at]].chosen = true;
}

static void choose(struct socket_totals *t)
{
	struct largest by_bytes = { t->most, 0, t->top, more_bytes, t->list };
	struct largest by_retrans = { t->most + t->top, 0, t->top, more_retrans, t->list };
	size_t at_bytes = 0, at_retrans = 0, want = t->n < t->top ? t->n : t->top;

	for (uint32_t i = 0; i < t->n; i++) {
		t->list[i].chosen = false;
		largest_offer(&by_bytes, i);
		if (t->list[i].moved.retrans_segments)
			largest_offer(&by_retrans, i);
	}
	largest_sort(&by_bytes);
	largest_sort(&by_retrans);
	for (t->n_order = 0; t->n_order < want;) {
		choose_next(t, &by_bytes, &at_bytes);
		choose_next(t, &by_retrans, &at_retrans);
	}
}

size_t socket_totals_lines(struct socket_totals *t)
{
	if (!t)
		return 0;
	choose(t);
	t->line = 0;
	t->n_rest = t->n - t->n_order;
	t->rest = (struct socket_counters){ 0 };
	for (uint32_t i = 0; i < t->n && t->n_rest; i++)
		if (!t->list[i].chosen)
			socket_counters_add(&t->rest, &t->list[i].moved);
	return t->n_order + (t->n_rest > 0) + socket_totals_full(t);
}

struct socket_line socket_totals_next(struct socket_totals *t)
{
	size_t line = t->line++;
	const struct total *total = line < t->n_order ? &t->list[t->order[line]] : NULL;

	if (total)
		return (struct socket_line){
			.facts = &total->facts, .moved = total->moved,
			.cgroup = cgroup_path(total->cgroup),
		};
	if (line == t->n_order && t->n_rest)
		return (struct socket_line){
			.reason = "top", .folded = t->n_rest, .moved = t->rest,
		};
	return (struct socket_line){
		.reason = "table_full", .folded = t->beyond_which.used, .moved = t->beyond,
	};
}

/* --- the end --------------------------------------------------------------------- */

void socket_totals_clear(struct socket_totals *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->n; i++)
		cgroup_release(t->list[i].cgroup);
	t->n = 0;
	cookies_clear(&t->places);
	t->beyond = (struct socket_counters){ 0 };
	if (t->beyond_which.used)
		hash_set_clear(&t->beyond_which);
}

void socket_totals_close(struct socket_totals *t)
{
	if (!t)
		return;
	cookies_close(&t->places);
	hash_set_close(&t->beyond_which);
	free(t->list);
	free(t->order);
	free(t->most);
	free(t);
}
