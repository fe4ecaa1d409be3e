/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "netlabel/view.h"

/* A network while the view is made, and its label in each set; 0 behind the last set. */
struct place {
	struct flow_network network;
	uint32_t labels[NETLABEL_VIEW_SETS];
};

struct places {
	struct place *list;
	size_t n;
};

static int count_network(void *arg, const struct flow_network *network, uint32_t number)
{
	size_t *n = arg;

	(void)network;
	(void)number;
	++*n;
	return 0;
}

static int take_network(void *arg, const struct flow_network *network, uint32_t number)
{
	struct places *p = arg;

	(void)number;
	p->list[p->n++].network = *network;
	return 0;
}

static int by_network(const void *a, const void *b)
{
	const struct flow_network *x = &((const struct place *)a)->network;
	const struct flow_network *y = &((const struct place *)b)->network;
	int order = memcmp(x->addr, y->addr, sizeof(x->addr));

	if (!order)
		order = (int)x->bits - y->bits;
	return order ? order : (int)x->family - y->family;
}

static int by_labels(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	for (size_t i = 0; i < NETLABEL_VIEW_SETS; i++)
		if (x->labels[i] != y->labels[i])
			return x->labels[i] < y->labels[i] ? -1 : 1;
	return 0;
}

/* Sort the networks, and keep each once. */
static void tidy(struct places *p)
{
	size_t kept = 0;

	if (p->n)
		qsort(p->list, p->n, sizeof(*p->list), by_network);
	for (size_t i = 0; i < p->n; i++)
		if (!kept || by_network(&p->list[kept - 1], &p->list[i]))
			p->list[kept++] = p->list[i];
	p->n = kept;
}

/* Number the networks, which are sorted by their labels. Number 0 is that of no label in any set, which
 * sorts first. */
static void number(struct netlabel_view *v, const struct places *p)
{
	static const struct place none;
	const struct place *last = &none;

	v->numbers = 1;
	for (; v->n < p->n; v->n++) {
		const struct place *place = &p->list[v->n];

		if (by_labels(last, place)) {
			memcpy(v->labels + (size_t)v->numbers * v->n_sets, place->labels,
			       v->n_sets * sizeof(*v->labels));
			v->numbers++;
		}
		last = place;
		v->networks[v->n].network = place->network;
		v->networks[v->n].number = v->numbers - 1;
	}
}

static int fill(struct netlabel_view *v, struct places *p)
{
	for (size_t i = 0; i < v->n_sets; i++)
		netlabel_set_each(v->sets[i], take_network, p);
	tidy(p);
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < v->n_sets; j++)
			p->list[i].labels[j] = netlabel_set_around(v->sets[j], &p->list[i].network);
	v->networks = calloc(p->n + 1, sizeof(*v->networks));
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): for 0 bytes the libraries of Linux return memory, too */
	v->labels = calloc((p->n + 1) * v->n_sets, sizeof(*v->labels));
	if (!v->networks || !v->labels)
		return -ENOMEM;
	if (p->n)
		qsort(p->list, p->n, sizeof(*p->list), by_labels);
	number(v, p);
	return 0;
}

int netlabel_view_open(struct netlabel_view **out, struct netlabel_set *const *sets, size_t n_sets)
{
	struct netlabel_view *v = calloc(1, sizeof(*v));
	struct places p = { NULL, 0 };
	size_t room = 1;
	int err;

	if (!v)
		return -ENOMEM;
	for (; v->n_sets < n_sets; v->n_sets++) {
		v->sets[v->n_sets] = netlabel_set_hold(sets[v->n_sets]);
		netlabel_set_each(sets[v->n_sets], count_network, &room);
	}
	p.list = calloc(room, sizeof(*p.list));
	err = p.list ? fill(v, &p) : -ENOMEM;
	free(p.list);
	if (err) {
		netlabel_view_close(v);
		return err;
	}
	*out = v;
	return 0;
}

size_t netlabel_view_position(const struct netlabel_view *v, const struct netlabel_set *set)
{
	for (size_t i = 0; i < v->n_sets; i++)
		if (v->sets[i] == set)
			return i;
	return 0;
}

void netlabel_view_close(struct netlabel_view *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n_sets; i++)
		netlabel_set_drop(v->sets[i]);
	free(v->networks);
	free(v->labels);
	free(v);
}
