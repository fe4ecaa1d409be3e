/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_distinct(): the values of rows, of `other` and of the total. */
#include "config.h"

#include "random.h"
#include "refusing_calloc.h"
#include "table/events.h"
#include "table/top.h"

static const uint64_t secret[2] = { 1, 2 };

/* Records by destination, with how many sources each has. */
static const struct flow_spec by_dst = { .fields = FIELD_DST, .dst = { 32, 128 } };

static struct flow_distinct sources(void)
{
	const struct flow_key_field *f = flow_key_fields;

	while (f->field != FIELD_SRC)
		f++;
	return (struct flow_distinct){ f, { 32, 128 }, UINT32_MAX };
}

static struct memory *open_distinct(uint32_t max_flows)
{
	struct memory *m = open_for(max_flows);
	struct flow_distinct d = sources();
	struct flow_cut cut;

	flow_cut_init(&cut, &by_dst, &d);
	cr_assert_eq(memory_distinct(m, &cut, secret), 0);
	return m;
}

static struct flow_key finer_key(uint32_t src, uint32_t dst)
{
	struct flow_key key;

	flow_key_init(&key);
	key.family = AF_INET;
	src = htonl(src);
	dst = htonl(dst);
	flow_addr_v4(key.saddr, &src);
	flow_addr_v4(key.daddr, &dst);
	return key;
}

/* A start from a source to a destination; n of them. */
static void add(struct memory *m, uint32_t src, uint32_t dst, int n)
{
	struct flow_event ev = { .kind = FLOW_START, .time_ns = 1 };
	struct flow_key key = finer_key(src, dst);

	while (n--)
		memory_add(m, &key, &ev, 1);
}

static uint32_t dst_of(const struct flow_key *key)
{
	uint32_t dst;

	memcpy(&dst, key->daddr + 12, 4);
	return ntohl(dst);
}

/* --- rows ------------------------------------------------------------------------- */

#define SOURCES 100
#define DESTINATIONS 40

/* The oracle is a table of who has talked to whom. */
static void expect_exact(const struct memory *m, const bool talked[DESTINATIONS][SOURCES])
{
	bool any[SOURCES] = { false };
	uint64_t all = 0;

	for (size_t i = 0; i < memory_rows(m); i++) {
		uint32_t dst = dst_of(&memory_row(m, i)->key);
		struct flow_distinct_count found = memory_distinct_row(m, i);
		uint64_t n = 0;

		for (int src = 0; src < SOURCES; src++) {
			n += talked[dst][src];
			any[src] |= talked[dst][src];
		}
		cr_expect(found.known && !found.error);
		cr_expect_eq(found.n, n, "destination %u", dst);
	}
	for (int src = 0; src < SOURCES; src++)
		all += any[src];
	cr_expect_eq(memory_distinct_total(m).n, all);
}

Test(memory_distinct, each_row_and_the_total)
{
	static bool talked[DESTINATIONS][SOURCES];
	struct memory *m = open_distinct(DESTINATIONS), *level = open_distinct(DESTINATIONS);
	struct random r = random_from(1);
	size_t rows = 0;

	cr_expect(memory_distinct_total(m).known, "nobody, in an empty table");
	for (int i = 0; i < 3000; i++) {
		struct flow_event ev[3] = { { .kind = FLOW_START, .time_ns = 1 } };
		struct flow_key keys[3];

		ev[1] = ev[2] = ev[0];
		for (int j = 0; j < 3; j++) {
			uint32_t dst = random_below(&r, DESTINATIONS), src = random_below(&r, dst * 2 + 1);

			keys[j] = finer_key(src, dst);
			talked[dst][src] = true;
		}
		memory_add(m, keys, ev, 3);
	}
	cr_assert_eq(memory_rows(m), DESTINATIONS);
	cr_expect_eq(memory_total(m)->starts, 9000);
	expect_exact(m, talked);
	for (size_t next = 0; !memory_add_some(level, m, &next, 7); rows++)
		;
	memory_add_all(level, m);
	expect_exact(level, talked);
	memory_merge_all(level, m);
	expect_exact(level, talked);
	cr_expect_eq(memory_distinct_total(m).n, 0, "which is empty now");
	memory_close(m);
	memory_close(level);
}

Test(memory_distinct, a_finer_row_is_merged_as_its_events)
{
	struct memory *m = open_distinct(4);
	struct flow_row row = { .key = finer_key(1, 2), .sum = { .starts = 5, .first_ns = 1, .last_ns = 1 } };

	memory_merge(m, &row);
	row.key = finer_key(3, 2);
	memory_merge(m, &row);
	memory_merge(m, &row);
	cr_assert_eq(memory_rows(m), 1);
	cr_expect_eq(memory_row(m, 0)->sum.starts, 15);
	cr_expect_eq(memory_distinct_row(m, 0).n, 2);
	row.key = finer_key(0, 2);
	cr_expect(!memcmp(&memory_row(m, 0)->key.daddr, row.key.daddr, 16));
	memory_close(m);
}

/* --- without room ------------------------------------------------------------------- */

Test(memory_distinct, what_is_folded)
{
	struct memory *m = open_distinct(2);

	for (uint32_t src = 0; src < 30; src++)
		add(m, src, src % 5, 1);
	/* destinations 0 and 1 have rows; the others had the sources of 2, 3 and 4 modulo 5 */
	cr_expect_eq(memory_distinct_row(m, 0).n, 6);
	cr_expect_eq(memory_distinct_row(m, 1).n, 6);
	cr_expect_eq(memory_distinct_other(m).n, 18);
	cr_expect_eq(memory_distinct_total(m).n, 30);
	memory_close(m);
}

Test(memory_distinct, an_evicted_row_takes_its_values_along)
{
	struct memory *m = open_distinct(2);

	memory_evict(m, TOP_EVENTS);
	add(m, 1, 10, 1);
	add(m, 2, 10, 1);
	for (uint32_t src = 100; src < 104; src++)
		add(m, src, 11, 100);
	add(m, 3, 12, 1000);	/* in the place of 10, whose values do not stay there */
	cr_assert_eq(memory_rows(m), 2);
	cr_expect_eq(memory_distinct_other(m).n, 2);
	for (size_t i = 0; i < 2; i++)
		cr_expect_eq(memory_distinct_row(m, i).n, dst_of(&memory_row(m, i)->key) == 12 ? 1 : 4);
	cr_expect_eq(memory_distinct_total(m).n, 7);
	memory_close(m);
}

Test(memory_distinct, the_rest_behind_the_largest)
{
	struct memory *m = open_distinct(10);
	struct top *t = NULL;

	for (uint32_t dst = 1; dst <= 6; dst++)
		for (uint32_t src = 0; src < 5; src++)
			add(m, dst + src, dst, dst);
	cr_assert_eq(top_open(&t, m, 2, TOP_STARTS), 0);
	while (!top_step(t, 1))
		;
	cr_expect_eq(dst_of(&memory_row(m, top_row(t, 0))->key), 6);
	cr_expect_eq(top_rest_distinct(t).n, 8, "1 to 4 had the sources 1 to 8");
	top_close(t);
	memory_close(m);
}

/* --- unknown ------------------------------------------------------------------------- */

/* Records by protocol, with how many destination ports each has: ICMP has none. */
Test(memory_distinct, none_is_not_nothing)
{
	struct flow_spec by_proto = { .fields = FIELD_PROTO };
	struct flow_distinct d = { flow_key_fields, { 0, 0 }, 0 };
	struct flow_event ev = { .kind = FLOW_START, .time_ns = 1 };
	struct memory *m = open_for(4);
	struct flow_key key;
	struct flow_cut cut;

	while (d.field->field != FIELD_DPORT)
		d.field++;
	flow_cut_init(&cut, &by_proto, &d);
	cr_assert_eq(memory_distinct(m, &cut, secret), 0);
	flow_key_init(&key);
	key.l4 = IPPROTO_ICMP;
	memory_add(m, &key, &ev, 1);
	cr_expect_not(memory_distinct_row(m, 0).known);
	cr_expect_not(memory_distinct_total(m).known);
	key.l4 = IPPROTO_TCP;
	key.has_ports = 1;
	memory_add(m, &key, &ev, 1);
	cr_expect_not(memory_distinct_row(m, 0).known);
	cr_expect(memory_distinct_row(m, 1).known);
	cr_expect_eq(memory_distinct_row(m, 1).n, 1, "port 0");
	cr_expect_eq(memory_distinct_total(m).n, 1);
	memory_clear(m);
	cr_expect(memory_distinct_total(m).known);
	memory_close(m);
}

Test(memory_distinct, without_memory_nobody_knows)
{
	struct memory *m = open_distinct(4);

	for (uint32_t src = 0; src < 20; src++)
		add(m, src, 1, 1);
	calloc_refused_bytes = 512;
	for (uint32_t src = 0; src < 40; src++)
		add(m, src, 1, 1);
	add(m, 1, 2, 1);
	cr_expect_eq(memory_total(m)->starts, 61);
	cr_expect_not(memory_distinct_row(m, 0).known);
	cr_expect(memory_distinct_row(m, 1).known);
	cr_expect_not(memory_distinct_total(m).known);
	calloc_refused_bytes = 0;
	memory_close(m);
}
