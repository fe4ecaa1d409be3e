/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "pipeline/label_tables.h"
#include "pipeline/tables.h"

/* Windows in memory: tables_take() and what closing does around it, by hand. */
static struct options opts;
static struct intake intake;
static struct label_tables tables;
static struct memory *open_table, *closed_table;

static void setup(void)
{
	memset(&opts, 0, sizeof(opts));
	opts.spec = (struct flow_spec){ .fields = FIELDS_LABEL };
	opts.max_flows = 64;
	opts.conntrack = true;
	opts.n_levels = 2;
	intake_init(&intake, &opts.spec, NULL, NULL);
	cr_assert_eq(tables_memory(&open_table, &opts), 0);
	cr_assert_eq(tables_memory(&closed_table, &opts), 0);
}

static void teardown(void)
{
	label_tables_close(&tables);
	memory_close(open_table);
	memory_close(closed_table);
}

TestSuite(label_tables, .init = setup, .fini = teardown);

/* Everything has this label. */
static struct netlabel_set *all_are(uint32_t number)
{
	struct flow_network all = { .family = AF_INET, .bits = 96 };
	struct netlabel_set *set = netlabel_set_open(NULL);

	cr_assert_not_null(set);
	flow_addr_v4(all.addr, "\0\0\0\0");
	cr_assert_eq(netlabel_trie_add(&set->networks, &all, 0, number), 0);
	return set;
}

static void count(size_t n)
{
	struct flow_event ev = { .family = AF_INET, .l4 = IPPROTO_UDP, .conntrack = true };

	flow_addr_v4(ev.orig.saddr, "\x0a\0\0\1");
	flow_addr_v4(ev.orig.daddr, "\x0a\0\0\2");
	ev.time_ns = 1;
	while (n--)
		intake_add(&intake, open_table, &ev, 1);
}

static void turn(struct netlabel_set *labels, struct netlabel_set *const *older, size_t n)
{
	struct memory *whole = open_table;

	memory_clear(closed_table);
	open_table = closed_table;
	closed_table = whole;
	label_tables_turn(&tables, labels, older, n);
}

static void prepare(struct netlabel_set *next)
{
	cr_assert_eq(label_tables_prepare(&tables, next), 0);
	cr_assert_eq(label_tables_step(&tables), 0);
	label_tables_use(&tables);
}

/* The window that was closed last has one row by the labels of this set. */
static void expect_row(const struct netlabel_set *set, uint32_t number, uint64_t starts)
{
	const struct memory *m = label_tables_closed(&tables, set, closed_table);

	cr_assert_eq(memory_rows(m), 1);
	cr_expect_eq(memory_row(m, 0)->key.src_label, number);
	cr_expect_eq(memory_row(m, 0)->key.dst_label, number);
	cr_expect_eq(memory_row(m, 0)->sum.starts, starts);
}

Test(label_tables, count_by_the_labels_that_a_level_began_with)
{
	struct netlabel_set *first = all_are(1), *second = all_are(2), *third = all_are(3);

	cr_assert_eq(label_tables_open(&tables, &opts, NULL, &intake, first), 0);
	count(3);
	prepare(second);
	count(1);
	turn(second, (struct netlabel_set *[]){ first, first }, 2);
	expect_row(first, 1, 4);
	count(5);
	prepare(third);
	/* One level has ended meanwhile. */
	turn(third, (struct netlabel_set *[]){ first, second }, 2);
	expect_row(first, 1, 5);
	expect_row(second, 2, 5);
	count(6);
	turn(third, (struct netlabel_set *[]){ third, second }, 2);
	expect_row(first, 1, 6);
	expect_row(second, 2, 6);
	expect_row(third, 3, 6);
	count(7);
	turn(third, (struct netlabel_set *[]){ third, third }, 2);
	expect_row(second, 2, 7);
	expect_row(third, 3, 7);
	count(8);
	turn(third, (struct netlabel_set *[]){ third, third }, 2);
	expect_row(third, 3, 8);
	cr_expect_null(tables.banks[0].tables[0], "levels have the newest labels, and need no table");
	cr_expect_null(tables.banks[1].tables[0]);
	netlabel_set_drop(first);
	netlabel_set_drop(second);
	netlabel_set_drop(third);
}

/* No window's rows come again in a later one. */
Test(label_tables, are_empty_when_they_are_used_again)
{
	struct netlabel_set *first = all_are(1), *second = all_are(2);

	cr_assert_eq(label_tables_open(&tables, &opts, NULL, &intake, first), 0);
	prepare(second);
	for (int i = 1; i < 5; i++) {
		turn(second, &first, 1);
		if (i > 1)
			expect_row(first, 1, i - 1);
		count(i);
	}
	netlabel_set_drop(first);
	netlabel_set_drop(second);
}

Test(label_tables, are_not_there_without_labels_in_keys)
{
	struct netlabel_set *first = all_are(1);

	opts.spec.fields = FIELD_PROTO;
	cr_expect_not(label_tables_needed(&opts));
	cr_assert_eq(label_tables_open(&tables, &opts, NULL, &intake, first), 0);
	cr_expect_eq(label_tables_prepare(&tables, first), 0);
	cr_expect_eq(label_tables_step(&tables), 0);
	label_tables_turn(&tables, first, &first, 1);
	cr_expect_eq(label_tables_closed(&tables, first, closed_table), closed_table);
	cr_expect_eq(first->holders, 1);
	netlabel_set_drop(first);
}
