/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "random.h"
#include "view/gather_case.h"
#include "view/written.h"

TestSuite(view_gather, .init = open_gather, .fini = close_gather, .timeout = 60);

Test(view_gather, a_window_is_shown_when_its_window_record_comes)
{
	const struct view_window *w;

	give(FLOW("gw1", 1, ",\"proto\":\"tcp\",\"src_ip\":\"192.0.2.1\",\"dst_port\":443,\"starts\":3,\"ends\":null"));
	give(FLOW("gw1", 1, ",\"proto\":\"47\",\"src_ip\":\"2001:db8::/32\",\"starts\":4"));
	cr_assert_eq(shown.n, 0);
	give(END("gw1", 1, ",\"records\":2,\"starts\":7,\"clock_step_ms\":-2500,\"kernel\":{\"drop\":5,\"max\":null}"));
	cr_assert_eq(shown.n, 1);
	w = shown.windows[0];
	cr_expect(w->complete);
	cr_expect(is_text(w->host, "gw1"));
	cr_expect(is_text(w->run, "aaaaaaaa"));
	cr_expect(is_text(w->closed_by, "timer"));
	cr_expect_eq(w->window_ms, 60000);
	cr_expect_eq(w->start_ns, 1795222860000000000ULL);
	cr_expect_eq(w->end_ns, w->start_ns + 59999999000ULL);
	cr_expect_eq(w->status, WINDOW_OK);
	cr_expect_eq(w->clock_step_ms, -2500);
	cr_expect_eq(w->kernel_drop.n, 5);
	cr_expect_eq(w->kernel_max.state, VIEW_NULL);
	cr_expect_eq(w->kernel_entries.state, VIEW_ABSENT);
	cr_expect_eq(w->missing, 0);
	cr_assert_eq(w->n_flows, 2);
	cr_expect_eq(w->flows[0].key.has, VIEW_PROTO | VIEW_SRC | VIEW_DPORT);
	cr_expect_eq(w->flows[0].key.proto, 6);
	cr_expect_eq(w->flows[0].key.dport, 443);
	cr_expect_eq(w->flows[0].key.src_bits, 128);
	cr_expect_eq(memcmp(w->flows[0].key.src, "\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1", 16), 0);
	cr_expect_eq(w->flows[0].sums.of[VIEW_starts], 3);
	cr_expect_eq(w->flows[0].sums.known, 1 << VIEW_starts);
	cr_expect_eq(w->flows[0].sums.unknown, 1 << VIEW_ends);
	cr_expect_eq(w->flows[1].key.proto, 47);
	cr_expect_eq(w->flows[1].key.src_bits, 32);
}

Test(view_gather, windows_of_several_hosts_come_mixed)
{
	give(FLOW("gw1", 1, ",\"starts\":1"));
	give(FLOW("gw2", 1, ",\"starts\":2"));
	give(FLOW("gw1", 1, ",\"starts\":3"));
	give(END("gw2", 1, ",\"records\":2"));
	give(END("gw1", 1, ",\"records\":2"));
	cr_assert_eq(shown.n, 2);
	cr_expect(is_text(shown.windows[0]->host, "gw2"));
	cr_expect_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(shown.windows[0]->missing, 1);
	cr_expect_eq(shown.windows[1]->n_flows, 2);
	cr_expect_eq(shown.windows[1]->missing, 0);
}

Test(view_gather, a_window_counts_once)
{
	for (int i = 0; i < 2; i++) {
		give(FLOW("gw1", 1, ",\"starts\":1"));
		give(END("gw1", 1, ",\"records\":1"));
	}
	give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, 2);
}

Test(view_gather, a_window_without_its_window_record_is_shown_at_the_end)
{
	give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_assert_eq(shown.n, 1);
	cr_expect(!shown.windows[0]->complete);
	cr_expect_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->unfinished, 1);
}

/* --- windows that come again ------------------------------------------------------------------ */

static struct written w;

/* Give a window of n flows from 10.0.0.1 on; of its lines only those from `from' to `to', where the window
 * record is line n. */
static void give_part(const char *host, int minute, unsigned int n, unsigned int from, unsigned int to)
{
	const char *p, *end;

	written_begin(&w, host);
	written_window(&w, minute);
	for (unsigned int i = 0; i < n; i++)
		written_flow(&w, i + 1, i);
	written_end(&w, minute + 1, n);
	p = w.text;
	for (unsigned int i = 0; i <= to; i++, p = end + 1) {
		end = strchr(p, '\n');
		if (i >= from)
			give_lines(p, end + 1 - p);
	}
}

static void give_window(const char *host, int minute, unsigned int n)
{
	give_part(host, minute, n, 0, n);
}

static uint64_t all_starts(void)
{
	uint64_t starts = 0;

	for (size_t i = 0; i < shown.n; i++)
		for (size_t j = 0; j < shown.windows[i]->n_flows; j++)
			starts += shown.windows[i]->flows[j].sums.of[VIEW_starts];
	return starts;
}

Test(view_gather, all_windows_twice_in_any_order_count_once)
{
	struct random r = random_from(7);

	for (int i = 0; i < 2000; i++)
		give_window(random_below(&r, 2) ? "gw1" : "gw2", (int)random_below(&r, 20), 5);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 40);
	cr_expect_eq(all_starts(), 40 * (0 + 1 + 2 + 3 + 4));
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, 2000 - 40);
}

Test(view_gather, a_window_of_another_run_or_level_is_another_window)
{
	static const char *const heads[] = {
		"\"run\":\"aaaaaaaa\",\"window_ms\":60000", "\"run\":\"bbbbbbbb\",\"window_ms\":60000",
		"\"run\":\"cccccccc\",\"netns\":\"lan\",\"window_ms\":60000",
		"\"run\":\"aaaaaaaa\",\"window_ms\":3600000", "\"run\":\"aaaaaaaa\"",
	};
	size_t n = sizeof(heads) / sizeof(heads[0]);

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < n; i++)
			give("{\"type\":\"flow\",\"host\":\"gw1\",%s,\"window_start\":\"2026-11-21T01:00:00Z\","
			     "\"window_end\":\"2026-11-21T02:00:00Z\",\"starts\":1}", heads[i]);
		for (size_t i = 0; i < n; i++)
			give("{\"type\":\"window\",\"host\":\"gw1\",%s,\"window_start\":\"2026-11-21T01:00:00Z\","
			     "\"window_end\":\"2026-11-21T02:00:00Z\",\"seq\":1,\"status\":\"ok\",\"records\":1}", heads[i]);
	}
	cr_assert_eq(shown.n, n);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(shown.windows[i]->n_flows, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, n);
}

/* ctagg --netns=all: each flow has a namespace, and the window has none. */
Test(view_gather, namespaces_of_flows_are_a_field_of_their_keys)
{
	static const char *const of[] = { "red", "blue", "red" };
	static const char head[] = "\"host\":\"gw1\",\"run\":\"aaaaaaaa\",\"window_ms\":60000,"
		"\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T01:01:00Z\"";

	for (size_t i = 0; i < 3; i++)
		give("{\"type\":\"flow\",%s,\"netns\":\"%s\",\"dst_port\":%zu,\"starts\":1}", head, of[i], i);
	give("{\"type\":\"window\",%s,\"seq\":1,\"status\":\"ok\",\"records\":3}", head);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->missing, 0);
	cr_expect_eq(shown.windows[0]->netns, 0);
	cr_assert_eq(shown.windows[0]->n_flows, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_expect(shown.windows[0]->flows[i].key.has & VIEW_NETNS);
		cr_expect_eq(shown.windows[0]->flows[i].key.netns == shown.windows[0]->flows[0].key.netns, i != 1);
	}
}

/* A delivery that was cut off, and came again. */
Test(view_gather, records_that_come_again_before_the_window_record_count_once)
{
	give_part("gw1", 0, 6, 0, 2);
	give_window("gw1", 0, 6);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->n_flows, 6);
	cr_expect_eq(shown.windows[0]->missing, 0);
	cr_expect_eq(all_starts(), 15);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated_lines, 3);
	for (unsigned int i = 0; i < 6; i++)
		cr_expect_eq(shown.windows[0]->flows[i].key.src[15], i + 1, "the first one stays, in its place");
}

Test(view_gather, records_can_come_again_and_others_be_missing)
{
	give_part("gw1", 0, 6, 0, 3);
	give_part("gw1", 0, 6, 0, 3);
	give_part("gw1", 0, 6, 6, 6);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->n_flows, 4);
	cr_expect_eq(shown.windows[0]->missing, 2);
}

Test(view_gather, records_that_come_again_behind_the_window_record_count_once)
{
	give_window("gw1", 0, 6);
	give_window("gw1", 1, 6);
	give_part("gw1", 0, 6, 2, 4);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 2);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->unfinished, 0);
}

Test(view_gather, all_records_of_a_window_twice_line_by_line_count_once)
{
	written_begin(&w, "gw1");
	for (int i = 0; i < 3; i++)
		written_records(&w);
	written_end(&w, 1, w.lines / 3);
	give_lines(w.text, w.len);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->n_flows, 7);
	cr_expect_eq(shown.windows[0]->n_rules, 3);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated_lines, 2 * (7 + 3));
}

/* --- windows that come mixed ------------------------------------------------------------------ */

Test(view_gather, lines_of_many_windows_come_in_any_order)
{
	static struct written all[12];
	const char *next[12];
	struct random r = random_from(3);
	unsigned int left = 12, i;

	for (i = 0; i < 12; i++) {
		written_begin(&all[i], i % 3 ? "gw1" : "gw2");
		written_window(&all[i], (int)i);
		for (unsigned int n = 0; n < 5; n++)
			written_flow(&all[i], n, 100 * i + n);
		written_end(&all[i], i + 1, 5);
		next[i] = all[i].text;
	}
	while (left) {
		const char *end;

		i = random_below(&r, 12);
		if (next[i] == all[i].text + all[i].len)
			continue;
		end = strchr(next[i], '\n') + 1;
		give_lines(next[i], end - next[i]);
		next[i] = end;
		left -= end == all[i].text + all[i].len;
	}
	cr_assert_eq(shown.n, 12);
	for (i = 0; i < 12; i++) {
		uint64_t minute = (shown.windows[i]->start_ns - WRITTEN_START) / (WRITTEN_MS * 1000000ULL);

		cr_expect_eq(shown.windows[i]->missing, 0);
		cr_expect(is_text(shown.windows[i]->host, minute % 3 ? "gw1" : "gw2"));
		cr_assert_eq(shown.windows[i]->n_flows, 5);
		for (unsigned int n = 0; n < 5; n++)
			cr_expect_eq(shown.windows[i]->flows[n].sums.of[VIEW_starts], 100 * minute + n);
	}
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 0);
}

Test(view_gather, unfinished_windows_are_shown_in_their_order)
{
	give_part("gw1", 3, 2, 0, 1);
	give_part("gw2", 1, 2, 0, 1);
	give_part("gw1", 2, 2, 0, 0);
	give_window("gw1", 5, 1);
	cr_assert_eq(shown.n, 1);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_assert_eq(shown.n, 4);
	for (size_t i = 1; i < 4; i++)
		cr_expect_not(shown.windows[i]->complete);
	cr_expect_eq(shown.windows[1]->start_ns, WRITTEN_START + 3 * WRITTEN_MS * 1000000ULL);
	cr_expect(is_text(shown.windows[2]->host, "gw2"));
	cr_expect_eq(shown.windows[3]->n_flows, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->unfinished, 3);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 4, "each once");
}

/* --- lines that are no records of windows ----------------------------------------------------- */

Test(view_gather, malformed_lines_are_counted_and_the_first_is_named)
{
	const struct view_gathered *counts = view_gather_counts(shown.gather);

	give(" ");
	give("\r");
	cr_assert_eq(view_gather_line(shown.gather, "", 0), 0);
	cr_expect_eq(counts->malformed, 0);
	give("{\"type\":\"flow\",\"host\":\"gw1\"}");
	cr_expect_eq(counts->first_malformed, 4);
	cr_expect_str_eq(counts->why, "a record without host or run");
	give("nonsense");
	cr_assert_eq(view_gather_line(shown.gather, "{\"type\":\"flow\"\0}", 16), 0);
	view_gather_malformed(shown.gather, "too long");
	cr_expect_eq(counts->lines, 7);
	cr_expect_eq(counts->malformed, 4);
	cr_expect_eq(counts->first_malformed, 4);
}

Test(view_gather, bounds_are_wanted)
{
	static const char *const bounds[] = {
		"", ",\"window_start\":\"2026-11-21T01:00:00Z\"", ",\"window_end\":\"2026-11-21T01:00:00Z\"",
		",\"window_start\":\"2026-11-21T01:00:01Z\",\"window_end\":\"2026-11-21T01:00:00Z\"",
		",\"window_start\":\"yesterday\",\"window_end\":\"2026-11-21T01:00:00Z\"", ",\"window_start\":null,\"window_end\":null",
		",\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T01:00:00Z\",\"slot\":\"x\"",
	};
	size_t n = sizeof(bounds) / sizeof(bounds[0]);

	for (size_t i = 0; i < n; i++) {
		give("{\"type\":\"flow\",\"host\":\"gw1\",\"run\":\"aaaaaaaa\"%s}", bounds[i]);
		give("{\"type\":\"window\",\"host\":\"gw1\",\"run\":\"aaaaaaaa\"%s,\"seq\":1,\"status\":\"ok\"}", bounds[i]);
	}
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 2 * n);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 0);
}

/* A line between two of one window, whose bounds are malformed, changes nothing. */
Test(view_gather, the_head_of_a_malformed_line_is_forgotten)
{
	give(FLOW("gw1", 1, ",\"starts\":1"));
	give(END("gw1", 1, ",\"records\":1"));
	give("{\"type\":\"flow\",\"host\":\"gw1\",\"run\":\"aaaaaaaa\",\"window_start\":\"2026-11-21T00:00:00Z\",\"window_end\":\"x\"}");
	give(FLOW("gw1", 1, ",\"starts\":1"));
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_expect_eq(shown.n, 1);
	cr_expect_eq(view_gather_counts(shown.gather)->repeated, 1);
}

Test(view_gather, lines_of_no_window_are_counted)
{
	written_begin(&w, "gw1");
	written_events(&w);
	give_lines(w.text, w.len);
	give("{\"type\":\"check\",\"host\":\"gw1\",\"severity\":\"note\"}");
	give("{\"type\":\"new\"}");
	give("{\"type\":\"new\"," WINDOW("gw1", 1) ",\"starts\":5}");
	give(END("gw1", 1, ",\"records\":1"));
	cr_expect_eq(view_gather_counts(shown.gather)->other_types, 5);
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 0);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->missing, 0, "lines of new types count in `records', too");
	cr_expect_eq(shown.windows[0]->n_flows, 0);
}

/* Lines that a reader has torn, or a disk has changed. */
Test(view_gather, nothing_breaks_on_damaged_lines)
{
	struct random r = random_from(16);
	static char line[RECORD_MAX];

	written_begin(&w, "gw1");
	written_records(&w);
	written_end(&w, 1, w.lines);
	written_snapshot(&w);
	for (int i = 0; i < 100000; i++) {
		const char *begin = w.text + random_below(&r, w.len), *end = memchr(begin, '\n', w.text + w.len - begin);
		const char *start = memrchr(w.text, '\n', begin - w.text);
		size_t len;

		start = start ? start + 1 : w.text;
		len = random_below(&r, 4) ? (size_t)(end - start) : (size_t)(begin - start);
		memcpy(line, start, len);
		for (unsigned int n = len ? random_below(&r, 4) : 0; n; n--)
			line[random_below(&r, len)] ^= 1 << random_below(&r, 8);
		cr_assert_eq(view_gather_line(shown.gather, line, len), 0);
		while (shown.n)
			view_window_free(shown.windows[--shown.n]);
	}
	cr_expect_gt(view_gather_counts(shown.gather)->malformed, 1000);
	cr_expect_lt(view_gather_counts(shown.gather)->malformed, 90000);
}

static int refuse_window(struct view_window *window, void *arg)
{
	view_window_free(window);
	return *(int *)arg;
}

Test(view_gather, an_error_of_who_takes_a_window_ends_it)
{
	struct view_gather *g;
	int err = -EBADMSG;

	cr_assert_eq(view_gather_open(&g, shown.texts, refuse_window, &err), 0);
	written_begin(&w, "gw1");
	written_end(&w, 1, 0);
	cr_expect_eq(view_gather_line(g, w.text, w.len - 1), -EBADMSG);
	cr_expect_eq(view_gather_counts(g)->malformed, 0);
	err = -EPIPE;
	w.len = 0;
	written_window(&w, 1);
	written_flow(&w, 1, 1);
	cr_expect_eq(view_gather_line(g, w.text, w.len - 1), 0);
	cr_expect_eq(view_gather_end(g), -EPIPE);
	view_gather_close(g);
}
