/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums by key, beside sums in a plain array. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/group.h"

static struct report_size by_starts(const struct report_counts *c)
{
	return (struct report_size){ { c->of[REPORT_starts], c->of[REPORT_ends] } };
}

static struct report_key key_of(uint64_t n)
{
	struct report_key key = { { 0 } };

	memcpy(key.bytes + 4, &n, sizeof(n));
	return key;
}

static uint64_t number_of(const struct report_key *key)
{
	uint64_t n;

	memcpy(&n, key->bytes + 4, sizeof(n));
	return n;
}

static struct report_counts counts_of(uint64_t starts, uint64_t ends)
{
	struct report_counts c = { .known = 1u << REPORT_starts | 1u << REPORT_ends };

	c.of[REPORT_starts] = starts;
	c.of[REPORT_ends] = ends;
	return c;
}

#define KEYS 700

/* Add random numbers of random keys, of which some come far more often than others. */
static void add_random(struct report_group *g, uint64_t truth[KEYS], unsigned int times, uint64_t seed)
{
	struct random r = random_from(seed);

	while (times--) {
		uint64_t key = random_below(&r, 1 + random_below(&r, KEYS)), n = random_below(&r, 1000);
		struct report_key k = key_of(key);
		struct report_counts c = counts_of(n, 1);

		cr_assert_eq(report_group_add(g, &k, &c), 0);
		truth[key] += n;
	}
}

static uint64_t sum(const uint64_t *of, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += of[i];
	return all;
}

Test(report_group, sums_are_those_of_each_key)
{
	uint64_t truth[KEYS] = { 0 };
	struct report_group g;

	cr_assert_eq(report_group_open(&g, 1000, by_starts), 0);
	add_random(&g, truth, 20000, 1);
	cr_assert_gt(g.keys.n, 500);
	for (size_t i = 0; i < g.keys.n; i++) {
		const struct report_row *row = report_group_row(&g, i);

		cr_expect_eq(row->sums.of[REPORT_starts], truth[number_of(&row->key)]);
		truth[number_of(&row->key)] = 0;
	}
	cr_expect_eq(sum(truth, KEYS), 0, "every key has its row");
	cr_expect_eq(g.n_rest, 0);
	report_group_close(&g);
}

/* Whatever is folded: the sum is that of all, a row claims no more than its key had, and lacks no more
 * than it says. */
Test(report_group, a_group_that_is_full_folds_the_smallest_and_says_what_rows_can_lack)
{
	uint64_t truth[KEYS] = { 0 }, all, whole = 0, lacking = 0;
	struct report_group g;

	cr_assert_eq(report_group_open(&g, 64, by_starts), 0);
	add_random(&g, truth, 20000, 2);
	all = g.rest.of[REPORT_starts];
	cr_expect_lt(g.keys.n, 64);
	cr_expect_gt(g.n_rest, 100);
	for (size_t i = 0; i < g.keys.n; i++) {
		const struct report_row *row = report_group_row(&g, i);
		uint64_t is = row->sums.of[REPORT_starts], true_sum = truth[number_of(&row->key)];
		uint64_t lacks = report_group_lacks(&g, row)->of[REPORT_starts];

		cr_expect_leq(is, true_sum);
		cr_expect_geq(is + lacks, true_sum);
		whole += !lacks;
		lacking += lacks != 0;
		all += is;
	}
	cr_expect_eq(all, sum(truth, KEYS));
	cr_expect_gt(whole, 0, "the largest were never folded");
	cr_expect_gt(lacking, 0);
	report_group_close(&g);
}

Test(report_group, the_order_is_by_size_and_then_by_key)
{
	static const uint64_t keys[] = { 9, 3, 7, 1, 5 }, starts[] = { 4, 4, 8, 4, 0 }, order[] = { 7, 9, 1, 3, 5 };
	struct report_place *places;
	struct report_group g;

	cr_assert_eq(report_group_open(&g, 100, by_starts), 0);
	for (size_t i = 0; i < 5; i++) {
		struct report_key k = key_of(keys[i]);
		struct report_counts c = counts_of(starts[i], keys[i] == 9);

		cr_assert_eq(report_group_add(&g, &k, &c), 0);
	}
	cr_assert_eq(report_group_sort(&g, &places), 0);
	for (size_t i = 0; i < 5; i++)
		cr_expect_eq(number_of(&places[i].row->key), order[i], "place %zu", i);
	free(places);
	report_group_close(&g);
}

Test(report_group, sums_stop_at_the_largest_number_of_ctagg)
{
	struct report_key k = key_of(1);
	struct report_counts c = counts_of(REPORT_LARGEST - 1, 0);
	struct report_value v;
	struct report_group g;

	cr_assert_eq(report_group_open(&g, 100, by_starts), 0);
	cr_assert_eq(report_group_add(&g, &k, &c), 0);
	v = report_value(&report_group_row(&g, 0)->sums, (struct report_figure){ REPORT_starts, REPORT_starts });
	cr_expect_not(v.least);
	cr_assert_eq(report_group_add(&g, &k, &c), 0);
	v = report_value(&report_group_row(&g, 0)->sums, (struct report_figure){ REPORT_starts, REPORT_starts });
	cr_expect_eq(v.n, REPORT_LARGEST);
	cr_expect(v.least);
	report_group_close(&g);
}
