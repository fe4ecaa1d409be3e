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

static uint32_t find_number(struct labels *l, int n)
{
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%d", n);
	return find(l, prefix);
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

/* Whatever else comes in a hundred windows, more than there is room for. */
Test(labels, a_number_that_is_held_keeps_its_label)
{
	struct labels *l;
	uint32_t a;

	cr_assert_eq(labels_open(&l), 0);
	a = find(l, "a");
	labels_hold(l, a);
	labels_hold(l, a);
	labels_release(l, a);
	for (int window = 0; window < 100; window++) {
		for (int i = 0; i < LABELS_MAX / 10; i++)
			cr_assert_neq(find_number(l, window * LABELS_MAX + i), a);
		labels_next_window(l);
	}
	cr_expect_eq(labels_get(l, a)->prefix[0], 'a');
	cr_expect_eq(find(l, "a"), a);
	labels_close(l);
}

Test(labels, a_number_that_nobody_holds_is_used_again)
{
	struct labels *l;

	cr_assert_eq(labels_open(&l), 0);
	for (int window = 0; window < 100; window++) {
		for (int i = 0; i < LABELS_MAX / 3; i++)
			cr_assert_neq(find_number(l, window * LABELS_MAX + i), LABELS_NONE,
				      "window %d", window);
		labels_next_window(l);
	}
	labels_close(l);
}

/* A packet is counted after its batch has been read, at the latest in the next window. */
Test(labels, what_was_just_found_keeps_its_number_until_it_is_counted)
{
	struct labels *l;
	uint32_t first;

	cr_assert_eq(labels_open(&l), 0);
	first = find_number(l, 0);
	for (int i = 1; i < LABELS_MAX; i++)
		cr_assert_neq(find_number(l, i), LABELS_NONE);
	cr_expect_eq(find(l, "too many"), LABELS_NONE);
	cr_expect_null(labels_get(l, LABELS_NONE)->prefix);
	labels_next_window(l);
	cr_expect_eq(find(l, "too many"), LABELS_NONE);
	cr_expect_eq(find_number(l, 0), first);
	labels_close(l);
}

/* The answer "no room" is not remembered for longer than it is true. */
Test(labels, when_there_is_room_again_it_is_used)
{
	struct labels *l;
	uint32_t first;

	cr_assert_eq(labels_open(&l), 0);
	first = find_number(l, 0);
	labels_hold(l, first);
	for (int i = 1; i < LABELS_MAX; i++)
		labels_hold(l, find_number(l, i));
	labels_next_window(l);
	labels_next_window(l);
	cr_expect_eq(find(l, "too many"), LABELS_NONE, "all are held");
	labels_release(l, first);
	cr_expect_eq(find(l, "too many"), first);
	cr_expect_eq(labels_get(l, first)->prefix_len, 8);
	cr_expect_eq(find_number(l, 0), LABELS_NONE, "the old label is gone");
	labels_close(l);
}
