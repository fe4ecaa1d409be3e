/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_WINDOW_WINDOW_H
#define CTAGG_WINDOW_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* Arithmetic on time stamps: where windows begin and end. Times are nanoseconds since 1970.
 * Nothing here asks what time it is: the caller tells. */

/* A window, whose boundaries are origin_ns plus whole multiples of duration_ns. Starts and ends
 * are whole microseconds, because lines show microseconds.
 *
 * start_ns     when the window began: a boundary, or later
 * due_ns       the first boundary after start_ns: the window ends here, unless it is closed
 *              earlier or later
 * duration_ns  not a time, but how long a whole window is
 */
struct window {
	uint64_t start_ns, due_ns;
	uint64_t origin_ns, duration_ns;
};

/* The last boundary up to at_ns, which is not before origin_ns. */
uint64_t window_boundary(const struct window *w, uint64_t at_ns);

/* Open the first window at now_ns. With align, boundaries are whole multiples of duration_ns since
 * 1970, and the first window is shorter: from now_ns to the next boundary. Without align, now_ns
 * is the first boundary. duration_ns is a whole number of microseconds, at least one. */
void window_open(struct window *w, uint64_t now_ns, uint64_t duration_ns, bool align);

/* Where a window ends that is closed at now_ns; now_ns is not before start_ns. last_event_ns is the
 * time of the latest event that was counted in the window. The window ends at the last boundary
 * up to now_ns; but at now_ns if it is not due yet, or was held open and counted an event after
 * this boundary. */
uint64_t window_end(const struct window *w, uint64_t now_ns, uint64_t last_event_ns);

/* Where a window ends that is closed at now_ns whatever its boundaries are: at now_ns, but never
 * before it began. */
uint64_t window_end_early(const struct window *w, uint64_t now_ns);

/* Make w the next window, which begins at end_ns, where the last one has ended. */
void window_next(struct window *w, uint64_t end_ns);

#endif
