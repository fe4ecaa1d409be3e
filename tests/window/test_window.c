/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "random.h"
#include "window/clock.h"
#include "window/window.h"

#define US 1000ULL
#define MS 1000000ULL
#define S 1000000000ULL
#define NOW (1795222803ULL * S + 120001 * US + 7)	/* 2026-11-21T01:00:03.120001007Z */

static uint64_t close_window(struct window *w, uint64_t now_ns, uint64_t last_event_ns)
{
	uint64_t end_ns = window_end(w, now_ns, last_event_ns);

	window_next(w, end_ns);
	return end_ns;
}

Test(window, aligned_boundaries_are_multiples_of_the_duration)
{
	struct window w;

	window_open(&w, NOW, 60 * S, true);
	cr_assert_eq(w.start_ns, NOW - 7, "the first is the rest of a minute, from a whole microsecond on");
	cr_assert_eq(w.due_ns, 1795222860ULL * S);
	cr_assert_eq(close_window(&w, w.due_ns, 0), 1795222860ULL * S);
	cr_assert_eq(w.start_ns, 1795222860ULL * S);
	cr_assert_eq(w.due_ns, 1795222920ULL * S);
}

Test(window, opened_on_a_boundary_is_a_whole_one)
{
	struct window w;

	window_open(&w, 1795222860ULL * S, 60 * S, true);
	cr_assert_eq(w.start_ns, 1795222860ULL * S);
	cr_assert_eq(w.due_ns, 1795222920ULL * S);
}

Test(window, unaligned_boundaries_count_from_the_start)
{
	struct window w;

	window_open(&w, NOW, 60 * S, false);
	cr_assert_eq(w.start_ns, NOW - 7);
	for (int i = 1; i < 10; i++) {
		cr_assert_eq(w.due_ns, NOW - 7 + i * 60 * S);
		cr_assert_eq(close_window(&w, w.due_ns + 3 * MS, 0), NOW - 7 + i * 60 * S);
	}
}

Test(window, closed_late_ends_at_the_boundary)
{
	struct window w;

	window_open(&w, NOW, 10 * S, true);
	cr_assert_eq(close_window(&w, w.due_ns + 4 * S, w.due_ns), 1795222810ULL * S);
	cr_assert_eq(w.due_ns, 1795222820ULL * S);
}

Test(window, closed_very_late_ends_at_the_last_boundary)
{
	struct window w;

	window_open(&w, NOW, 10 * S, true);
	cr_assert_eq(close_window(&w, w.due_ns + 34 * S, 0), 1795222840ULL * S);
	cr_assert_eq(w.start_ns, 1795222840ULL * S);
	cr_assert_eq(w.due_ns, 1795222850ULL * S);
}

Test(window, closed_early_ends_now)
{
	struct window w;

	window_open(&w, NOW, 60 * S, true);
	cr_assert_eq(close_window(&w, NOW + 5 * S, 0), NOW - 7 + 5 * S);
	cr_assert_eq(w.due_ns, 1795222860ULL * S, "the next one is the rest of the minute");
}

Test(window, held_open_over_the_boundary_ends_after_its_last_event)
{
	struct window w;

	window_open(&w, NOW, 10 * S, true);
	cr_assert_eq(close_window(&w, 1795222812ULL * S + 999, 1795222811ULL * S), 1795222812ULL * S);
	cr_assert_eq(w.start_ns, 1795222812ULL * S);
	cr_assert_eq(w.due_ns, 1795222820ULL * S);
}

Test(window, held_open_with_events_of_its_own_time_ends_at_the_boundary)
{
	struct window w;

	window_open(&w, NOW, 10 * S, true);
	cr_assert_eq(close_window(&w, 1795222812ULL * S, 1795222810ULL * S), 1795222810ULL * S);
}

Test(window, closed_twice_in_a_microsecond_is_empty_not_negative)
{
	struct window w;
	uint64_t start_ns;

	window_open(&w, NOW, 60 * S, true);
	start_ns = w.start_ns;
	cr_assert_eq(close_window(&w, NOW + 1, 0), start_ns);
	cr_assert_eq(close_window(&w, NOW + 2, 0), start_ns);
	cr_assert_eq(w.due_ns, 1795222860ULL * S);
}

Test(window, told_of_an_earlier_time_is_empty_not_negative)
{
	struct window w;

	window_open(&w, NOW, 60 * S, true);
	cr_assert_eq(close_window(&w, NOW - 5 * S, 0), NOW - 7);
	cr_assert_eq(w.start_ns, NOW - 7);
	cr_assert_eq(w.due_ns, 1795222860ULL * S);
}

static void show(void *arg, struct clock_reading *out)
{
	*out = *(struct clock_reading *)arg;
}

/* Whatever the clock and the reader do: one window ends where the next begins, but
 * after a step that is said; each on a microsecond, none is of negative length, and
 * no event is later than the window that counts it. */
static void bounds_hold(uint64_t seed, uint64_t duration_ns, bool align)
{
	struct random r = random_from(seed);
	struct clock_reading at = { NOW, S };
	struct clock c;
	uint64_t origin_ns = NOW - 7, now_ns, end_ns;
	struct window w, closed;
	int steps = 0;

	clock_init(&c, show, &at);
	window_open(&w, clock_now(&c), duration_ns, align);
	for (int i = 0; i < 20000; i++) {
		uint64_t passed_ns = random_below(&r, 3 * duration_ns), last_event_ns = 0;
		int64_t step_ns;

		at.boot_ns += passed_ns;
		at.real_ns += passed_ns;
		if (random_below(&r, 50) == 0)
			at.real_ns = NOW + random_below(&r, 100 * duration_ns + 10 * S);
		now_ns = clock_now(&c);
		if (random_below(&r, 2))
			last_event_ns = w.start_ns + random_below(&r, now_ns - w.start_ns + 1);
		closed = w;
		step_ns = clock_step_ns(&c);
		if (step_ns && random_below(&r, 4)) {
			/* closed by the clock; else the reader was slow, and it waits */
			end_ns = window_end_early(&w, now_ns);
			window_open(&w, clock_follow(&c), duration_ns, align);
			cr_assert_eq(w.start_ns, at.real_ns - at.real_ns % US);
			cr_assert_leq(llabs((int64_t)(w.start_ns - end_ns) - step_ns), (int64_t)US);
			origin_ns = w.start_ns;
			steps++;
		} else {
			end_ns = close_window(&w, now_ns, last_event_ns);
			cr_assert_eq(w.start_ns, end_ns);
			if (now_ns < closed.due_ns)
				cr_assert_eq(end_ns, now_ns - now_ns % US);
		}
		cr_assert_geq(end_ns, closed.start_ns);
		cr_assert_leq(end_ns, now_ns);
		cr_assert_eq(end_ns % US, 0);
		cr_assert_gt(w.due_ns, w.start_ns);
		cr_assert_leq(w.due_ns - w.start_ns, duration_ns);
		cr_assert_eq((w.due_ns - (align ? 0 : origin_ns)) % duration_ns, 0);
		/* the end is a microsecond, an event a nanosecond */
		cr_assert_leq(last_event_ns - last_event_ns % US, end_ns);
	}
	cr_assert_gt(steps, 100);
}
Test(window, bounds_hold_aligned) { bounds_hold(2, 60 * S, true); }
Test(window, bounds_hold_unaligned) { bounds_hold(3, 60 * S, false); }
Test(window, bounds_hold_for_a_millisecond) { bounds_hold(4, MS, true); }
Test(window, bounds_hold_for_an_odd_duration) { bounds_hold(5, 7 * S + 13 * US, true); }
