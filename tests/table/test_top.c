/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "table/events.h"
#include "table/top.h"

static struct top *chosen(const struct memory *m, size_t k, enum top_by by, size_t step)
{
	struct top *t = NULL;

	cr_assert_eq(top_open(&t, m, k, by), 0);
	while (!top_step(t, step))
		;
	return t;
}

static enum top_by sorting_by;

static int in_order(const void *a, const void *b)
{
	const struct flow_row *x = *(const struct flow_row *const *)a;
	const struct flow_row *y = *(const struct flow_row *const *)b;
	uint64_t size_x = size_of(&x->sum, sorting_by), size_y = size_of(&y->sum, sorting_by);

	if (size_x != size_y)
		return size_x > size_y ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* The same as sorting all of them. */
static void expect_as_sorted(const struct memory *m, size_t k, enum top_by by, size_t step)
{
	size_t n = memory_rows(m);
	const struct flow_row **rows = calloc(n, sizeof(*rows));
	struct top *t = chosen(m, k, by, step);
	struct flow_sums rest = { 0 };

	for (size_t i = 0; i < n; i++)
		rows[i] = memory_row(m, i);
	sorting_by = by;
	qsort(rows, n, sizeof(*rows), in_order);
	for (size_t i = 0; i < k; i++)
		cr_assert_eq(memory_row(m, top_row(t, i)), rows[i], "%zu of %zu", i, k);
	for (size_t i = k; i < n; i++)
		flow_sums_add(&rest, &rows[i]->sum);
	cr_assert(!memcmp(top_rest(t), &rest, sizeof(rest)));
	top_close(t);
	free(rows);
}

/* Rows of few sizes and of many, in any order. */
Test(top, is_what_sorting_gives)
{
	struct random r = random_from(14);

	for (int round = 0; round < 300; round++) {
		size_t n = 2 + random_below(&r, 500), k = 1 + random_below(&r, n - 1);
		uint64_t sizes = random_below(&r, 3) ? 1 + random_below(&r, 5) : UINT32_MAX;
		struct memory *m = open_for(n);

		while (memory_rows(m) < n) {
			struct flow_event ev = end_of(random_next(&r), random_below(&r, 1000));

			ev.kind = random_below(&r, 2) ? FLOW_START : FLOW_END;
			ev.orig_bytes = random_below(&r, sizes);
			ev.duration_ns = random_next(&r) >> 20;
			add_events(m, &ev, 1);
		}
		expect_as_sorted(m, k, random_below(&r, 2) ? TOP_BYTES : TOP_STARTS,
				 1 + random_below(&r, 2 * n));
		memory_close(m);
	}
}

/* As they come, the other way round, and all of one size. */
Test(top, does_not_depend_on_the_order_of_the_rows)
{
	for (int how = 0; how < 3; how++) {
		struct memory *m = open_for(3000);

		for (uint32_t i = 0; i < 3000; i++) {
			struct flow_event ev = end_of(i, 1);

			ev.orig_bytes = how == 0 ? i : how == 1 ? 3000 - i : 0;
			add_events(m, &ev, 1);
		}
		expect_as_sorted(m, 1, TOP_BYTES, 100);
		expect_as_sorted(m, 100, TOP_BYTES, SIZE_MAX);
		expect_as_sorted(m, 2999, TOP_BYTES, 7);
		memory_close(m);
	}
}

Test(top, looks_at_no_more_rows_than_it_is_told)
{
	struct memory *m = open_for(1000);
	struct flow_event ev;
	struct top *t = NULL;
	size_t steps = 1;

	for (uint32_t i = 0; i < 1000; i++) {
		ev = start_of(i, 1);
		add_events(m, &ev, 1);
	}
	cr_assert_eq(top_open(&t, m, 10, TOP_STARTS), 0);
	while (!top_step(t, 10))
		steps++;
	cr_expect_geq(steps, 100);
	top_close(t);
	top_close(NULL);
	memory_close(m);
}

/* With --interim rows have both. */
Test(top, by_starts_is_not_by_what_is_alive)
{
	const enum top_by by[2] = { TOP_STARTS, TOP_LIVE };
	struct memory *m = open_for(4);
	struct flow_event ev = start_of(1, 1);

	add_events(m, &ev, 1);
	ev = start_of(2, 1);
	ev.kind = FLOW_LIVE;
	add_events(m, &ev, 1);
	add_events(m, &ev, 1);
	for (uint32_t i = 0; i < 2; i++) {
		struct top *t = chosen(m, 1, by[i], 1);

		cr_expect_eq(top_row(t, 0), i);
		cr_expect_eq(top_rest(t)->live, i ? 0 : 2);
		top_close(t);
	}
	memory_close(m);
}
