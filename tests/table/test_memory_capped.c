/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters as large as records can show. The model has more bits than the table. */
#include "config.h"

#include <criterion/criterion.h>

#include "random.h"
#include "table/events.h"

#define MAX FLOW_SUMS_MAX

/* The end of a connection of flow n that has carried so much. */
static struct flow_event carried(uint32_t n, uint64_t orig_bytes, uint64_t reply_bytes)
{
	struct flow_event ev = end_of(n, 1000);

	ev.orig_bytes = orig_bytes;
	ev.reply_bytes = reply_bytes;
	return ev;
}

Test(memory_capped, the_largest_number_is_no_reason_to_stop)
{
	struct memory *m = open_for(10);
	struct flow_event ev[] = { carried(1, MAX, 0), carried(2, 0, MAX - 5), carried(2, 0, 5) };

	add_events(m, ev, 3);
	cr_expect_eq(memory_total(m)->orig_bytes, MAX);
	cr_expect_eq(memory_total(m)->reply_bytes, MAX);
	cr_expect_not(memory_capped(m));
	memory_close(m);
}

Test(memory_capped, one_more_stops_the_total_and_the_row)
{
	struct memory *m = open_for(10);
	struct flow_event ev[] = { carried(1, MAX, 7), carried(1, 1, 7), carried(2, 3, 7) };

	add_events(m, ev, 3);
	cr_expect_eq(memory_total(m)->orig_bytes, MAX);
	cr_expect_eq(memory_row(m, 0)->sum.orig_bytes, MAX);
	cr_expect_eq(memory_row(m, 1)->sum.orig_bytes, 3, "this row has not reached it");
	cr_expect_eq(memory_total(m)->reply_bytes, 21, "nor has this counter");
	cr_expect(memory_capped(m));
	memory_clear(m);
	cr_expect_not(memory_capped(m));
	memory_close(m);
}

/* The bytes of dropped packets stop too. */
Test(memory_capped, packets_are_events_like_others)
{
	struct memory *m = open_for(10);
	struct flow_event ev = start_of(1, 5);

	ev.kind = FLOW_DROP;
	ev.bytes = MAX;
	add_events(m, &ev, 1);
	cr_expect_not(memory_capped(m));
	add_events(m, &ev, 1);
	cr_expect_eq(memory_total(m)->drop_bytes, MAX);
	cr_expect_eq(memory_total(m)->drops, 2);
	cr_expect(memory_capped(m));
	memory_close(m);
}

Test(memory_capped, what_is_merged_stops_too)
{
	struct memory *m = open_for(10), *more = open_for(10);
	struct flow_event ev = carried(1, MAX / 2 + 1, 0);

	add_events(m, &ev, 1);
	add_events(more, &ev, 1);
	memory_add_all(m, more);
	cr_expect_eq(memory_total(m)->orig_bytes, MAX);
	cr_expect_eq(memory_row(m, 0)->sum.orig_bytes, MAX);
	cr_expect(memory_capped(m));
	cr_expect_not(memory_capped(more));
	memory_clear(more);
	memory_add_all(more, m);
	cr_expect_eq(memory_total(more)->orig_bytes, MAX);
	cr_expect(memory_capped(more), "the sum is as wrong as what it is made of");
	memory_close(m);
	memory_close(more);
}

/* A row of the kernel table has counters that stop nowhere. */
Test(memory_capped, a_row_that_is_larger_alone_stops)
{
	struct memory *m = open_for(10);
	struct flow_row row = { .key = key_of(1), .sum = { .ends = 1, .orig_bytes = MAX + 1 } };

	memory_merge(m, &row);
	cr_expect_eq(memory_total(m)->orig_bytes, MAX);
	cr_expect_eq(memory_row(m, 0)->sum.orig_bytes, MAX);
	cr_expect(memory_capped(m));
	memory_close(m);
}

Test(memory_capped, the_error_of_a_full_table_stops)
{
	struct memory *m = open_for(1);
	struct flow_event ev[] = { carried(1, MAX, MAX), carried(2, 0, 0) };

	memory_evict(m, TOP_BYTES);
	add_events(m, ev, 2);
	cr_expect_eq(memory_max_error(m), MAX);
	cr_expect(memory_capped(m));
	memory_close(m);
}

/* A sum in two parts of 32 bits each, which never get full here. */
struct halves {
	uint64_t high, low;
};

static void add_halves(struct halves *sum, uint64_t n)
{
	sum->high += n >> 32;
	sum->low += n & UINT32_MAX;
}

static bool is_over(const struct halves *sum)
{
	return sum->high + (sum->low >> 32) > MAX >> 32;
}

static uint64_t at_most_max(const struct halves *sum)
{
	return is_over(sum) ? MAX : (sum->high << 32) + sum->low;
}

/* Batches of every size, with events of every size: wherever a batch begins, what is added
 * without a look at its size never reaches the largest number. */
Test(memory_capped, agrees_with_a_model_of_more_bits)
{
	struct random r = random_from(3);
	struct memory *m = open_for(4);
	struct flow_event batch[64];

	for (int window = 0; window < 1000; window++) {
		struct halves rows[4] = { { 0 } }, total = { 0 };

		for (int b = 0; b < 4; b++) {
			size_t n = random_below(&r, 65);

			for (size_t i = 0; i < n; i++) {
				uint32_t flow = random_below(&r, 4);
				uint64_t bytes = random_next(&r) >> (1 + random_below(&r, 20));

				batch[i] = carried(flow, bytes, 0);
				add_halves(&rows[flow], bytes);
				add_halves(&total, bytes);
			}
			add_events(m, batch, n);
		}
		cr_assert_eq(memory_total(m)->orig_bytes, at_most_max(&total));
		cr_assert_eq(memory_capped(m), is_over(&total));
		for (size_t i = 0; i < memory_rows(m); i++) {
			struct flow_key key = key_of(0);
			uint32_t flow = 0;

			while (memcmp(&key, &memory_row(m, i)->key, sizeof(key)))
				key = key_of(++flow);
			cr_assert_eq(memory_row(m, i)->sum.orig_bytes, at_most_max(&rows[flow]));
		}
		memory_clear(m);
	}
	memory_close(m);
}
