/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_WINDOW_WINDOW_H
#define CTAGG_WINDOW_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* Arithmetic on timestamps. Everything is nanoseconds since 1970 unless it says
 * otherwise, and nothing here asks what time it is: the caller tells. */

/* A wall clock that knows when it is set. Set back by little, it goes on from where it
 * was, at half speed until the wall has caught up, so windows keep coming, in order;
 * set forward by little, it follows. When it is more than WINDOW_STEP_NS from the wall,
 * it goes on as if the clock had not been set, until window_clock_follow(). All zero is
 * a clock that has said nothing. */
#define WINDOW_STEP_NS 2000000000ULL

struct window_clock {
	uint64_t last_ns, last_boot_ns, real_ns;
	bool stepped;
};

/* real_ns and boot_ns are CLOCK_REALTIME and CLOCK_BOOTTIME, read at the same moment:
 * what one gains on the other is a step, and a host that sleeps makes none. */
uint64_t window_clock_now(struct window_clock *c, uint64_t real_ns, uint64_t boot_ns);

/* How far the wall is ahead of the clock (negative: behind) as it was last read, when
 * that is more than WINDOW_STEP_NS; else 0. */
int64_t window_clock_step_ns(const struct window_clock *c);

/* Go to the wall as it was last read, also backwards. Returns the time there. */
uint64_t window_clock_follow(struct window_clock *c);

/* Whether the clock goes at half speed. */
bool window_clock_is_slow(const struct window_clock *c);

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
