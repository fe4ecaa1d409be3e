/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "random.h"
#include "table/events.h"

static bool same(const struct flow_sums *a, const struct flow_sums *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static struct flow_sums sum_of_rows(const struct memory *m)
{
	struct flow_sums s = { 0 };

	for (size_t i = 0; i < memory_rows(m); i++)
		flow_sums_add(&s, &memory_row(m, i)->sum);
	flow_sums_add(&s, memory_other(m));
	return s;
}

Test(memory, is_empty_at_first)
{
	struct memory *m = open_for(10);

	cr_assert_eq(memory_rows(m), 0);
	cr_assert_eq(memory_folded(m), 0);
	cr_assert_eq(flow_sums_events(memory_total(m)), 0);
	cr_assert_eq(flow_sums_events(memory_other(m)), 0);
	memory_close(m);
	memory_close(NULL);
}

Test(memory, adds_up_what_an_event_says)
{
	struct memory *m = open_for(10);
	struct flow_event ev[] = { start_of(1, 900), end_of(1, 2000), end_of(1, 1000) };
	struct flow_key key = key_of(1);
	struct flow_sums expected = {
		.starts = 1, .ends = 2, .unreplied = 1, .uncounted = 1,
		.orig_packets = 5, .orig_bytes = 500, .reply_packets = 3, .reply_bytes = 4000,
		.timed_ends = 2, .duration_us_sum = 1700, .duration_us_max = 1500,
		.first_ns = 900, .last_ns = 2000,
	};

	ev[2].replied = ev[2].has_counters = false;	/* then its counters mean nothing */
	ev[2].duration_ns = 200999;	/* each in whole microseconds */
	add_events(m, ev, 3);
	cr_assert_eq(memory_rows(m), 1);
	cr_assert(!memcmp(&memory_row(m, 0)->key, &key, sizeof(key)));
	cr_assert(same(&memory_row(m, 0)->sum, &expected));
	cr_assert(same(memory_total(m), &expected));
	memory_close(m);
}

Test(memory, takes_nothing_but_the_time_from_a_start)
{
	struct memory *m = open_for(10);
	struct flow_event ev = end_of(1, 77);
	struct flow_sums expected = { .starts = 1, .first_ns = 77, .last_ns = 77 };

	ev.kind = FLOW_START;
	add_events(m, &ev, 1);
	cr_assert(same(memory_total(m), &expected));
	memory_close(m);
}

Test(memory, bytes_of_packets_are_those_of_drops_whose_length_is_known)
{
	struct memory *m = open_for(10);
	struct flow_event ev = { .kind = FLOW_DROP, .time_ns = 77, .bytes = UINT32_MAX };
	struct flow_sums expected = {
		.drops = 3, .drop_bytes = UINT32_MAX + 20ULL, .unsized_drops = 1, .logged = 1,
		.first_ns = 77, .last_ns = 77,
	};

	add_events(m, &ev, 1);
	ev.bytes = 20;
	add_events(m, &ev, 1);
	ev.kind = FLOW_LOGGED;
	add_events(m, &ev, 1);
	ev.kind = FLOW_DROP;
	ev.bytes = 0;
	add_events(m, &ev, 1);
	cr_expect(same(memory_total(m), &expected));
	memory_close(m);
}

Test(memory, a_drop_of_the_kernel_is_no_drop_of_a_rule)
{
	struct memory *m = open_for(10);
	struct flow_event ev = { .kind = FLOW_KERNEL_DROP, .time_ns = 77, .bytes = 60, .drop_reason = 1 };
	struct flow_sums expected = { .kernel_drops = 1, .first_ns = 77, .last_ns = 77 };

	add_events(m, &ev, 1);
	cr_expect(same(memory_total(m), &expected));
	memory_close(m);
}

/* A new counter that no kind of event adds to stays 0. */
Test(memory, every_counter_is_counted)
{
	static const enum flow_kind kinds[] = {
		FLOW_START, FLOW_END, FLOW_DROP, FLOW_LIVE, FLOW_LOGGED, FLOW_END, FLOW_LIVE,
		FLOW_LIVE, FLOW_DROP, FLOW_END, FLOW_END, FLOW_END, FLOW_END, FLOW_KERNEL_DROP,
	};
	static const __u8 states[] = {
		[7] = TCP_CONNTRACK_TIME_WAIT, [9] = TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_FIN_WAIT,
		TCP_CONNTRACK_CLOSE, TCP_CONNTRACK_ESTABLISHED,
	};
	struct memory *m = open_for(10);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct flow_event ev = end_of(1, 77);

		ev.kind = kinds[i];
		ev.has_counters = i < 5;
		ev.replied = i < 5;
		ev.tcp_state = i < sizeof(states) ? states[i] : TCP_CONNTRACK_NONE;
		ev.bytes = i < 5 ? 100 : 0;
		add_events(m, &ev, 1);
	}
#define IS_COUNTED(how, name) cr_expect_neq(memory_total(m)->name, 0, #name);
	FLOW_SUMS(IS_COUNTED)
#undef IS_COUNTED
	memory_close(m);
}

Test(memory, leaves_durations_out_where_they_are_unknown)
{
	struct memory *m = open_for(10);
	struct flow_event ev = end_of(1, 77);

	ev.timed = false;
	add_events(m, &ev, 1);
	cr_assert_eq(memory_total(m)->timed_ends, 0);
	cr_assert_eq(memory_total(m)->duration_us_sum, 0);
	memory_close(m);
}

Test(memory, every_byte_of_the_key_tells_flows_apart)
{
	struct memory *m = open_for(128);
	struct flow_event ev = start_of(1, 1);

	add_events(m, &ev, 1);
	for (size_t i = 0; i < sizeof(struct flow_key); i++) {
		struct flow_key key = key_of(1);

		((unsigned char *)&key)[i] ^= 0x80;
		memory_add(m, &key, &ev, 1);
		cr_expect_eq(memory_rows(m), i + 2, "byte %zu", i);
	}
	memory_close(m);
}

Test(memory, shows_rows_in_the_order_of_their_arrival)
{
	struct memory *m = open_for(1000);
	struct flow_event ev;

	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 1000; i++) {
			ev = start_of(i * 7919 + round, 1);
			add_events(m, &ev, 1);
		}
		cr_assert_eq(memory_rows(m), 1000);
		for (uint32_t i = 0; i < 1000; i++) {
			struct flow_key k = key_of(i * 7919 + round);

			cr_assert(!memcmp(&memory_row(m, i)->key, &k, sizeof(k)));
		}
		memory_clear(m);
	}
	memory_close(m);
}

Test(memory, merges_a_row_as_if_its_events_had_come)
{
	struct memory *by_event = open_for(10), *by_row = open_for(10);
	struct flow_event ev[] = { start_of(1, 5), end_of(1, 9), start_of(2, 7), end_of(1, 4) };

	add_events(by_event, ev, 4);
	for (int half = 0; half < 2; half++) {
		struct memory *part = open_for(10);

		add_events(part, ev + 2 * half, 2);
		for (size_t i = 0; i < memory_rows(part); i++)
			memory_merge(by_row, memory_row(part, i));
		memory_close(part);
	}
	cr_assert_eq(memory_rows(by_row), 2);
	for (size_t i = 0; i < 2; i++)
		cr_assert(same(&memory_row(by_row, i)->sum, &memory_row(by_event, i)->sum));
	cr_assert(same(memory_total(by_row), memory_total(by_event)));
	memory_close(by_event);
	memory_close(by_row);
}

Test(memory, folds_what_finds_no_room)
{
	struct memory *m = open_for(3);
	struct flow_event ev;

	for (uint32_t i = 0; i < 10; i++) {
		ev = start_of(i, 100 + i);
		add_events(m, &ev, 1);
		ev = end_of(i, 200 + i);
		add_events(m, &ev, 1);
	}
	cr_assert_eq(memory_rows(m), 3);
	cr_assert_eq(memory_folded(m), 7, "keys, not events");
	cr_assert_eq(memory_other(m)->starts, 7);
	cr_assert_eq(memory_other(m)->ends, 7);
	cr_assert_eq(memory_other(m)->orig_bytes, 7 * 500);
	cr_assert_eq(memory_other(m)->first_ns, 103);
	cr_assert_eq(memory_other(m)->last_ns, 209);
	cr_assert_eq(memory_total(m)->starts, 10);
	ev = start_of(2, 300);
	add_events(m, &ev, 1);
	cr_assert_eq(memory_row(m, 2)->sum.starts, 2, "a flow that has its row keeps it");
	cr_assert_eq(memory_other(m)->starts, 7);
	memory_close(m);
}

Test(memory, merges_a_row_that_finds_no_room_into_other)
{
	struct memory *m = open_for(1);
	struct flow_row row = { .key = key_of(1), .sum = { .starts = 2, .first_ns = 3, .last_ns = 4 } };

	memory_merge(m, &row);
	row.key = key_of(2);
	memory_merge(m, &row);
	cr_assert_eq(memory_rows(m), 1);
	cr_assert_eq(memory_folded(m), 1);
	cr_assert(same(memory_other(m), &row.sum));
	cr_assert_eq(memory_total(m)->starts, 4);
	memory_close(m);
}

Test(memory, counts_folded_flows_up_to_its_limit)
{
	struct memory *m = open_for(1);
	uint64_t limit = memory_folded_limit(m);
	struct flow_event ev;

	cr_assert_geq(limit, 1000);
	for (uint32_t i = 0; i < 1 + limit + 100; i++) {
		ev = start_of(i, 1);
		add_events(m, &ev, 1);
		cr_assert_eq(memory_folded(m), i < limit ? i : limit);
	}
	cr_assert_eq(memory_other(m)->starts, limit + 100, "the sums are exact all the same");
	memory_close(m);
}

Test(memory, is_as_new_after_clear)
{
	struct memory *m = open_for(100);
	struct flow_event ev;

	/* few rows and many: they are cleared in different ways */
	for (uint32_t rows = 0; rows <= 300; rows++) {
		for (uint32_t i = 0; i < rows; i++) {
			ev = end_of(i, 1);
			add_events(m, &ev, 1);
		}
		memory_clear(m);
		cr_assert_eq(memory_rows(m), 0);
		cr_assert_eq(memory_folded(m), 0);
		cr_assert_eq(flow_sums_events(memory_total(m)), 0);
		cr_assert_eq(flow_sums_events(memory_other(m)), 0);
		for (uint32_t i = 0; i < 100; i++) {
			ev = start_of(i, 1);
			add_events(m, &ev, 1);
			add_events(m, &ev, 1);
		}
		cr_assert_eq(memory_rows(m), 100);
		for (uint32_t i = 0; i < 100; i++) {
			cr_assert_eq(memory_row(m, i)->sum.starts, 2);
			cr_assert_eq(memory_row(m, i)->sum.ends, 0);
		}
		memory_clear(m);
	}
	memory_close(m);
}

/* What a table should hold, kept the slow way: an array to look through. */
struct model {
	struct flow_row rows[64];
	struct flow_key folded[96];
	size_t used, max_flows, n_folded;
	struct flow_sums other;
};

static void model_fold(struct model *md, const struct flow_key *key)
{
	for (size_t i = 0; i < md->n_folded; i++)
		if (!memcmp(&md->folded[i], key, sizeof(*key)))
			return;
	md->folded[md->n_folded++] = *key;
}

static struct flow_sums *model_sums(struct model *md, const struct flow_key *key)
{
	for (size_t i = 0; i < md->used; i++)
		if (!memcmp(&md->rows[i].key, key, sizeof(*key)))
			return &md->rows[i].sum;
	if (md->used == md->max_flows) {
		model_fold(md, key);
		return &md->other;
	}
	md->rows[md->used] = (struct flow_row){ .key = *key };
	return &md->rows[md->used++].sum;
}

static struct flow_event random_event(struct random *r)
{
	uint32_t n = random_below(r, 96);
	struct flow_event ev = random_below(r, 2) ? start_of(n, 0) : end_of(n, 0);

	ev.time_ns = random_next(r) >> 1;
	ev.orig_packets = random_below(r, 1000);
	ev.reply_bytes = random_below(r, 1000000);
	ev.duration_ns = random_below(r, 1000000000);
	ev.has_counters = random_below(r, 4);
	ev.replied = random_below(r, 4);
	ev.timed = random_below(r, 4);
	ev.tcp_state = random_below(r, 2) ? random_below(r, TCP_CONNTRACK_MAX) : random_next(r);
	return ev;
}

static void model_tcp(struct flow_sums *s, __u8 state)
{
	switch (state) {
	case TCP_CONNTRACK_SYN_SENT:
	case TCP_CONNTRACK_SYN_RECV:
	case TCP_CONNTRACK_SYN_SENT2:
		s->tcp_unanswered = 1;
		break;
	case TCP_CONNTRACK_ESTABLISHED:
		s->tcp_expired = 1;
		break;
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
	case TCP_CONNTRACK_LAST_ACK:
	case TCP_CONNTRACK_TIME_WAIT:
		s->tcp_closed = 1;
		break;
	case TCP_CONNTRACK_CLOSE:
		s->tcp_reset = 1;
		break;
	}
}

static void model_add(struct model *md, const struct flow_event *ev)
{
	bool end = ev->kind == FLOW_END;
	struct flow_key key = default_key(ev);
	struct flow_sums s = {
		.starts = !end, .ends = end, .first_ns = ev->time_ns, .last_ns = ev->time_ns,
		.unreplied = end && !ev->replied, .uncounted = end && !ev->has_counters,
	};

	if (end && ev->has_counters) {
		s.orig_packets = ev->orig_packets;
		s.orig_bytes = ev->orig_bytes;
		s.reply_packets = ev->reply_packets;
		s.reply_bytes = ev->reply_bytes;
	}
	if (end && ev->timed) {
		s.timed_ends = 1;
		s.duration_us_sum = s.duration_us_max = ev->duration_ns / 1000;
	}
	if (end)
		model_tcp(&s, ev->tcp_state);
	flow_sums_add(model_sums(md, &key), &s);
}

Test(memory, agrees_with_a_simple_model)
{
	struct random r = random_from(11);
	struct memory *m = open_for(64);
	struct flow_event batch[50];
	struct flow_sums total;

	for (int window = 0; window < 200; window++) {
		struct model md = { .max_flows = 64 };
		int batches = random_below(&r, 12);

		for (int b = 0; b < batches; b++) {
			size_t n = random_below(&r, 51);

			for (size_t i = 0; i < n; i++) {
				batch[i] = random_event(&r);
				model_add(&md, &batch[i]);
			}
			add_events(m, batch, n);
		}
		cr_assert_eq(memory_rows(m), md.used);
		for (size_t i = 0; i < md.used; i++)
			cr_assert(!memcmp(memory_row(m, i), &md.rows[i], sizeof(md.rows[i])));
		cr_assert(same(memory_other(m), &md.other));
		cr_assert_eq(memory_folded(m), md.n_folded);
		total = sum_of_rows(m);
		cr_assert(same(memory_total(m), &total));
		memory_clear(m);
	}
	memory_close(m);
}

Test(memory, keeps_a_hundred_thousand_flows_apart)
{
	struct memory *m = open_for(100000);
	struct flow_event ev;
	struct flow_sums total;

	for (uint32_t i = 0; i < 300000; i++) {
		ev = start_of(i % 100000, i);
		add_events(m, &ev, 1);
	}
	cr_assert_eq(memory_rows(m), 100000);
	cr_assert_eq(memory_folded(m), 0);
	for (uint32_t i = 0; i < 100000; i++)
		cr_assert_eq(memory_row(m, i)->sum.starts, 3);
	total = sum_of_rows(m);
	cr_assert(same(memory_total(m), &total));
	memory_close(m);
}

/* TCP has closed a connection when both sides have sent FIN, or one has sent RST. */
Test(memory, a_connection_that_tcp_has_closed_is_not_live)
{
	static const bool closed[] = {
		[TCP_CONNTRACK_NONE] = false, [TCP_CONNTRACK_SYN_SENT] = false,
		[TCP_CONNTRACK_SYN_RECV] = false, [TCP_CONNTRACK_ESTABLISHED] = false,
		[TCP_CONNTRACK_FIN_WAIT] = false, [TCP_CONNTRACK_CLOSE_WAIT] = false,
		[TCP_CONNTRACK_LAST_ACK] = true, [TCP_CONNTRACK_TIME_WAIT] = true,
		[TCP_CONNTRACK_CLOSE] = true, [TCP_CONNTRACK_SYN_SENT2] = false,
	};

	for (__u8 state = 0; state < sizeof(closed) / sizeof(closed[0]); state++) {
		struct flow_event ev = start_of(1, 5);
		struct memory *m = open_for(1);

		ev.kind = FLOW_LIVE;
		ev.tcp_state = state;
		add_events(m, &ev, 1);
		cr_expect_eq(memory_total(m)->live, !closed[state], "state %d", state);
		cr_expect_eq(memory_total(m)->closing, closed[state], "state %d", state);
		memory_forget_live(m);
		cr_expect_eq(flow_sums_entries(memory_total(m)), 0, "state %d", state);
		cr_expect_eq(flow_sums_entries(&memory_row(m, 0)->sum), 0, "state %d", state);
		memory_close(m);
	}
}

/* Of a longer window: what was alive in a shorter one has carried something. */
Test(memory, what_is_no_longer_alive_keeps_what_it_carried)
{
	struct flow_event ev = start_of(1, 5);
	struct memory *m = open_for(1);

	memory_evict(m, TOP_EVENTS);
	ev.kind = FLOW_LIVE;
	ev.has_counters = true;
	ev.orig_packets = 3;
	ev.orig_bytes = 300;
	add_events(m, &ev, 1);
	memory_forget_live(m);
	ev.orig_packets = ev.orig_bytes = 0;
	ev.time_ns = 9;
	add_events(m, &ev, 1);
	cr_expect_eq(memory_row(m, 0)->sum.first_ns, 5);
	memory_forget_live(m);
	ev = start_of(2, 10);
	add_events(m, &ev, 1);
	cr_assert_eq(memory_folded(m), 1);
	cr_expect_eq(memory_other(m)->orig_packets, 3);
	cr_expect_eq(memory_other(m)->orig_bytes, 300);
	memory_close(m);
}

Test(memory, what_is_no_longer_alive_is_not_uncounted_either)
{
	struct flow_event ev = start_of(1, 5);
	struct memory *m = open_for(1);

	ev.kind = FLOW_LIVE;
	for (int i = 0; i < 2; i++) {
		memory_forget_live(m);
		add_events(m, &ev, 1);
	}
	cr_expect_eq(memory_row(m, 0)->sum.live, 1);
	cr_expect_eq(memory_row(m, 0)->sum.uncounted_live, 1);
	cr_expect_eq(memory_total(m)->uncounted_live, 1);
	memory_close(m);
}
