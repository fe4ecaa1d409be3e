/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/top.h"

struct ranked {
	uint64_t size;
	uint32_t row;
};

struct top {
	const struct memory *m;
	enum top_by by;
	size_t k, next;		/* rows to choose; the row to look at next */
	/* The largest rows so far, the first `heap` of which are a heap: each is smaller than
	 * its two children, and best[0] is the smallest. While the heap is sorted, the rows
	 * behind it stand where they belong. */
	struct ranked *best;
	size_t heap;
	struct flow_sums rest;
	struct sketch rest_values;	/* with distinct */
	bool distinct;
};

int top_open(struct top **out, const struct memory *m, size_t k, enum top_by by)
{
	struct top *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->best = malloc(k * sizeof(*t->best));
	if (!t->best) {
		free(t);
		return -ENOMEM;
	}
	t->m = m;
	t->distinct = memory_counts_distinct(m);
	t->k = k;
	t->by = by;
	*out = t;
	return 0;
}

/* Whether row a comes behind row b in the order in which rows are chosen. */
static bool comes_later(const struct top *t, const struct ranked *a, const struct ranked *b)
{
	if (a->size != b->size)
		return a->size < b->size;
	return memcmp(&memory_row(t->m, a->row)->key, &memory_row(t->m, b->row)->key,
		      sizeof(struct flow_key)) > 0;
}

/* Put a row at the end of the heap, and move it up to where it belongs. */
static void move_up(struct top *t, struct ranked r)
{
	size_t at = t->heap++;

	for (; at && comes_later(t, &r, &t->best[(at - 1) / 2]); at = (at - 1) / 2)
		t->best[at] = t->best[(at - 1) / 2];
	t->best[at] = r;
}

/* Put a row in the place of best[0], and move it down to where it belongs. */
static void move_down(struct top *t, struct ranked r)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < t->heap) {
		if (child + 1 < t->heap && comes_later(t, &t->best[child + 1], &t->best[child]))
			child++;
		if (!comes_later(t, &t->best[child], &r))
			break;
		t->best[at] = t->best[child];
		at = child;
	}
	t->best[at] = r;
}

/* A row that is not chosen. */
static void leave_out(struct top *t, uint32_t row)
{
	flow_sums_add(&t->rest, &memory_row(t->m, row)->sum);
	if (t->distinct)
		sketch_add_all(&t->rest_values, memory_distinct_values(t->m, row));
}

static void look_at(struct top *t, uint32_t row)
{
	struct ranked r = { size_of(&memory_row(t->m, row)->sum, t->by), row };

	if (t->heap < t->k) {
		move_up(t, r);
	} else if (comes_later(t, &t->best[0], &r)) {
		leave_out(t, t->best[0].row);
		move_down(t, r);
	} else {
		leave_out(t, row);
	}
}

/* best[0] is the smallest row of the heap: it belongs behind the others. */
static void place_last(struct top *t)
{
	struct ranked last = t->best[0];

	t->heap--;
	move_down(t, t->best[t->heap]);
	t->best[t->heap] = last;
}

bool top_step(struct top *t, size_t rows)
{
	size_t all = memory_rows(t->m);

	for (; rows && t->next < all; rows--)
		look_at(t, t->next++);
	for (; rows && t->heap > 1; rows--)
		place_last(t);
	return t->next == all && t->heap <= 1;
}

size_t top_row(const struct top *t, size_t i)
{
	return t->best[i].row;
}

const struct flow_sums *top_rest(const struct top *t)
{
	return &t->rest;
}

struct flow_distinct_count top_rest_distinct(const struct top *t)
{
	return memory_distinct_count(&t->rest_values, &t->rest);
}

void top_close(struct top *t)
{
	if (!t)
		return;
	sketch_clear(&t->rest_values);
	free(t->best);
	free(t);
}
