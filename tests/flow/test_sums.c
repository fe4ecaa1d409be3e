/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include <criterion/criterion.h>

#include "flow/sums.h"

static bool same(const struct flow_sums *a, const struct flow_sums *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Every counter is another number, so that none can be taken for another. */
static const struct flow_sums one = {
	.starts = 1, .ends = 2, .drops = 4, .logged = 8, .live = 16,
	.drop_bytes = 65536, .unsized_drops = 32768, .kernel_drops = 2097152,
	.closing = 16384, .unreplied = 32, .uncounted = 64, .uncounted_live = 128,
	.tcp_unanswered = 131072, .tcp_closed = 262144, .tcp_reset = 524288, .tcp_expired = 1048576,
	.orig_packets = 256, .orig_bytes = 512, .reply_packets = 1024, .reply_bytes = 2048,
	.timed_ends = 4096, .duration_us_sum = 8192, .duration_us_max = 500,
	.first_ns = 30, .last_ns = 40,
};

/* A new counter has no value above yet. */
Test(flow_sums, each_counter_has_a_value_here)
{
#define HAS_VALUE(how, name) cr_expect_neq(one.name, 0, #name);
	FLOW_SUMS(HAS_VALUE)
#undef HAS_VALUE
}

Test(flow_sums, each_counter_is_merged_in_its_way)
{
	const struct flow_sums more = {
		.starts = 10, .ends = 10, .drops = 10, .logged = 10, .live = 10,
		.drop_bytes = 10, .unsized_drops = 10, .kernel_drops = 10,
		.closing = 10, .unreplied = 10, .uncounted = 10, .uncounted_live = 10,
		.tcp_unanswered = 10, .tcp_closed = 10, .tcp_reset = 10, .tcp_expired = 10,
		.orig_packets = 10, .orig_bytes = 10, .reply_packets = 10, .reply_bytes = 10,
		.timed_ends = 10, .duration_us_sum = 10, .duration_us_max = 600,
		.first_ns = 20, .last_ns = 50,
	}, expected = {
		.starts = 11, .ends = 12, .drops = 14, .logged = 18, .live = 26,
		.drop_bytes = 65546, .unsized_drops = 32778, .kernel_drops = 2097162,
		.closing = 16394, .unreplied = 42, .uncounted = 74, .uncounted_live = 138,
		.tcp_unanswered = 131082, .tcp_closed = 262154, .tcp_reset = 524298,
		.tcp_expired = 1048586,
		.orig_packets = 266, .orig_bytes = 522, .reply_packets = 1034, .reply_bytes = 2058,
		.timed_ends = 4106, .duration_us_sum = 8202, .duration_us_max = 600,
		.first_ns = 20, .last_ns = 50,
	};
	struct flow_sums s = one;

	flow_sums_add(&s, &more);
	cr_expect(same(&s, &expected));
	s = more;
	flow_sums_add(&s, &one);
	cr_expect(same(&s, &expected), "the order does not matter");
}

Test(flow_sums, adding_nothing_changes_nothing)
{
	struct flow_sums s = one, nothing = { 0 };

	flow_sums_add(&s, &nothing);
	cr_expect(same(&s, &one), "a time of 0 is no time");
	nothing.first_ns = 5;
	nothing.last_ns = 50;
	flow_sums_add(&s, &nothing);
	cr_expect(same(&s, &one), "without an event, no time means anything");
	flow_sums_add(&nothing, &s);
	cr_expect(same(&nothing, &one), "nor is it the first or the last one seen");
}

/* What is added to a counter of `one' to reach FLOW_SUMS_MAX, and one more. */
Test(flow_sums, counters_stop_at_the_largest_number)
{
#define STOPS(how, name)                                                                       \
	if (SUMS_##how <= SUMS_SUM) {                                                          \
		struct flow_sums s = one, more = { .ends = 1 };                                \
                                                                                               \
		more.name = FLOW_SUMS_MAX - one.name;                                          \
		cr_expect_not(flow_sums_add(&s, &more), #name);                                \
		cr_expect_eq(s.name, FLOW_SUMS_MAX, #name);                                    \
		s = one;                                                                       \
		more.name++;                                                                   \
		cr_expect(flow_sums_add(&s, &more), #name);                                    \
		cr_expect_eq(s.name, FLOW_SUMS_MAX, #name);                                    \
		s.name = more.name = UINT64_MAX;                                               \
		cr_expect(flow_sums_add(&s, &more), #name);                                    \
		cr_expect_eq(s.name, FLOW_SUMS_MAX, "the sum of " #name " has wrapped");       \
	}
	FLOW_SUMS(STOPS)
#undef STOPS
}

Test(flow_sums, a_counter_that_stops_leaves_the_others_as_they_are)
{
	struct flow_sums s = one, expected = one;
	const struct flow_sums more = {
		.ends = 1, .orig_bytes = FLOW_SUMS_MAX, .duration_us_max = 600,
		.first_ns = 20, .last_ns = 50,
	};

	expected.ends++;
	expected.orig_bytes = FLOW_SUMS_MAX;
	expected.duration_us_max = 600;
	expected.first_ns = 20;
	expected.last_ns = 50;
	cr_expect(flow_sums_add(&s, &more));
	cr_expect(same(&s, &expected));
}

Test(flow_sums, events_are_starts_ends_packets_and_connections_seen)
{
	cr_expect_eq(flow_sums_events(&one), 1 + 2 + 4 + 8 + 16 + 16384 + 2097152);
}

Test(flow_sums, packets_without_an_event_are_something)
{
	cr_expect_not(flow_sums_any(&(struct flow_sums){ .first_ns = 1, .last_ns = 2 }));
	cr_expect(flow_sums_any(&(struct flow_sums){ .logged = 1 }));
	cr_expect(flow_sums_any(&(struct flow_sums){ .orig_packets = 1 }));
	cr_expect(flow_sums_any(&(struct flow_sums){ .reply_packets = 1 }));
}
