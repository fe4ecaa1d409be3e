/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "random.h"
#include "window/clock.h"

#define S 1000000000ULL
#define NOW (1795222803ULL * S + 120001007)	/* 2026-11-21T01:00:03.120001007Z */

/* --- clocks that a test sets -------------------------------------------------- */

static struct clock_reading shown;

static void show(void *arg, struct clock_reading *out)
{
	(void)arg;
	*out = shown;
}

static void init(struct clock *c)
{
	clock_init(c, show, NULL);
}

/* What the clock says when the others show these times. */
static uint64_t at(struct clock *c, uint64_t real_ns, uint64_t boot_ns)
{
	shown = (struct clock_reading){ real_ns, boot_ns };
	return clock_now(c);
}

/* --- the system's clocks, as a test makes them -------------------------------- */

/* The system's time stands still but for what each reading of a clock takes; 0: the system
 * is asked. */
static uint64_t system_ns;
static uint64_t reading_takes_ns;
static int readings;

/* Before so many readings from now on the process does not run for that long. */
static int pause_before;
static uint64_t pause_ns;

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	uint64_t ns;

	if (!system_ns)
		return __real_clock_gettime(id, ts);
	readings++;
	if (readings == pause_before)
		system_ns += pause_ns;
	ns = system_ns + (id == CLOCK_REALTIME ? NOW : 0);
	system_ns += reading_takes_ns;
	ts->tv_sec = ns / S;
	ts->tv_nsec = ns % S;
	return 0;
}

/* Whether this file's clock_gettime() is the one that is called: on 32 bits the C library
 * can have another name for that function. */
static bool is_wrapped(void)
{
	readings = 0;
	clock_wall_ns();
	return readings > 0;
}

/* The process is stopped before the nth reading that clock_now() makes. */
static void stopped_before(int nth)
{
	uint64_t offset_ns;
	struct clock c;

	system_ns = 5 * S;
	reading_takes_ns = 100;
	pause_before = 0;
	if (!is_wrapped())
		cr_skip_test("clock_gettime() has another name here");
	clock_init(&c, NULL, NULL);
	clock_now(&c);
	readings = 0;
	pause_before = nth;
	pause_ns = 3600 * S;
	clock_now(&c);
	cr_assert_geq(readings, nth, "the pause was");
	cr_assert_eq(clock_step_ns(&c), 0);
	offset_ns = c.now_ns - c.boot_ns;
	cr_assert(offset_ns <= NOW + 1000 && offset_ns + 1000 >= NOW, "the two are of one moment");
}
Test(clock, a_process_stopped_before_the_first_reading_makes_no_step) { stopped_before(1); }
Test(clock, a_process_stopped_before_the_second_reading_makes_no_step) { stopped_before(2); }
Test(clock, a_process_stopped_before_the_third_reading_makes_no_step) { stopped_before(3); }

Test(clock, a_slow_machine_is_read_as_well_as_can_be)
{
	struct clock c;

	system_ns = 5 * S;
	reading_takes_ns = 20000000;
	if (!is_wrapped())
		cr_skip_test("clock_gettime() has another name here");
	clock_init(&c, NULL, NULL);
	clock_now(&c);
	clock_now(&c);
	cr_assert_eq(clock_step_ns(&c), 0);
	cr_assert_eq(c.now_ns - c.boot_ns, NOW);
}

Test(clock, the_system_says_what_time_it_is)
{
	uint64_t before_ns = clock_wall_ns(), monotonic_ns = clock_monotonic_ns();
	struct clock c;

	clock_init(&c, NULL, NULL);
	cr_assert_not(clock_is_told(&c));
	cr_assert_geq(clock_now(&c), before_ns);
	cr_assert_leq(c.now_ns, clock_wall_ns());
	cr_assert_geq(clock_monotonic_ns(), monotonic_ns);
}

/* --- a clock for windows ------------------------------------------------------ */

Test(clock, follows_a_clock_that_goes_on)
{
	struct clock c;

	init(&c);
	cr_assert_eq(at(&c, NOW, 5 * S), NOW);
	cr_assert_eq(at(&c, NOW, 5 * S), NOW, "the same time twice is no step back");
	cr_assert_eq(at(&c, NOW + S, 6 * S), NOW + S);
	cr_assert_eq(at(&c, NOW + 4 * S, 7 * S), NOW + 4 * S, "2 s ahead is followed");
	cr_assert_eq(clock_step_ns(&c), 0);
	cr_assert_not(clock_is_slow(&c));
}

Test(clock, a_host_that_sleeps_makes_no_step)
{
	struct clock c;

	init(&c);
	at(&c, NOW, 5 * S);
	cr_assert_eq(at(&c, NOW + 36000 * S, 36005 * S), NOW + 36000 * S);
	cr_assert_eq(clock_step_ns(&c), 0);
}

Test(clock, goes_on_at_half_speed_after_a_small_step_back)
{
	struct clock c;

	init(&c);
	at(&c, NOW, 100 * S);
	cr_assert_eq(at(&c, NOW - 2 * S, 100 * S), NOW, "no time has passed");
	cr_assert(clock_is_slow(&c));
	cr_assert_eq(at(&c, NOW - S, 101 * S), NOW + S / 2);
	/* 4 s after the step the wall is where the clock is */
	cr_assert_eq(at(&c, NOW + 2 * S, 104 * S), NOW + 2 * S);
	cr_assert_not(clock_is_slow(&c));
	cr_assert_eq(at(&c, NOW + 3 * S, 105 * S), NOW + 3 * S, "and full speed again");
	cr_assert_eq(clock_step_ns(&c), 0);
}

Test(clock, says_a_large_step_and_goes_on_until_told)
{
	struct clock c;

	init(&c);
	at(&c, NOW, 100 * S);
	cr_assert_eq(at(&c, NOW - 3599 * S, 101 * S), NOW + S, "as if it had not been set");
	cr_assert_eq(clock_step_ns(&c), -3600 * (int64_t)S);
	cr_assert_not(clock_is_slow(&c));
	cr_assert_eq(at(&c, NOW - 3590 * S, 110 * S), NOW + 10 * S);
	cr_assert_eq(clock_step_ns(&c), -3600 * (int64_t)S);
	cr_assert_eq(clock_follow(&c), NOW - 3590 * S);
	cr_assert_eq(clock_step_ns(&c), 0);
	cr_assert_eq(at(&c, NOW - 3589 * S, 111 * S), NOW - 3589 * S);
	cr_assert_eq(clock_step_ns(&c), 0);
	/* and ahead */
	cr_assert_eq(at(&c, NOW + 3 * S, 112 * S), NOW - 3588 * S);
	cr_assert_eq(clock_step_ns(&c), 3591 * (int64_t)S);
	cr_assert_eq(clock_follow(&c), NOW + 3 * S);
}

Test(clock, two_steps_before_it_is_told_are_one)
{
	struct clock c;

	init(&c);
	at(&c, NOW, 100 * S);
	at(&c, NOW + 100 * S, 100 * S);
	cr_assert_eq(clock_step_ns(&c), 100 * (int64_t)S);
	at(&c, NOW - 49 * S, 101 * S);
	cr_assert_eq(clock_step_ns(&c), -50 * (int64_t)S);
	cr_assert_eq(at(&c, NOW + 3 * S, 103 * S), NOW + 3 * S);
	cr_assert_eq(clock_step_ns(&c), 0, "it was put right");
}

Test(clock, small_steps_back_that_add_up_are_a_large_one)
{
	struct clock c;

	init(&c);
	at(&c, NOW, 100 * S);
	at(&c, NOW - 3 * S / 2, 100 * S);
	cr_assert_eq(clock_step_ns(&c), 0);
	at(&c, NOW - 3 * S, 100 * S);
	cr_assert_eq(clock_step_ns(&c), -3 * (int64_t)S);
}

/* Whatever somebody does to the wall: until it is followed, the clock never goes back,
 * no faster than time passes, and is never far from the wall without saying so. */
Test(clock, never_goes_back_by_itself)
{
	struct random r = random_from(1);
	uint64_t real_ns = NOW, boot_ns = S, last_ns, now;
	struct clock c;

	init(&c);
	last_ns = at(&c, real_ns, boot_ns);
	for (int i = 0; i < 100000; i++) {
		uint64_t passed_ns = random_below(&r, 2 * S);
		int64_t off_ns;

		boot_ns += passed_ns;
		real_ns += passed_ns;
		if (random_below(&r, 50) == 0)
			real_ns += random_below(&r, 5 * S);
		if (random_below(&r, 50) == 0)
			real_ns -= random_below(&r, 5 * S);
		if (random_below(&r, 100) == 0)
			real_ns = NOW + random_below(&r, 7200 * S);
		now = at(&c, real_ns, boot_ns);
		off_ns = real_ns - now;
		cr_assert_geq(now, last_ns);
		cr_assert_leq(now - last_ns, passed_ns + CLOCK_STEP_NS);
		if (clock_step_ns(&c))
			cr_assert_eq(clock_step_ns(&c), off_ns);
		else
			cr_assert(off_ns <= 0 && off_ns >= -(int64_t)CLOCK_STEP_NS);
		if (random_below(&r, 3) == 0)
			cr_assert_eq(clock_follow(&c), real_ns);
		last_ns = c.now_ns;
	}
}


Test(clock, says_when_the_wall_clock_shows_a_time)
{
	struct clock c;

	init(&c);
	cr_assert(clock_is_told(&c));
	at(&c, NOW, 100 * S);
	cr_assert_eq(clock_wall_at(&c, NOW + 10 * S), NOW + 10 * S);
	cr_assert_eq(clock_wall_at(&c, NOW - S), NOW, "what has passed is now");
	/* two seconds behind: at half speed, four seconds until it shows two more */
	shown = (struct clock_reading){ NOW - 2 * S, 100 * S };
	cr_assert_eq(clock_wall_at(&c, NOW + 2 * S), NOW + 2 * S);
	/* an hour behind: as if the wall clock had not been set */
	shown = (struct clock_reading){ NOW - 3600 * S, 100 * S };
	cr_assert_eq(clock_wall_at(&c, NOW + 10 * S), NOW - 3590 * S);
}
