/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_WINDOW_CLOCK_H
#define CTAGG_WINDOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The only clock of the program: nothing else asks the system what time it is. All times are in
 * nanoseconds; a time of day counts from 1970 (UTC). */

/* CLOCK_MONOTONIC of this time namespace, which nobody can set: to measure how long work takes. */
uint64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME as it is now, even if somebody has just set it: for a single time stamp. */
uint64_t clock_wall_ns(void);

/* Two clocks, read at the same moment.
 *
 * real_ns  the time of day, which somebody may set: CLOCK_REALTIME
 * boot_ns  the time since some moment in the past, including time in which the host slept:
 *          CLOCK_BOOTTIME, which nobody can set
 */
struct clock_reading {
	uint64_t real_ns, boot_ns;
};

/* Makes readings in place of the system: for tests, and for recorded events, which have times of
 * their own. */
typedef void clock_read_fn(void *arg, struct clock_reading *out);

/* The program's clock: a time of day for windows, which follows the wall clock (CLOCK_REALTIME) and
 * notices when somebody sets the wall clock.
 *
 * When the wall clock is set forward by little, the program's clock follows at once. When the wall
 * clock is set back by little, the program's clock goes on at half speed until the wall clock has
 * caught up: its time never goes back, so windows still end, and in order. When the two clocks are
 * more than CLOCK_STEP_NS apart, there is a step: the program's clock goes on as if nobody had set
 * the wall clock, until clock_follow().
 *
 * read, arg  where readings come from; read is NULL for the system's clocks
 * wall_ns    the wall clock in the last reading
 * boot_ns    of the same reading
 * now_ns     what clock_now() returned last
 * stepped    clock_now() found a step when it was last called
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

/* Whether `read` makes the readings, not the system. Then no timer of the system rings at a time of
 * this clock. */
bool clock_is_told(const struct clock *c);

/* Read the clock. The step is measured against boot_ns: sleep of the host, which boot_ns includes,
 * makes no step. */
uint64_t clock_now(struct clock *c);

/* How far the wall clock was ahead of this clock (negative: behind) at the last clock_now(), if
 * there was a step; otherwise 0. */
int64_t clock_step_ns(const struct clock *c);

/* Set this clock to the time that the wall clock showed at the last clock_now(), also if that is
 * back in time. Returns the new time. */
uint64_t clock_follow(struct clock *c);

/* Whether this clock goes at half speed, because the wall clock was set back by little. */
bool clock_is_slow(const struct clock *c);

/* Read the clock, and return what the wall clock will show when this clock shows at_ns; if at_ns
 * has passed, what the wall clock shows now. For a timer on CLOCK_REALTIME. */
uint64_t clock_wall_at(struct clock *c, uint64_t at_ns);

#endif
