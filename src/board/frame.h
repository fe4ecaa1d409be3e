/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_FRAME_H
#define CTAGG_BOARD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "board/packed.h"

/* A value as it is at the end of a window. */
struct frame_gauge {
	uint64_t n;
	bool known, unknown;
};

/* A window of one host in a frame.
 *
 * order       windows that came later have larger numbers
 * live, closing  of the window record
 * has_live    the window says how many connections are open: its record, or one of its flows
 * last        the window's `live' and `closing' count: later windows of this host and network
 *             namespace in the frame say nothing of them
 */
struct frame_window {
	uint32_t host, run, netns;
	uint64_t start_ns, end_ns, order;
	struct view_number seq;
	struct frame_gauge live, closing;
	bool has_live, last;
	struct board_packed flows;
};

/* says     without what frame_settle() finds out, and without `partial'
 * counted  bytes that the board counts for the frame
 * settled  frame_settle() has been called since the latest window was added
 */
struct frame {
	struct board_frame says;
	struct frame_window *windows;
	size_t n, room, packed_bytes, counted;
	bool settled;
};

/* A frame without windows; NULL: no memory. Whoever frees it has released the keys of its flows. */
struct frame *frame_new(uint64_t level_ms, uint64_t slot_ns);
void frame_free(struct frame *f);	/* NULL is fine */

/* Room for one more window. Returns 0 or -ENOMEM. */
int frame_reserve(struct frame *f);

/* Add a window, for which there is room, and whose packed flows the frame owns now. */
void frame_add(struct frame *f, const struct view_window *w, const struct board_packed *flows,
	       uint64_t order);

/* Find out what follows from all windows together: how many hosts there are, how long their windows
 * are, and whose `live' counts. */
void frame_settle(struct frame *f);

/* Whether all windows are of the run of w, in the same network namespace, and came before w by
 * their `seq'. */
bool frame_is_before(const struct frame *f, const struct view_window *w);

/* Whether something is missing: see `partial' of struct board_frame. */
bool frame_is_partial(const struct frame *f);

size_t frame_bytes(const struct frame *f);

#endif
