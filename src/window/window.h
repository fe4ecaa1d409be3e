/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_WINDOW_WINDOW_H
#define CTAGG_WINDOW_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* Arithmetic on timestamps. Everything is nanoseconds since 1970 unless it says
 * otherwise, and nothing here asks what time it is: the caller tells. */

/* One window: from start_ns to due_ns, unless it is closed early or late. Both
 * are whole microseconds, as they are printed. Boundaries are origin_ns plus
 * whole multiples of duration_ns. */
struct window {
	uint64_t start_ns, due_ns;
	uint64_t origin_ns, duration_ns;
};

/* Open the first window at now_ns. Aligned: boundaries are multiples of the
 * duration since 1970, and the first window is the rest of one. Otherwise they
 * count from now_ns. duration_ns is at least one microsecond, and a whole
 * number of them. */
void window_open(struct window *w, uint64_t now_ns, uint64_t duration_ns, bool align);

/* Where the window ends that is closed at now_ns (not before it was opened).
 * last_event_ns is the latest time that was counted in it: a window that was held open
 * and took in later events ends now, any other ends at the last boundary that has
 * passed, or now when none has. */
uint64_t window_end(const struct window *w, uint64_t now_ns, uint64_t last_event_ns);

/* The same for a window that is closed now, whatever its boundaries are. */
uint64_t window_end_early(const struct window *w, uint64_t now_ns);

/* Open the next one where that has ended. */
void window_next(struct window *w, uint64_t end_ns);

#endif
