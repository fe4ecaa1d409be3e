/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which moves of a counter are as large as a share of what it was. */
#include "config.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

#include "flow/change.h"

#define PERCENT (CHANGE_WHOLE / 100)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

Test(change, of_at_least_the_share_reaches_it)
{
	static const struct {
		uint64_t then, now;
		uint32_t share;
		bool reaches;
	} cases[] = {
		{ 100, 105, 5 * PERCENT, true }, { 100, 104, 5 * PERCENT, false },
		{ 100, 95, 5 * PERCENT, true }, { 100, 96, 5 * PERCENT, false },
		{ 101, 106, 5 * PERCENT, false }, { 101, 107, 5 * PERCENT, true },
		{ 1, 2, 100 * PERCENT, true }, { 1, 0, 100 * PERCENT, true },
		{ 2, 3, 100 * PERCENT, false }, { 10, 29, 200 * PERCENT, false },
		{ 10, 30, 200 * PERCENT, true }, { 0, 1, 200 * PERCENT, true },
		{ 0, 0, 1, false }, { 7, 7, 0, false }, { 7, 8, 0, true },
		{ 1000, 1005, PERCENT / 2, true }, { 1000, 1004, PERCENT / 2, false },
		{ 100000, 100001, 1, true }, { 100001, 100002, 1, false }, { 100001, 100003, 1, true },
		{ UINT64_MAX, 0, 100 * PERCENT, true }, { UINT64_MAX, 1, 100 * PERCENT, false },
		{ UINT64_MAX, 0, 101 * PERCENT, false }, { UINT64_MAX, 0, 1000000 * PERCENT, false },
		{ 0, UINT64_MAX, 1000000 * PERCENT, true }, { 1, UINT64_MAX, 1000000 * PERCENT, true },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct flow_sums then = { .orig_bytes = cases[i].then };
		struct flow_sums now = { .orig_bytes = cases[i].now };

		cr_expect_eq(flow_change_reaches(&then, &now, cases[i].share), cases[i].reaches,
			     "case %zu", i);
		cr_expect_eq(flow_change_none(&then, &now), cases[i].then == cases[i].now, "case %zu", i);
	}
}

/* Counters of events are not in a snapshot, and neither are times. */
Test(change, is_seen_in_each_counter_of_a_snapshot)
{
	static const struct flow_sums live = {
		.live = 1, .closing = 1, .unreplied = 1, .uncounted_live = 1, .orig_packets = 1,
		.orig_bytes = 1, .reply_packets = 1, .reply_bytes = 1,
	};
	uint64_t in_snapshot[sizeof(live) / sizeof(uint64_t)];

	memcpy(in_snapshot, &live, sizeof(live));
	for (size_t i = 0; i < LENGTH(in_snapshot); i++) {
		uint64_t counters[LENGTH(in_snapshot)] = { 0 };
		struct flow_sums then = { 0 }, now;

		counters[i] = 1;
		memcpy(&now, counters, sizeof(now));
		cr_expect_eq(flow_change_none(&then, &now), !in_snapshot[i], "counter %zu", i);
	}
}
