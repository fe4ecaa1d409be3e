/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gathering holds in memory, whatever lines come. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "hash/texts.h"
#include "view/gather_case.h"

TestSuite(view_gather_bounds, .init = open_gather, .fini = close_gather, .timeout = 60);

#define MIB ((size_t)1 << 20)

Test(view_gather_bounds, a_window_without_end_takes_bounded_memory)
{
	const struct view_window *big;

	view_gather_bound(shown.gather, 8 * MIB);
	for (int i = 0; i < 100000; i++)
		give(FLOW("gw1", 1, ",\"src_ip\":\"10.0.%d.%d\",\"starts\":1"), i / 256 % 256, i % 256);
	cr_expect_eq(shown.n, 0);
	give(END("gw1", 1, ",\"records\":100000"));
	cr_assert_eq(shown.n, 1);
	big = shown.windows[0];
	cr_expect_gt(big->n_flows, 8 * MIB / sizeof(struct view_flow) / 2);
	cr_expect_lt(view_window_bytes(big), 17 * MIB, "room grows by up to as much as there is");
	cr_expect_eq(view_gather_counts(shown.gather)->left_out, 100000 - big->n_flows);
	cr_expect_eq(big->missing, 100000 - big->n_flows);
}

static size_t n_passed;

static int count_and_free(struct view_window *window, void *arg)
{
	(void)arg;
	n_passed++;
	cr_expect_not(window->complete);
	cr_expect_eq(window->window_ms, n_passed, "the oldest first");
	view_window_free(window);
	return 0;
}

Test(view_gather_bounds, windows_without_end_take_bounded_memory)
{
	struct view_gather *g;
	char line[512];

	cr_assert_eq(view_gather_open(&g, shown.texts, count_and_free, NULL), 0);
	view_gather_bound(g, 8 * MIB);
	n_passed = 0;
	for (int i = 1; i <= 100000; i++) {
		int len = snprintf(line, sizeof(line), "{\"type\":\"flow\",\"host\":\"gw1\",\"run\":\"aaaaaaaa\",\"window_ms\":%d,"
				   "\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T02:00:00Z\",\"starts\":1}", i);

		cr_assert_eq(view_gather_line(g, line, len), 0);
	}
	cr_expect_gt(n_passed, 90000);
	cr_assert_eq(view_gather_end(g), 0);
	cr_expect_eq(n_passed, 100000);
	cr_expect_eq(view_gather_counts(g)->unfinished, 100000);
	cr_expect_eq(view_gather_counts(g)->left_out, 0);
	view_gather_close(g);
}

/* A window that was open before all others, and grows. */
Test(view_gather_bounds, the_window_that_gets_a_record_is_not_the_one_that_is_given_up)
{
	view_gather_bound(shown.gather, MIB / 8);
	give(FLOW("gw1", 1, ",\"starts\":1"));
	give(FLOW("gw1", 2, ",\"starts\":2"));
	give(FLOW("gw1", 3, ",\"starts\":3"));
	for (int i = 0; i < 1000; i++)
		give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(shown.n, 2);
	cr_expect_eq(shown.windows[0]->flows[0].sums.of[VIEW_starts], 2);
	cr_expect_eq(shown.windows[1]->flows[0].sums.of[VIEW_starts], 3);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_assert_eq(shown.n, 3);
	cr_expect_gt(shown.windows[2]->n_flows, 200);
	cr_expect_eq(view_gather_counts(shown.gather)->left_out, 1001 - shown.windows[2]->n_flows);
}

/* Two windows whose lines come mixed, and together are more than the memory has room for. */
Test(view_gather_bounds, no_record_of_a_window_that_is_shown_in_parts_is_missing)
{
	const struct view_window *last;
	uint64_t flows = 0;

	view_gather_bound(shown.gather, MIB / 2);
	for (int i = 0; i < 2000; i++) {
		give(FLOW("gw1", 1, ",\"starts\":1"));
		give(FLOW("gw1", 2, ",\"starts\":1"));
	}
	give(END("gw1", 1, ",\"records\":2000"));
	cr_assert_gt(shown.n, 2);
	last = shown.windows[shown.n - 1];
	for (size_t i = 0; i < shown.n; i++) {
		if (shown.windows[i]->start_ns != last->start_ns)
			continue;
		cr_expect_eq(shown.windows[i]->before, flows);
		flows += shown.windows[i]->n_flows;
	}
	cr_expect(last->complete);
	cr_expect_eq(last->missing, 2000 - flows);
	cr_expect_gt(flows, last->n_flows);
}

Test(view_gather_bounds, malformed_window_records_take_bounded_memory)
{
	struct view_gather *g;
	char line[512];

	cr_assert_eq(view_gather_open(&g, shown.texts, count_and_free, NULL), 0);
	view_gather_bound(g, 8 * MIB);
	n_passed = 0;
	for (int i = 1; i <= 100000; i++) {
		int len = snprintf(line, sizeof(line), "{\"type\":\"window\",\"host\":\"gw1\",\"run\":\"aaaaaaaa\",\"window_ms\":%d,"
				   "\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T02:00:00Z\"}", i);

		cr_assert_eq(view_gather_line(g, line, len), 0);
	}
	cr_expect_gt(n_passed, 70000, "windows that await a window record which can be read");
	cr_assert_eq(view_gather_end(g), 0);
	cr_expect_eq(n_passed, 100000);
	cr_expect_eq(view_gather_counts(g)->malformed, 100000);
	view_gather_close(g);
}

/* Flows whose labels have no room are shown without them, and that is counted. */
Test(view_gather_bounds, texts_without_room_are_counted)
{
	static char large[TEXTS_MAX_BYTES / 4];
	uint32_t number;

	give(FLOW("gw1", 1, ",\"src_label\":\"kept\",\"starts\":1"));
	memset(large, 'x', sizeof(large));
	for (char c = 'a'; c < 'e'; c++) {
		large[0] = c;	/* the last one takes what is left */
		cr_assert_eq(view_texts_number(shown.texts, large, sizeof(large) - (c == 'd' ? 64 : 0), &number), 0);
	}
	cr_expect_eq(view_gather_counts(shown.gather)->blanks, 0);
	give(FLOW("gw1", 1, ",\"src_label\":\"kept\",\"dst_label\":\"%0100d\",\"starts\":1"), 7);
	give(END("gw1", 1, ",\"records\":2"));
	cr_assert_eq(shown.n, 1);
	cr_expect(is_text(shown.windows[0]->flows[1].key.src_label, "kept"));
	cr_expect_eq(shown.windows[0]->flows[1].key.dst_label, 0);
	cr_expect_eq(view_gather_counts(shown.gather)->blanks, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->left_out, 0);
}
