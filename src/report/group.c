/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/group.h"
#include "report/grow.h"

int report_group_open(struct report_group *g, size_t max_rows, report_size_fn *size)
{
	memset(g, 0, sizeof(*g));
	g->max_rows = max_rows;
	g->size = size;
	g->lacks = calloc(1, sizeof(*g->lacks));
	g->lacks_room = 1;
	if (g->lacks && !report_keys_open(&g->keys, sizeof(struct report_row)))
		return 0;
	report_group_close(g);
	return -ENOMEM;
}

void report_group_close(struct report_group *g)
{
	report_keys_close(&g->keys);
	free(g->lacks);
	memset(g, 0, sizeof(*g));
}

static int by_size(const void *a, const void *b)
{
	const struct report_place *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->size.of[i] != y->size.of[i])
			return x->size.of[i] > y->size.of[i] ? -1 : 1;
	return memcmp(&x->row->key, &y->row->key, sizeof(x->row->key));
}

int report_group_sort(const struct report_group *g, struct report_place **places)
{
	size_t n = g->keys.n;
	struct report_place *of = malloc((n ? n : 1) * sizeof(*of));

	if (!of)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		of[i] = (struct report_place){ g->size(&report_group_row(g, i)->sums), report_group_row(g, i) };
	qsort(of, n, sizeof(*of), by_size);
	*places = of;
	return 0;
}

/* Add the row to the rest, and note its sums where they are the largest. */
static void fold_row(struct report_group *g, const struct report_counts *sums, struct report_counts *largest)
{
	report_counts_add(&g->rest, sums);
	g->n_rest++;
	for (unsigned int i = 0; i < REPORT_N_COUNTERS; i++)
		if (sums->of[i] > largest->of[i])
			largest->of[i] = sums->of[i];
}

/* Move the rows that stay to the front. */
static void close_ranks(struct report_group *g, const bool *goes)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->keys.n; i++)
		if (!goes[i])
			*report_group_row(g, kept++) = *report_group_row(g, i);
	report_keys_renew(&g->keys, kept);
}

static int fold_smaller_half(struct report_group *g)
{
	size_t n = g->keys.n;
	struct report_place *places = NULL;
	bool *goes = calloc(n, sizeof(*goes));
	struct report_counts largest = { .known = 0 };
	int err = goes ? grow_by_one((void **)&g->lacks, g->folds + 1, &g->lacks_room, sizeof(*g->lacks))
		       : -ENOMEM;

	if (!err)
		err = report_group_sort(g, &places);
	if (!err) {
		for (size_t i = n / 2; i < n; i++) {
			goes[places[i].row - report_group_row(g, 0)] = true;
			fold_row(g, &places[i].row->sums, &largest);
		}
		g->lacks[g->folds + 1] = g->lacks[g->folds];
		report_counts_add(&g->lacks[++g->folds], &largest);
		close_ranks(g, goes);
	}
	free(places);
	free(goes);
	return err;
}

int report_group_add(struct report_group *g, const struct report_key *key, const struct report_counts *sums)
{
	return report_group_add_by(g, key, report_keys_expect(&g->keys, key), sums);
}

int report_group_add_by(struct report_group *g, const struct report_key *key, uint64_t hash,
			const struct report_counts *sums)
{
	uint32_t number;
	int new = report_keys_number_by(&g->keys, key, hash, &number);
	struct report_row *row;

	if (new < 0)
		return new;
	row = report_group_row(g, number);
	if (new)
		row->born = g->folds;
	report_counts_add(&row->sums, sums);
	return g->keys.n >= g->max_rows ? fold_smaller_half(g) : 0;
}
