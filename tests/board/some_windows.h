/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_BOARD_SOME_WINDOWS_H
#define CTAGG_TESTS_BOARD_SOME_WINDOWS_H

#include "board/board.h"
#include "random.h"

#define SECOND 1000000000ULL

/* Windows for tests: made by hand, or by chance. */

/* A flow of TCP from 10.0.0.src to 10.0.0.dst, port dport, with so many starts, and no other
 * counter. */
struct view_flow some_flow(unsigned int src, unsigned int dst, uint16_t dport, uint64_t starts);

/* An `other' record with so many starts, in which there are so many flows. */
struct view_flow some_other(uint64_t flows, uint64_t starts);

/* Set a counter of a flow. */
void some_counter(struct view_flow *flow, enum view_counter counter, uint64_t n);

/* A whole window of host 1, run 2, of a second from that second on, with these flows, which are
 * lent. */
struct view_window some_window(unsigned int second, struct view_flow *flows, size_t n);

/* What windows by chance are like.
 *
 * keys   how many there are; the smaller the number of a key, the more often the key comes
 * flows  in a window, at most
 * slot   of the latest windows
 * seq    of the latest window
 */
struct some_windows {
	struct random r;
	unsigned int keys, flows;
	uint64_t slot, seq;
};

/* A window by chance; its flows are to be freed. Most are of the latest slot or the next one; some
 * are late, of other levels, hosts, runs and network namespaces, not complete, or of a clock that was
 * stepped back. */
struct view_window some_window_by_chance(struct some_windows *s);

/* A key by chance: number n of them, always the same. */
struct view_key some_key(unsigned int n);

#endif
