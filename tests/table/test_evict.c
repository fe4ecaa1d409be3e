/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a full table keeps, and the bound on what it does not. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "random.h"
#include "table/events.h"

static struct memory *evicting(uint32_t max_flows, enum top_by by)
{
	struct memory *m = open_for(max_flows);

	memory_evict(m, by);
	return m;
}

static void add(struct memory *m, struct flow_event ev, uint32_t times)
{
	for (uint32_t i = 0; i < times; i++)
		add_events(m, &ev, 1);
}

/* Its row; NULL when it has none. */
static const struct flow_row *row_of(const struct memory *m, uint32_t n)
{
	struct flow_key key = key_of(n);

	for (size_t i = 0; i < memory_rows(m); i++)
		if (!memcmp(&memory_row(m, i)->key, &key, sizeof(key)))
			return memory_row(m, i);
	return NULL;
}

/* --- what survives --------------------------------------------------------------- */

Test(evict, what_has_finished_survives_a_flood)
{
	struct memory *m = evicting(2000, TOP_EVENTS);

	for (uint32_t window = 0; window < 3; window++) {
		for (uint32_t i = 0; i < 100; i++) {
			add(m, start_of(i, 1), 1000);
			add(m, end_of(i, 1), 1000);
		}
		for (uint32_t i = 0; i < 4000; i++)
			add(m, start_of(1000 + i, 2), 1);
		for (uint32_t i = 0; i < 100; i++) {
			const struct flow_row *row = row_of(m, i);

			cr_assert_not_null(row, "flow %u", i);
			cr_expect_eq(flow_sums_events(&row->sum), 2000);
		}
		cr_expect_leq(memory_max_error(m), (100 * 2000 + 4000) / 2000);
		memory_clear(m);
	}
	memory_close(m);
}

/* Flows of every size, the largest among them, then a flood of twice as many. */
Test(evict, of_every_size_the_largest_survive)
{
	struct memory *m = evicting(1000, TOP_EVENTS);
	uint64_t total = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		add(m, start_of(i, 1), i + 1);
		total += i + 1;
	}
	for (uint32_t i = 0; i < 2000; i++)
		add(m, start_of(1000 + i, 2), 1);
	total += 2000;
	cr_expect_leq(memory_max_error(m), total / 1000);
	for (uint32_t i = total / 1000; i < 1000; i++) {
		const struct flow_row *row = row_of(m, i);

		cr_assert_not_null(row, "flow %u", i);
		cr_expect_eq(row->sum.starts, i + 1);
	}
	memory_close(m);
}

/* One connection that carries much, in the middle of a scan of which each source has
 * more events. */
Test(evict, by_bytes_a_large_connection_of_two_events_survives_a_scan)
{
	const enum top_by by[] = { TOP_BYTES, TOP_PACKETS };

	for (size_t b = 0; b < 2; b++) {
		struct memory *m = evicting(100, by[b]);
		struct flow_event large = end_of(7, 3), small = end_of(0, 2);
		const struct flow_row *row;

		large.orig_bytes = 10000000000;
		large.orig_packets = 7000000;
		small.orig_bytes = small.reply_bytes = 40;
		small.orig_packets = small.reply_packets = 1;
		for (uint32_t i = 0; i < 20000; i++) {
			small.orig = start_of(1000 + i, 0).orig;
			add(m, start_of(1000 + i, 2), 3);
			add(m, small, 3);
			if (i == 10000) {
				add(m, start_of(7, 2), 1);
				add(m, large, 1);
			}
		}
		row = row_of(m, 7);
		cr_assert_not_null(row);
		cr_expect_eq(row->sum.orig_bytes, large.orig_bytes);
		cr_expect_str_eq(memory_error_counter(m), b ? "packets" : "bytes");
		cr_expect_leq(memory_max_error(m), size_of(memory_total(m), by[b]) / 100);
		memory_close(m);
	}
}

/* A Zipf load of ten times more keys than there is room for: what the largest flows
 * are is known to the test alone. */
#define ZIPF_KEYS 20480
#define ZIPF_ROOM 2048
#define ZIPF_EVENTS 2000000

static uint32_t zipf_key(struct random *r, const double *cumulative)
{
	double at = (random_next(r) >> 32) / 4294967296.0 * cumulative[ZIPF_KEYS - 1];
	uint32_t low = 0, high = ZIPF_KEYS - 1;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (cumulative[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

Test(evict, the_largest_survive_a_flood_of_small_ones)
{
	static double cumulative[ZIPF_KEYS];
	static uint64_t truth[ZIPF_KEYS], seen[ZIPF_KEYS];
	struct memory *m = open_for(ZIPF_ROOM);
	struct random r = random_from(7);
	uint64_t sum = 0;

	memory_evict(m, TOP_EVENTS);
	for (uint32_t i = 0; i < ZIPF_KEYS; i++)
		cumulative[i] = (i ? cumulative[i - 1] : 0) + 1.0 / (i + 1);
	/* The small ones first: whoever comes first has no advantage. */
	for (uint32_t i = ZIPF_KEYS; i-- > 0;) {
		struct flow_event ev = start_of(i, 1);

		add_events(m, &ev, 1);
		truth[i]++;
	}
	for (uint32_t i = 0; i < ZIPF_EVENTS; i++) {
		uint32_t k = zipf_key(&r, cumulative);
		struct flow_event ev = start_of(k, 1);

		add_events(m, &ev, 1);
		truth[k]++;
	}
	cr_assert_eq(memory_rows(m), ZIPF_ROOM);
	for (size_t i = 0; i < memory_rows(m); i++) {
		const struct flow_row *row = memory_row(m, i);

		sum += row->sum.starts;
		for (uint32_t k = 0; k < 100; k++) {
			struct flow_key key = key_of(k);

			if (!memcmp(&row->key, &key, sizeof(key)))
				seen[k] = row->sum.starts;
		}
	}
	cr_expect_eq(sum + memory_other(m)->starts, ZIPF_EVENTS + ZIPF_KEYS);
	cr_expect_eq(memory_total(m)->starts, ZIPF_EVENTS + ZIPF_KEYS);
	for (uint32_t k = 0; k < 100; k++) {
		cr_expect(seen[k] <= truth[k] && truth[k] - seen[k] <= memory_max_error(m));
		cr_expect(seen[k] >= truth[k] - truth[k] / 100, "flow %u: %" PRIu64 " of %" PRIu64, k, seen[k],
			  truth[k]);
	}
	memory_close(m);
}

/* Any mix of keys, with evictions all the time: the index stays whole. */
Test(evict, evicted_or_not_every_event_is_somewhere_once)
{
	struct memory *m = open_for(61);
	struct random r = random_from(11);

	memory_evict(m, TOP_EVENTS);
	for (int round = 0; round < 50; round++) {
		uint64_t sum = 0, added = 0;

		for (int i = 0; i < 5000; i++, added++) {
			uint32_t k = random_below(&r, 2) ? random_below(&r, 50) : random_below(&r, 1000);
			struct flow_event ev = start_of(k, 1);

			add_events(m, &ev, 1);
		}
		cr_assert_eq(memory_rows(m), 61);
		for (size_t i = 0; i < 61; i++) {
			sum += memory_row(m, i)->sum.starts;
			for (size_t j = 0; j < i; j++)
				cr_assert(memcmp(&memory_row(m, i)->key, &memory_row(m, j)->key,
						 sizeof(struct flow_key)), "a flow twice");
		}
		cr_assert_eq(sum + memory_other(m)->starts, added);
		cr_assert_eq(memory_total(m)->starts, added);
		memory_clear(m);
	}
	memory_close(m);
}

/* --- bounds ---------------------------------------------------------------------- */

#define FLOWS 200
#define COUNTERS 7

/* How many random tables are tried. */
#ifdef TESTS_ARE_EMULATED
#define ROUNDS 30
#else
#define ROUNDS 300
#endif

static struct flow_event random_event(struct random *r, uint32_t *n)
{
	static const enum flow_kind kinds[] = { FLOW_START, FLOW_END, FLOW_END, FLOW_DROP,
						FLOW_LOGGED, FLOW_LIVE };
	struct flow_event ev;

	*n = random_below(r, 1 + random_below(r, FLOWS));	/* some come more often */
	ev = end_of(*n, random_below(r, 1000));
	ev.kind = kinds[random_below(r, 6)];
	ev.has_counters = random_below(r, 3);
	ev.orig_bytes = random_next(r) >> (24 + random_below(r, 40));
	ev.orig_packets = random_below(r, 1000);
	ev.bytes = random_below(r, 3) * 1000;
	return ev;
}

/* The same event to a table and to the truth, where a table of its own has room. */
static void add_random(struct memory *m, struct memory *exact, struct random *r, size_t events)
{
	for (size_t i = 0; i < events; i++) {
		uint32_t n;
		struct flow_event ev = random_event(r, &n);

		add_events(m, &ev, 1);
		add_events(exact, &ev, 1);
	}
}

/* Of every flow: what its row lacks is in `other`, and no more than the bound. */
static void expect_bound(const struct memory *m, const struct memory *exact, enum top_by by)
{
	static const struct flow_sums nothing;
	uint64_t missing, sum = 0;

	for (uint32_t n = 0; n < FLOWS; n++) {
		const struct flow_row *have = row_of(m, n), *had = row_of(exact, n);

		missing = size_of(had ? &had->sum : &nothing, by) -
			  size_of(have ? &have->sum : &nothing, by);
		cr_assert_leq(missing, memory_max_error(m), "flow %u by %s: %" PRIu64 ", bound %" PRIu64, n,
			      size_name(by), missing, memory_max_error(m));
		sum += missing;
	}
	cr_assert_eq(sum, size_of(memory_other(m), by));
	cr_assert_eq(size_of(memory_total(m), by), size_of(memory_total(exact), by));
}

/* At most what there is, divided by the room for it. */
Test(evict, no_flow_lacks_more_than_its_share_of_the_room)
{
	struct random r = random_from(3);

	for (int round = 0; round < ROUNDS; round++) {
		enum top_by by = random_below(&r, COUNTERS);
		uint32_t room = 1 + random_below(&r, 100);
		struct memory *m = evicting(room, by), *exact = open_for(FLOWS);

		add_random(m, exact, &r, random_below(&r, 5000));
		expect_bound(m, exact, by);
		cr_assert_leq(memory_max_error(m), size_of(memory_total(m), by) / room);
		memory_close(m);
		memory_close(exact);
	}
}

static void expect_folded(const struct memory *m, const struct memory *exact)
{
	uint64_t folded = 0;

	for (uint32_t n = 0; n < FLOWS; n++) {
		const struct flow_row *have = row_of(m, n), *had = row_of(exact, n);

		folded += had && (!have || memcmp(&have->sum, &had->sum, sizeof(had->sum)));
	}
	cr_assert_eq(memory_folded(m), folded);
}

/* As a level adds up windows, each of which is what the kernel's table had and what
 * did not fit into that. */
static void add_windows(struct random *r, bool live)
{
	enum top_by by = random_below(r, COUNTERS);
	uint32_t room = 1 + random_below(r, 100);
	struct memory *level = evicting(room, by), *closed = evicting(room, by);
	struct memory *open = evicting(room, by), *exact = open_for(FLOWS), *rows = open_for(room);
	struct memory *sum = open_for(FLOWS);

	for (uint32_t windows = 1 + random_below(r, 8); windows > 0; windows--) {
		/* rows come first, and whole: these have room */
		for (uint32_t n = 0; n < room && random_below(r, 50); n++) {
			struct flow_event ev = end_of(random_below(r, FLOWS), 5);

			ev.orig_packets = random_below(r, 100);
			if (memory_rows(rows) < room)
				add_events(rows, &ev, 1);
		}
		memory_add_all(exact, rows);
		memory_merge_all(closed, rows);
		add_random(open, exact, r, random_below(r, 2000));
		memory_merge_all(closed, open);
		expect_bound(closed, exact, by);
		if (live)
			memory_forget_live(level);
		if (live)
			memory_forget_live(sum);
		memory_add_all(level, closed);
		memory_merge_all(sum, exact);
		memory_clear(closed);
		expect_bound(level, sum, by);
		if (!live)
			expect_folded(level, sum);
	}
	memory_close(level);
	memory_close(closed);
	memory_close(open);
	memory_close(exact);
	memory_close(rows);
	memory_close(sum);
}

Test(evict, a_level_lacks_no_more_of_a_flow_than_it_says)
{
	struct random r = random_from(5);

	for (int round = 0; round < ROUNDS; round++)
		add_windows(&r, false);
}

/* What is alive counts in the last window only, so that flows become smaller. */
Test(evict, nor_does_one_that_forgets_what_was_alive)
{
	struct random r = random_from(6);

	for (int round = 0; round < ROUNDS; round++)
		add_windows(&r, true);
}

/* What has become small, because it is no longer alive, goes first. */
Test(evict, what_is_no_longer_alive_is_no_longer_large)
{
	struct memory *m = evicting(3, TOP_EVENTS);
	struct flow_event ev = start_of(1, 1);

	ev.kind = FLOW_LIVE;
	add(m, ev, 10);
	add(m, start_of(2, 1), 5);
	add(m, start_of(3, 1), 1);
	add(m, start_of(4, 1), 1);
	cr_assert_null(row_of(m, 3));
	memory_forget_live(m);
	add(m, start_of(5, 1), 1);
	cr_expect_null(row_of(m, 1));
	cr_expect_not_null(row_of(m, 2));
	cr_expect_not_null(row_of(m, 4));
	memory_close(m);
}

/* --- how many flows are folded --------------------------------------------------- */

Test(evict, a_level_counts_a_flow_that_is_folded_again_and_again_once)
{
	struct memory *level = evicting(10, TOP_EVENTS), *window = evicting(10, TOP_EVENTS);

	for (uint32_t windows = 0; windows < 6; windows++) {
		for (uint32_t i = 0; i < 300; i++)
			add(window, start_of(i, 1), 1);
		cr_assert_geq(memory_folded(window), 290);
		memory_merge_all(level, window);
		cr_assert_eq(memory_folded(window), 0);
	}
	cr_expect_geq(memory_folded(level), 290);
	cr_expect_leq(memory_folded(level), 300);
	cr_expect_eq(flow_sums_events(memory_total(level)), 1800);
	memory_clear(level);
	cr_expect_eq(memory_folded(level), 0);
	cr_expect_eq(memory_max_error(level), 0);
	memory_close(window);
	memory_close(level);
}

Test(evict, a_level_counts_folded_flows_up_to_its_limit)
{
	struct memory *level = open_for(1), *window = open_for(1);
	uint64_t limit = memory_folded_limit(level);

	for (uint32_t n = 0; n < 3; n++) {
		for (uint32_t i = 0; i < 1 + limit / 2; i++)
			add(window, start_of(n * limit + i, 1), 1);
		cr_assert_eq(memory_folded(window), limit / 2);
		memory_merge_all(level, window);
	}
	cr_expect_eq(memory_folded(level), limit);
	memory_close(window);
	memory_close(level);
}

/* A flow of which nothing is left is not missing from anything. */
Test(evict, what_was_alive_and_carried_nothing_is_not_folded)
{
	struct memory *m = evicting(1, TOP_EVENTS);
	struct flow_event ev = start_of(1, 1);

	ev.kind = FLOW_LIVE;
	add(m, ev, 1);
	memory_forget_live(m);
	add(m, start_of(2, 2), 1);
	cr_expect_eq(memory_rows(m), 1);
	cr_expect_eq(memory_folded(m), 0);
	memory_close(m);
}
