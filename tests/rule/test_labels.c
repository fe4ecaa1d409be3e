/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/netfilter.h>

#include "rule/labels.h"

static uint32_t find(struct labels *l, const char *prefix)
{
	enum rule_verdict verdict;

	return labels_find(l, NFPROTO_IPV4, 5, prefix, strlen(prefix), &verdict);
}

Test(labels, one_number_for_each_prefix)
{
	struct labels *l;
	uint32_t a, b;

	cr_assert_eq(labels_open(&l), 0);
	a = find(l, "a");
	b = find(l, "b");
	cr_expect_neq(a, 0);
	cr_expect_neq(a, b);
	cr_expect_eq(find(l, "a"), a);
	cr_expect_eq(find(l, "b"), b);
	cr_expect_eq(labels_get(l, a)->prefix_len, 1);
	cr_expect_eq(labels_get(l, a)->prefix[0], 'a');
	cr_expect_eq(labels_get(l, a)->rules, 0);
	labels_close(l);
}

Test(labels, totals_are_those_of_the_closed_window)
{
	struct labels *l;
	uint32_t a, b, top[2];

	cr_assert_eq(labels_open(&l), 0);
	a = find(l, "a");
	b = find(l, "b");
	labels_count(l, a, true);
	labels_count(l, b, true);
	labels_count(l, b, false);
	cr_expect_eq(labels_top(l, top, 2), 0);
	labels_close_window(l);
	labels_count(l, a, true);
	cr_assert_eq(labels_top(l, top, 2), 2);
	cr_expect_eq(top[0], b);
	cr_expect_eq(top[1], a);
	cr_expect_eq(labels_get(l, b)->drops, 1);
	cr_expect_eq(labels_get(l, b)->logged, 1);
	cr_assert_eq(labels_top(l, top, 1), 2);
	cr_expect_eq(top[0], b);
	labels_close_window(l);
	cr_assert_eq(labels_top(l, top, 2), 1);
	cr_expect_eq(top[0], a);
	labels_close(l);
}

/* There is room for so many in two windows; more get none, and are still counted. */
Test(labels, numbers_are_used_again_when_no_window_in_hand_has_them)
{
	struct labels *l;
	uint32_t first, top[1];
	char prefix[32];

	cr_assert_eq(labels_open(&l), 0);
	first = find(l, "0");
	for (int i = 1; i < LABELS_MAX; i++) {
		snprintf(prefix, sizeof(prefix), "%d", i);
		cr_assert_neq(find(l, prefix), LABELS_NONE);
	}
	cr_expect_eq(find(l, "too many"), LABELS_NONE);
	labels_count(l, LABELS_NONE, true);
	cr_expect_null(labels_get(l, LABELS_NONE)->prefix);
	labels_close_window(l);
	cr_expect_eq(labels_top(l, top, 1), 1);
	cr_expect_eq(find(l, "still too many"), LABELS_NONE);
	cr_expect_eq(find(l, "0"), first);
	labels_close_window(l);
	cr_expect_neq(find(l, "room again"), LABELS_NONE);
	cr_expect_eq(find(l, "0"), first);
	cr_expect_eq(labels_get(l, first)->prefix[0], '0');
	labels_close(l);
}
