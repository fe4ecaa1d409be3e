/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By how much counters of rules move from one reading to the next. */
#include "config.h"

#include <string.h>

#include <criterion/criterion.h>
#include <linux/netfilter.h>

#include "flow/sums.h"
#include "refusing_calloc.h"
#include "rule/moves.h"
#include "rule/totals.h"

static struct rule_counters *counters;
static struct rule_moves moves;

static void open_counters(void)
{
	cr_assert_eq(rule_counters_open(&counters), 0);
	moves = (struct rule_moves){ .counters = counters };
}

static void close_counters(void)
{
	rule_moves_free(&moves);
	rule_counters_close(counters);
}

TestSuite(counters, .init = open_counters, .fini = close_counters);

/* A rule of a chain, or where `chain' is NULL a counter with a name; each packet has 10 bytes. */
static struct counter_row row(const char *chain, uint64_t handle, uint64_t packets)
{
	return (struct counter_row){
		.family = NFPROTO_INET, .generation = 7, .handle = handle, .table = "filter",
		.chain = chain, .comment = "", .packets = packets, .bytes = 10 * packets,
	};
}

static void take(const char *chain, uint64_t handle, uint64_t packets)
{
	struct counter_row r = row(chain, handle, packets);

	rule_counters_take(counters, &r);
}

static void add(const char *chain, uint64_t handle, uint64_t packets, uint16_t generation)
{
	struct counter_row r = row(chain, handle, packets);

	r.generation = generation;
	rule_counters_added(counters, &r);
}

static void remove_rule(const char *chain, uint64_t handle, uint16_t generation)
{
	struct counter_row r = row(chain, handle, 0);

	r.generation = generation;
	rule_counters_removed(counters, &r);
}

/* A reading with one rule, of chain "a", is over. */
static void read_one(uint64_t handle, uint64_t packets)
{
	take("a", handle, packets);
	rule_counters_end(counters, true, &moves);
}

static const struct rule_moved *moved(const char *chain, uint64_t handle)
{
	struct label name = {
		.family = NFPROTO_INET, .handle = handle, .table = "filter", .chain = chain,
	};
	struct rule_move *move = rule_moves_of(&moves, rule_counters_find(counters, &name));

	return move ? &move->moved : NULL;
}

static void expect(const char *chain, uint64_t handle, uint64_t packets, bool reset)
{
	const struct rule_moved *m = moved(chain, handle);

	cr_assert_not_null(m);
	cr_expect_eq(m->packets, packets);
	cr_expect_eq(m->bytes, 10 * packets);
	cr_expect_eq(m->reset, reset);
	cr_expect_str_eq(m->label->chain, chain);
	cr_expect_eq(m->label->handle, handle);
}

Test(counters, the_first_reading_is_where_they_begin)
{
	read_one(4, 100);
	cr_expect_eq(moves.n, 0);
	read_one(4, 103);
	cr_expect_eq(moves.n, 1);
	expect("a", 4, 3, false);
	rule_moves_clear(&moves);
	read_one(4, 103);
	cr_expect_eq(moves.n, 0, "the counter has not moved");
}

/* What a rule without room has counted before is not counted when there is room. */
Test(counters, a_rule_without_room_is_not_one_that_begins)
{
	calloc_refused_bytes = 1;
	read_one(4, 5000);
	calloc_refused_bytes = 0;
	cr_expect_eq(rule_counters_n(counters), 0);
	take("a", 4, 5060);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 1, "what it has moved by is not known");
	cr_expect_eq(moves.n, 0);
	read_one(4, 5061);
	expect("a", 4, 1, false);
}

Test(counters, a_counter_that_was_set_back_is_never_negative)
{
	read_one(4, 100);
	read_one(4, 2);
	expect("a", 4, 2, true);
	rule_moves_clear(&moves);
	read_one(4, 0);
	expect("a", 4, 0, true);
	rule_moves_clear(&moves);
	read_one(4, 9);
	expect("a", 4, 9, false);
}

/* 0 is where a rule begins that appears without a word, and that has nothing to take the place of. */
Test(counters, a_rule_that_appears_begins_where_it_was_added)
{
	read_one(4, 100);
	take("a", 4, 100);
	take("a", 5, 3);
	add("b", 6, 50, 8);
	rule_counters_end(counters, true, &moves);
	expect("a", 5, 3, false);
	cr_expect_null(moved("b", 6), "the reading was before");
	take("a", 4, 100);
	take("a", 5, 3);
	rule_moves_clear(&moves);
	rule_counters_take(counters, &(struct counter_row){
		.family = NFPROTO_INET, .generation = 8, .handle = 6, .table = "filter",
		.chain = "b", .comment = "", .packets = 52, .bytes = 520,
	});
	rule_counters_end(counters, true, &moves);
	cr_expect_eq(moves.n, 1);
	expect("b", 6, 2, false);
}

/* The rule has the handle of the one before, and its counter shows more. */
Test(counters, a_rule_that_was_replaced_says_so_once)
{
	read_one(4, 100);
	remove_rule("a", 4, 7);
	add("a", 4, 0, 7);
	take("a", 4, 150);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 1, "what the old one counted");
	expect("a", 4, 150, true);
	rule_moves_clear(&moves);
	read_one(4, 151);
	expect("a", 4, 1, false);
}

Test(counters, a_rule_that_was_replaced_after_the_reading)
{
	read_one(4, 100);
	remove_rule("a", 4, 8);
	add("a", 4, 0, 8);
	read_one(4, 150);
	cr_expect_eq(moves.n, 0, "the reading shows the old one");
	rule_counters_take(counters, &(struct counter_row){
		.family = NFPROTO_INET, .generation = 8, .handle = 4, .table = "filter",
		.chain = "a", .comment = "", .packets = 5, .bytes = 50,
	});
	rule_counters_end(counters, true, &moves);
	cr_expect_eq(moves.n, 1);
	expect("a", 4, 5, true);
}

Test(counters, a_rule_that_was_removed_after_the_reading)
{
	read_one(4, 100);
	remove_rule("a", 4, 8);
	take("a", 4, 150);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 1);
	cr_expect_eq(moves.n, 0);
	cr_expect_eq(rule_counters_n(counters), 0);
}

/* In a chain from which no rule is gone, a new rule takes no place. */
Test(counters, rules_that_are_gone_are_counted)
{
	take("a", 4, 1);
	take("a", 5, 1);
	take("b", 6, 1);
	rule_counters_end(counters, true, &moves);
	take("a", 5, 2);
	take("a", 7, 3);
	take("b", 6, 1);
	take("b", 8, 4);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 1);
	expect("a", 5, 1, false);
	expect("a", 7, 3, true);
	expect("b", 8, 4, false);
	cr_expect_eq(rule_counters_n(counters), 4);
}

Test(counters, a_reading_that_is_not_whole_loses_nothing)
{
	take("a", 4, 100);
	take("a", 5, 10);
	rule_counters_end(counters, true, &moves);
	take("a", 4, 101);
	cr_expect_eq(rule_counters_end(counters, false, &moves), 1);
	expect("a", 4, 1, false);
	rule_moves_clear(&moves);
	take("a", 4, 101);
	take("a", 5, 12);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 0);
	expect("a", 5, 2, false);
}

/* A rule begins with what its counter with a name showed before, when no other rule used it. */
Test(counters, a_counter_with_a_name_is_older_than_its_rule)
{
	struct counter_row rule = row("a", 4, 40);

	take(NULL, 9, 30);
	rule_counters_end(counters, true, &moves);
	rule.object = 9;
	rule_counters_take(counters, &rule);
	take(NULL, 9, 40);
	rule_counters_end(counters, true, &moves);
	cr_expect_eq(moves.n, 1);
	expect("a", 4, 10, false);
}

/* A reading of a counter with a name, of how many rules use it, and of the rule that drops all that it
 * counts; 0: there is none. Returns how many counters were not read. */
static size_t read_named(uint64_t handle, uint64_t packets, uint32_t uses)
{
	struct counter_row rule = row("a", handle, packets), named = row(NULL, 9, packets);

	rule_moves_clear(&moves);
	rule.object = 9;
	named.uses = uses;
	if (handle)
		rule_counters_take(counters, &rule);
	rule_counters_take(counters, &named);
	return rule_counters_end(counters, true, &moves);
}

Test(counters, what_other_rules_counted_with_a_name_was_perhaps_not_dropped)
{
	read_named(0, 30, 2);
	cr_expect_eq(read_named(4, 40, 1), 1, "the other rule may have let go all ten");
	cr_expect_eq(moves.n, 0);
	cr_expect_eq(read_named(4, 41, 1), 0);
	expect("a", 4, 1, false);
}

Test(counters, a_name_goes_from_one_rule_that_drops_to_another)
{
	read_named(4, 30, 1);
	cr_expect_eq(read_named(5, 40, 1), 1, "the rule that is gone");
	expect("a", 5, 10, true);
	read_named(0, 41, 1);
	cr_expect_eq(read_named(6, 50, 1), 1, "a rule that does not drop had the counter");
	cr_expect_eq(moves.n, 0);
}

Test(counters, when_changes_are_lost_counters_begin_anew)
{
	read_one(4, 100);
	rule_counters_restart(counters);
	take("a", 4, 200);
	cr_expect_eq(rule_counters_end(counters, true, &moves), 1);
	cr_expect_eq(moves.n, 0, "it may be another rule");
	read_one(4, 203);
	expect("a", 4, 3, false);
}

/* More rules than the first buckets and lists have room for; numbers are used again. */
Test(counters, many_rules_come_and_go)
{
	for (int round = 0; round < 4; round++) {
		for (uint64_t i = 1; i <= 1000; i++)
			take("a", 1000 * round + i, i);
		cr_expect_eq(rule_counters_end(counters, true, &moves), 1000);
		cr_expect_eq(rule_counters_n(counters), 1000);
		cr_expect_eq(moves.n, round ? 1000 : 0);
		cr_expect_leq(moves.places, 2048, "numbers are used again");
		rule_moves_clear(&moves);
	}
}

/* A name that is held stays when its rule is gone. */
Test(counters, a_level_keeps_the_names_of_rules_that_are_gone)
{
	struct rule_totals *level;
	struct rule_line line;

	cr_assert_eq(rule_totals_open(&level, NULL), 0);
	read_one(4, 0);
	for (uint64_t i = 1; i <= 2; i++) {
		read_one(4, 3 * i);
		rule_totals_move(level, &moves);
		rule_moves_clear(&moves);
	}
	for (uint64_t handle = 5; handle < 8; handle++) {
		read_one(handle, 1);
		rule_moves_clear(&moves);
	}
	cr_expect(rule_totals_moved(level));
	cr_assert_eq(rule_totals_lines(level), 1);
	line = rule_totals_next(level);
	cr_expect_null(line.total);
	cr_assert_not_null(line.moved);
	cr_expect_eq(line.moved->label->handle, 4);
	cr_expect_eq(line.moved->packets, 6);
	rule_totals_clear(level);
	cr_expect_not(rule_totals_moved(level));
	rule_totals_close(level);
}

/* A table that is loaded anew has the same rules, which are one record each. */
Test(counters, a_level_has_one_record_of_a_rule_and_the_same_one_after_it)
{
	struct counter_row anew = row("a", 4, 3);
	struct rule_totals *level;
	struct rule_line line;

	cr_assert_eq(rule_totals_open(&level, NULL), 0);
	read_one(4, 0);
	take("a", 5, 1);
	read_one(4, 6);
	rule_totals_move(level, &moves);
	rule_moves_clear(&moves);
	remove_rule("a", 4, 8);
	add("a", 4, 0, 8);
	anew.generation = 8;
	rule_counters_take(counters, &anew);
	take("a", 5, 2);
	rule_counters_end(counters, true, &moves);
	rule_totals_move(level, &moves);
	rule_moves_clear(&moves);
	cr_assert_eq(rule_totals_lines(level), 2);
	line = rule_totals_next(level);
	cr_expect_eq(line.moved->label->handle, 5);
	cr_expect_eq(line.moved->packets, 2);
	line = rule_totals_next(level);
	cr_expect_eq(line.moved->label->handle, 4);
	cr_expect_eq(line.moved->packets, 9);
	cr_expect_eq(line.moved->bytes, 90);
	cr_expect(line.moved->reset);
	rule_totals_clear(level);
	cr_expect_not(rule_totals_moved(level));
	rule_totals_close(level);
}

Test(counters, sums_stop_where_those_of_flows_do)
{
	read_one(4, 0);
	for (int i = 0; i < 2; i++)
		rule_moves_add(&moves, 1, FLOW_SUMS_MAX, FLOW_SUMS_MAX - 1, false);
	cr_expect_eq(moved("a", 4)->packets, FLOW_SUMS_MAX);
	cr_expect_eq(moved("a", 4)->bytes, FLOW_SUMS_MAX);
}
