/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "random.h"
#include "socket/totals.h"

static struct socket_totals *opened(uint32_t max, uint32_t top)
{
	struct socket_totals *t = NULL;

	cr_assert_eq(socket_totals_open(&t, max, top), 0);
	return t;
}

static void add(struct socket_totals *t, uint64_t cookie, uint64_t sent, uint64_t received,
		uint64_t segments)
{
	struct socket_facts facts = { .cookie = cookie, .rtt_us = sent };
	struct socket_counters moved = { sent, received, segments, 2 * segments };

	socket_totals_add(t, &facts, &moved, NULL);
}

/* All records as a text: the cookie of a socket, or the reason and how many, and the sum. */
static const char *lines(struct socket_totals *t)
{
	static char text[4096];
	size_t n = socket_totals_lines(t);
	int len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct socket_line line = socket_totals_next(t);
		const struct socket_counters *m = &line.moved;

		if (line.facts)
			len += sprintf(text + len, "%d", (int)line.facts->cookie);
		else
			len += sprintf(text + len, "%s %d", line.reason, (int)line.folded);
		len += sprintf(text + len, ":%d,%d,%d,%d ", (int)m->sent_bytes, (int)m->received_bytes,
			       (int)m->retrans_segments, (int)m->retrans_bytes);
	}
	return text;
}

Test(socket_totals, sockets_are_chosen_by_bytes_and_by_retransmissions_in_turns)
{
	struct socket_totals *t = opened(10, 4);

	cr_expect_str_eq(lines(t), "");
	add(t, 1, 100, 0, 0);
	add(t, 2, 0, 90, 0);
	add(t, 3, 40, 40, 0);
	cr_expect_str_eq(lines(t), "1:100,0,0,0 2:0,90,0,0 3:40,40,0,0 ", "all have a record");
	add(t, 4, 1, 0, 5);
	add(t, 5, 2, 0, 6);
	cr_expect_str_eq(lines(t), "1:100,0,0,0 5:2,0,6,12 2:0,90,0,0 4:1,0,5,10 top 1:40,40,0,0 ");
	add(t, 6, 3, 3, 0);
	cr_expect_str_eq(lines(t), "1:100,0,0,0 5:2,0,6,12 2:0,90,0,0 4:1,0,5,10 top 2:43,43,0,0 ");
	socket_totals_clear(t);
	cr_expect_str_eq(lines(t), "");
	add(t, 2, 7, 0, 0);
	cr_expect_str_eq(lines(t), "2:7,0,0,0 ");
	socket_totals_close(t);
}

/* A socket that is first in both ways is chosen once. */
Test(socket_totals, equal_ones_are_chosen_by_their_cookies)
{
	struct socket_totals *t = opened(10, 3);

	add(t, 4, 5, 0, 1);
	add(t, 3, 5, 0, 1);
	add(t, 2, 0, 0, 0);
	add(t, 1, 0, 0, 0);
	cr_expect_str_eq(lines(t), "3:5,0,1,2 4:5,0,1,2 1:0,0,0,0 top 1:0,0,0,0 ");
	socket_totals_close(t);
}

Test(socket_totals, a_socket_of_several_windows_is_one)
{
	struct socket_totals *level = opened(3, 2), *window = opened(10, 2);
	struct socket_line line;

	add(window, 1, 10, 1, 0);
	add(window, 2, 20, 2, 0);
	socket_totals_add_all(level, window);
	cr_expect_str_eq(lines(window), "2:20,2,0,0 1:10,1,0,0 ");
	socket_totals_clear(window);
	add(window, 1, 30, 3, 0);
	add(window, 3, 1, 0, 0);
	socket_totals_add_all(level, window);
	cr_expect_str_eq(lines(level), "1:40,4,0,0 2:20,2,0,0 top 1:1,0,0,0 ");
	socket_totals_lines(level);
	line = socket_totals_next(level);
	cr_expect_eq(line.facts->rtt_us, 30, "the latest facts");
	cr_expect_not(socket_totals_full(level));
	socket_totals_clear(window);
	add(window, 4, 7, 0, 0);
	add(window, 5, 9, 0, 0);
	for (int i = 0; i < 2; i++)
		socket_totals_add_all(level, window);
	cr_expect(socket_totals_full(level));
	cr_expect_str_eq(lines(level), "1:40,4,0,0 2:20,2,0,0 top 1:1,0,0,0 table_full 2:32,0,0,0 ");
	socket_totals_clear(level);
	cr_expect_not(socket_totals_full(level));
	cr_expect_str_eq(lines(level), "");
	socket_totals_close(window);
	socket_totals_close(level);
	socket_totals_add_all(NULL, NULL);
	cr_expect_eq(socket_totals_lines(NULL), 0);
}

/* The chosen ones by the rule as totals.h has it, one after the other from all that are left. */
static size_t choose_slowly(const uint64_t (*v)[2], size_t n, size_t top, size_t chosen[])
{
	bool taken[300] = { false };
	size_t n_chosen = 0;

	for (int turn = 0; n_chosen < top && n_chosen < n; turn = !turn) {
		size_t best = n;

		for (size_t i = 0; i < n; i++) {
			bool more = best == n || v[i][turn] > v[best][turn] ||
				    (v[i][turn] == v[best][turn] && v[i][!turn] > v[best][!turn]);

			if (!taken[i] && more && (!turn || v[i][1]))
				best = i;
		}
		if (best == n)
			continue;
		taken[best] = true;
		chosen[n_chosen++] = best;
	}
	return n_chosen;
}

Test(socket_totals, the_choice_of_many_is_as_the_slow_one)
{
	struct random r = random_from(1);
	uint64_t v[300][2];
	size_t chosen[300];

	for (int round = 0; round < 50; round++) {
		size_t n = 1 + random_below(&r, 300), top = 1 + random_below(&r, 60);
		struct socket_totals *t = opened(300, top);
		size_t want;

		for (size_t i = 0; i < n; i++) {
			v[i][0] = random_below(&r, 200);
			v[i][1] = random_below(&r, 3) ? 0 : random_below(&r, 20);
			add(t, i + 1, v[i][0], 0, v[i][1]);
		}
		want = choose_slowly(v, n, top, chosen);
		cr_assert_eq(socket_totals_lines(t), want + (n > want));
		for (size_t i = 0; i < want; i++)
			cr_assert_eq(socket_totals_next(t).facts->cookie, chosen[i] + 1);
		socket_totals_close(t);
	}
}
