/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/netfilter.h>

#include "flow/sums.h"
#include "rule/totals.h"

static struct labels *labels;

static void open_labels(void)
{
	cr_assert_eq(labels_open(&labels), 0);
}

static void close_labels(void)
{
	labels_close(labels);
}

TestSuite(totals, .init = open_labels, .fini = close_labels);

static struct rule_totals *opened(void)
{
	struct rule_totals *t = NULL;

	cr_assert_eq(rule_totals_open(&t, labels), 0);
	return t;
}

static uint32_t find(const char *prefix)
{
	enum rule_verdict verdict;

	return labels_find(labels, NFPROTO_IPV4, 5, prefix, strlen(prefix), &verdict);
}

/* More labels than there is room for, in so many windows that none is left over which
 * nobody holds. */
static void flood(void)
{
	char prefix[32];

	for (int window = 0; window < 3; window++) {
		for (int i = 0; i <= LABELS_MAX; i++) {
			snprintf(prefix, sizeof(prefix), "%d in window %d", i, window);
			find(prefix);
		}
		labels_next_window(labels);
		labels_next_window(labels);
	}
}

static void count(struct rule_totals *t, uint32_t number, enum flow_kind kind, uint32_t bytes)
{
	rule_totals_count(t, &(struct flow_event){ .rule = number, .kind = kind, .bytes = bytes });
}

static void expect_total(const struct rule_totals *t, size_t i, const char *prefix, uint64_t drops,
			 uint64_t logged)
{
	const struct rule_total *total = rule_totals_get(t, i);
	const struct label *label = labels_get(labels, total->number);

	cr_assert_lt(i, rule_totals_n(t));
	cr_expect_eq(label->prefix_len, strlen(prefix));
	cr_expect(!memcmp(label->prefix, prefix, label->prefix_len));
	cr_expect_eq(total->drops, drops);
	cr_expect_eq(total->logged, logged);
	cr_expect_eq(total->drop_bytes, 100 * drops);
	cr_expect_eq(total->unsized_drops, 0);
}

Test(totals, each_rule_has_its_own)
{
	struct rule_totals *t = opened();
	uint32_t a = find("a"), b = find("b");

	cr_expect_eq(rule_totals_n(t), 0);
	count(t, b, FLOW_DROP, 100);
	count(t, a, FLOW_DROP, 100);
	count(t, b, FLOW_LOGGED, 100);
	cr_assert_eq(rule_totals_n(t), 2);
	expect_total(t, 0, "b", 1, 1);
	expect_total(t, 1, "a", 1, 0);
	rule_totals_clear(t);
	cr_expect_eq(rule_totals_n(t), 0);
	count(t, a, FLOW_LOGGED, 100);
	cr_assert_eq(rule_totals_n(t), 1);
	expect_total(t, 0, "a", 0, 1);
	rule_totals_close(t);
}

/* The long window's labels stay, while the short windows' numbers are used again. */
Test(totals, of_a_longer_window_keep_their_labels)
{
	struct rule_totals *shorter = opened(), *longer = opened();

	for (int i = 0; i < 10; i++)
		count(shorter, find("a"), FLOW_DROP, 100);
	rule_totals_add_all(longer, shorter);
	rule_totals_clear(shorter);
	flood();
	for (int i = 0; i < 3; i++)
		count(shorter, find("b"), FLOW_LOGGED, 100);
	rule_totals_add_all(longer, shorter);
	rule_totals_clear(shorter);
	flood();
	count(shorter, find("a"), FLOW_DROP, 100);
	rule_totals_add_all(longer, shorter);
	cr_assert_eq(rule_totals_n(longer), 2);
	expect_total(longer, 0, "a", 11, 0);
	expect_total(longer, 1, "b", 0, 3);
	rule_totals_close(shorter);
	rule_totals_close(longer);
}

/* Also with every label in use at once, and one more. */
Test(totals, say_when_rules_share_one)
{
	struct rule_totals *t = opened(), *longer = opened();
	char prefix[32];

	for (int i = 0; i < LABELS_MAX; i++) {
		snprintf(prefix, sizeof(prefix), "%d", i);
		count(t, find(prefix), FLOW_DROP, 100);
	}
	cr_expect_not(rule_totals_mixed(t));
	count(t, find("one more"), FLOW_DROP, 100);
	cr_expect(rule_totals_mixed(t));
	cr_assert_eq(rule_totals_n(t), LABELS_MAX + 1);
	cr_expect_null(labels_get(labels, rule_totals_get(t, LABELS_MAX)->number)->prefix);
	rule_totals_add_all(longer, t);
	rule_totals_clear(t);
	cr_expect_not(rule_totals_mixed(t));
	cr_expect(rule_totals_mixed(longer));
	cr_expect_eq(rule_totals_n(longer), LABELS_MAX + 1);
	rule_totals_close(t);
	rule_totals_close(longer);
}

/* Of a packet of unknown length, which has 0 bytes, the total says so. */
Test(totals, bytes_are_of_dropped_packets_whose_length_is_known)
{
	struct rule_totals *t = opened(), *longer = opened();
	const struct rule_total *total;
	uint32_t a = find("a");

	count(t, a, FLOW_DROP, UINT32_MAX);
	count(t, a, FLOW_DROP, 20);
	count(t, a, FLOW_DROP, 0);
	count(t, a, FLOW_LOGGED, 30);
	count(t, a, FLOW_LOGGED, 0);
	rule_totals_add_all(longer, t);
	rule_totals_add_all(longer, t);
	total = rule_totals_get(longer, 0);
	cr_expect_eq(total->drops, 6);
	cr_expect_eq(total->drop_bytes, 2 * (UINT32_MAX + 20ULL));
	cr_expect_eq(total->unsized_drops, 2);
	cr_expect_eq(total->logged, 4);
	rule_totals_close(t);
	rule_totals_close(longer);
}

Test(totals, without_drops_there_is_nothing)
{
	count(NULL, 1, FLOW_DROP, 100);
	rule_totals_add_all(NULL, NULL);
	cr_expect_eq(rule_totals_n(NULL), 0);
	cr_expect_not(rule_totals_mixed(NULL));
	rule_totals_clear(NULL);
	rule_totals_close(NULL);
}

Test(totals, bytes_stop_at_the_largest_number)
{
	struct rule_totals *t = opened(), *sum = opened();
	struct flow_event ev = { .rule = find("a"), .kind = FLOW_DROP, .bytes = FLOW_SUMS_MAX };

	rule_totals_count(t, &ev);
	rule_totals_add_all(sum, t);
	cr_expect_eq(rule_totals_get(sum, 0)->drop_bytes, FLOW_SUMS_MAX);
	rule_totals_count(t, &ev);
	rule_totals_add_all(sum, t);
	cr_expect_eq(rule_totals_get(t, 0)->drop_bytes, FLOW_SUMS_MAX);
	cr_expect_eq(rule_totals_get(sum, 0)->drop_bytes, FLOW_SUMS_MAX);
	cr_expect_eq(rule_totals_get(sum, 0)->drops, 3);
	rule_totals_close(t);
	rule_totals_close(sum);
}
