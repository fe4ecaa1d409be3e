/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_WINDOW_CLOCK_H
#define CTAGG_WINDOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The only clock of the program: nothing else asks the system what time it is. Everything
 * is in nanoseconds; a time of day counts from 1970 (UTC). */

/* For a stopwatch: CLOCK_MONOTONIC of this time namespace, which is never set. */
uint64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME as it stands, however it was set: for a single time stamp. */
uint64_t clock_wall_ns(void);

/* Two clocks, read at the same moment.
 *
 * real_ns  the time of day, which somebody may set: CLOCK_REALTIME
 * boot_ns  the time that has passed since some moment in the past, also while the host
 *          slept: CLOCK_BOOTTIME
 */
struct clock_reading {
	uint64_t real_ns, boot_ns;
};

/* Where readings come from, when they do not come from the system: a test, or the times of
 * recorded events. */
typedef void clock_read_fn(void *arg, struct clock_reading *out);

/* A time of day for windows, which knows when the wall clock is set. Set back by little,
 * it goes on from where it was, at half speed until the wall clock has caught up, so that
 * windows keep coming, in order; set forward by little, it follows. Once it is more than
 * CLOCK_STEP_NS away from the wall clock, that is a step: it goes on as if the wall clock
 * had not been set, until clock_follow().
 *
 * read, arg  where readings come from; read is NULL for the system's clocks
 * wall_ns    the wall clock as it was last read
 * boot_ns    read together with it
 * now_ns     what clock_now() returned last
 * stepped    then there was a step
 */
#define CLOCK_STEP_NS 2000000000ULL

struct clock {
	clock_read_fn *read;
	void *arg;
	uint64_t wall_ns, boot_ns, now_ns;
	bool stepped;
};

/* A clock that has not been read yet. read is NULL for the system's clocks. */
void clock_init(struct clock *c, clock_read_fn *read, void *arg);

/* Whether somebody else than the system says what time it is: then no timer can be set
 * to a time of this clock. */
bool clock_is_told(const struct clock *c);

/* Read the clock. What the wall clock gains on, or loses to, the time that has passed is a
 * step; a host that sleeps makes none. */
uint64_t clock_now(struct clock *c);

/* How far the wall clock is ahead of this one (negative: behind) as of the last
 * clock_now(), when that is a step; else 0. */
int64_t clock_step_ns(const struct clock *c);

/* Take over the time of the wall clock as of the last clock_now(), also backwards.
 * Returns that time. */
uint64_t clock_follow(struct clock *c);

/* Whether the clock goes at half speed. */
bool clock_is_slow(const struct clock *c);

/* Read the clock, and say what the wall clock will show when this one shows at_ns, or shows
 * now when at_ns has passed: for a timer on CLOCK_REALTIME. */
uint64_t clock_wall_at(struct clock *c, uint64_t at_ns);

#endif
