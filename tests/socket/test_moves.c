/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "socket/moves.h"

static struct socket_moves *opened(uint32_t max)
{
	struct socket_moves *m = NULL;

	cr_assert_eq(socket_moves_open(&m, max), 0);
	return m;
}

/* The reading comes to a socket, which shows n, 10 n, 100 n and 1,000 n. The counters must have moved
 * by the same multiples of some number, which is returned. */
static uint64_t shows(struct socket_moves *m, uint64_t cookie, uint64_t n)
{
	struct socket_facts facts = {
		.cookie = cookie, .counters = { n, 10 * n, 100 * n, 1000 * n },
	};
	struct socket_counters moved;

	cr_assert(socket_moves_take(m, &facts, &moved));
	cr_expect_eq(moved.received_bytes, 10 * moved.sent_bytes);
	cr_expect_eq(moved.retrans_segments, 100 * moved.sent_bytes);
	cr_expect_eq(moved.retrans_bytes, 1000 * moved.sent_bytes);
	return moved.sent_bytes;
}

Test(socket_moves, a_counter_moves_by_the_difference)
{
	struct socket_moves *m = opened(4);

	socket_moves_begin(m);
	cr_expect_eq(shows(m, 1, 5), 5, "since the socket was opened");
	cr_expect_eq(shows(m, 2, 9), 9);
	socket_moves_end(m);
	socket_moves_begin(m);
	cr_expect_eq(shows(m, 1, 7), 2);
	cr_expect_eq(shows(m, 2, 9), 0);
	cr_expect_eq(shows(m, 1, 8), 1, "twice in a reading");
	socket_moves_end(m);
	socket_moves_close(m);
}

Test(socket_moves, a_socket_that_is_used_anew_begins_at_0)
{
	struct socket_moves *m = opened(1);

	socket_moves_begin(m);
	shows(m, 1, 50);
	socket_moves_end(m);
	socket_moves_begin(m);
	cr_expect_eq(shows(m, 1, 3), 3);
	socket_moves_close(m);
}

/* A connection that nobody answers sends its first segment again, and no byte. */
Test(socket_moves, a_socket_that_connects_again_has_sent_nothing_again)
{
	struct socket_moves *m = opened(1);
	struct socket_facts facts = { .cookie = 1, .counters = { 0, 0, 3, 0 } };
	struct socket_counters moved;

	cr_assert(socket_moves_take(m, &facts, &moved));
	facts.counters = (struct socket_counters){ 1000, 1000, 1, 0 };
	cr_assert(socket_moves_take(m, &facts, &moved));
	cr_expect_eq(moved.retrans_segments, 1);
	cr_expect_eq(moved.sent_bytes, 1000);
	socket_moves_close(m);
}

Test(socket_moves, segments_have_32_bits)
{
	struct socket_moves *m = opened(1);
	struct socket_facts facts = { .cookie = 1, .counters = { 0, 0, UINT32_MAX, 0 } };
	struct socket_counters moved;

	cr_assert(socket_moves_take(m, &facts, &moved));
	facts.counters.retrans_segments = 4;
	cr_assert(socket_moves_take(m, &facts, &moved));
	cr_expect_eq(moved.retrans_segments, 5);
	socket_moves_close(m);
}

/* Readings 0 to 4; in which of them the socket is, and by how much it has moved in the last one. */
static uint64_t missing_from(bool third, bool fourth)
{
	struct socket_moves *m = opened(8);
	uint64_t moved = 0;

	for (int i = 0; i < 5; i++) {
		socket_moves_begin(m);
		shows(m, 7, i);
		if ((i != 2 || third) && (i != 3 || fourth))
			moved = shows(m, 1, 100 + i);
		socket_moves_end(m);
	}
	socket_moves_close(m);
	return moved;
}

Test(socket_moves, a_socket_can_be_missing_once)
{
	cr_expect_eq(missing_from(true, true), 1);
	cr_expect_eq(missing_from(true, false), 2);
	cr_expect_eq(missing_from(false, false), 104, "twice: forgotten");
}

Test(socket_moves, sockets_without_room_are_refused_until_there_is_some)
{
	struct socket_moves *m = opened(2);
	struct socket_facts third = { .cookie = 3, .counters.sent_bytes = 5 };
	struct socket_counters moved;

	socket_moves_begin(m);
	shows(m, 1, 5);
	shows(m, 2, 5);
	cr_expect_not(socket_moves_take(m, &third, &moved));
	cr_expect_eq(moved.sent_bytes, 0);
	cr_expect_eq(shows(m, 2, 6), 1, "those that are there stay");
	socket_moves_end(m);
	for (int i = 0; i < 2; i++) {
		socket_moves_begin(m);
		cr_expect_eq(shows(m, 2, 6), 0);
		socket_moves_end(m);
	}
	cr_expect(socket_moves_take(m, &third, &moved));
	socket_moves_close(m);
}

/* Cookies come in sequences, from several processors: each finds its own place. */
Test(socket_moves, many)
{
	struct socket_moves *m = opened(20000);

	for (uint64_t i = 0; i < 3; i++) {
		socket_moves_begin(m);
		for (uint64_t cookie = 1; cookie <= 10000; cookie++) {
			cr_assert_eq(shows(m, cookie, cookie + i), i ? 1 : cookie);
			cr_assert_eq(shows(m, cookie << 12 | 1ULL << 40, cookie + i), i ? 1 : cookie);
		}
		socket_moves_end(m);
	}
	socket_moves_close(m);
}
