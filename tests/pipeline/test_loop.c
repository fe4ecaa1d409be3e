/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pipeline/loop.h"
#include "window/clock.h"

#define MS 1000000ULL

/* Waiting for what does not come ends with the test's time. */
TestSuite(loop, .timeout = 60);

static struct loop *l;

static void open_loop(void)
{
	cr_assert_eq(loop_open(&l), 0);
}

/* A pipe, and how often a function was called for one end of it, with what. */
struct end {
	int fds[2];
	int calls;
	uint32_t events;
};

static void open_pipe(struct end *e)
{
	*e = (struct end){ 0 };
	cr_assert_eq(pipe2(e->fds, O_CLOEXEC | O_NONBLOCK), 0);
}

static void ready(void *arg, uint32_t events)
{
	struct end *e = arg;

	e->calls++;
	e->events = events;
}

static void put_byte(struct end *e)
{
	cr_assert_eq(write(e->fds[1], "x", 1), 1);
}

static void take_byte(struct end *e)
{
	char c;

	cr_assert_eq(read(e->fds[0], &c, 1), 1);
}

Test(loop, calls_the_function_of_a_descriptor_while_it_is_ready)
{
	struct end a, b;

	open_loop();
	open_pipe(&a);
	open_pipe(&b);
	cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0);
	cr_assert_eq(loop_watch(l, b.fds[0], EPOLLIN, ready, &b), 0);
	loop_turn(l, false);
	cr_assert_eq(a.calls + b.calls, 0, "nothing is ready");
	put_byte(&b);
	loop_turn(l, true);
	loop_turn(l, true);
	cr_assert_eq(a.calls, 0);
	cr_assert_eq(b.calls, 2, "the byte has not been read");
	cr_assert_eq(b.events, EPOLLIN);
	take_byte(&b);
	put_byte(&a);
	loop_turn(l, true);
	cr_assert_eq(a.calls, 1);
	cr_assert_eq(b.calls, 2);
	loop_close(l);
}

Test(loop, waits_for_what_it_was_told_last)
{
	struct end a;

	open_loop();
	open_pipe(&a);
	cr_assert_eq(loop_watch(l, a.fds[1], EPOLLOUT, ready, &a), 0);
	loop_turn(l, true);
	cr_assert_eq(a.events, EPOLLOUT);
	cr_assert_eq(loop_watch(l, a.fds[1], 0, ready, &a), 0, "only for errors");
	loop_turn(l, false);
	cr_assert_eq(a.calls, 1);
	close(a.fds[0]);
	loop_turn(l, true);
	cr_assert_eq(a.calls, 2);
	cr_assert(a.events & EPOLLERR);
	loop_close(l);
}

Test(loop, forgets_what_it_is_told_to)
{
	struct end a, b;

	open_loop();
	open_pipe(&a);
	open_pipe(&b);
	cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0);
	cr_assert_eq(loop_watch(l, b.fds[0], EPOLLIN, ready, &b), 0);
	put_byte(&a);
	put_byte(&b);
	loop_forget(l, ready, &a);
	loop_forget(l, ready, NULL);	/* was never watched */
	loop_turn(l, true);
	cr_assert_eq(a.calls, 0);
	cr_assert_eq(b.calls, 1);
	cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0);
	loop_turn(l, true);
	cr_assert_eq(a.calls, 1);
	loop_close(l);
}

/* A descriptor is closed, another one comes in its place, and gets the number of the first
 * or a new one. Neither takes a place from other descriptors, however often it happens. */
Test(loop, follows_a_descriptor_that_is_replaced)
{
	struct end a, b;

	open_loop();
	open_pipe(&a);
	open_pipe(&b);
	cr_assert_eq(loop_watch(l, b.fds[0], EPOLLIN, ready, &b), 0);
	for (int i = 0; i < 2 * LOOP_WATCHES; i++) {
		struct end next;

		cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0, "the %dth time", i);
		put_byte(&a);
		a.calls = 0;
		loop_turn(l, true);
		cr_assert_eq(a.calls, 1);
		if (i % 2)
			open_pipe(&next);
		close(a.fds[0]);
		close(a.fds[1]);
		if (i % 2 == 0)
			open_pipe(&next);
		a = next;
	}
	put_byte(&b);
	loop_turn(l, true);
	cr_assert_eq(b.calls, 1);
	loop_close(l);
}

/* A closed descriptor's number is now that of another one, which stays watched when the
 * closed one is replaced. */
Test(loop, a_replaced_descriptor_does_not_take_another_with_its_number)
{
	struct end a, b, next;
	int number;

	open_loop();
	open_pipe(&a);
	cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0);
	number = a.fds[0];
	close(a.fds[0]);
	close(a.fds[1]);
	open_pipe(&b);
	cr_assert_eq(b.fds[0], number);
	cr_assert_eq(loop_watch(l, b.fds[0], EPOLLIN, ready, &b), 0);
	open_pipe(&next);
	cr_assert_eq(loop_watch(l, next.fds[0], EPOLLIN, ready, &a), 0);
	put_byte(&b);
	loop_turn(l, true);
	cr_assert_eq(b.calls, 1);
	loop_close(l);
}

Test(loop, says_what_cannot_be_watched)
{
	struct end ends[LOOP_WATCHES + 1];
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	open_loop();
	cr_assert_eq(loop_watch(l, fd, EPOLLIN, ready, NULL), -EPERM);
	close(fd);
	cr_assert_eq(loop_watch(l, fd, EPOLLIN, ready, NULL), -EBADF);
	for (int i = 0; i < LOOP_WATCHES; i++) {
		open_pipe(&ends[i]);
		cr_assert_eq(loop_watch(l, ends[i].fds[0], EPOLLIN, ready, &ends[i]), 0);
	}
	open_pipe(&ends[LOOP_WATCHES]);
	cr_assert_eq(loop_watch(l, ends[LOOP_WATCHES].fds[0], EPOLLIN, ready, &ends[LOOP_WATCHES]),
		     -ENOSPC);
	cr_assert_eq(loop_every(l, MS, NULL, NULL), -ENOSPC);
	cr_assert_eq(loop_alarm(l, NULL, NULL), -ENOSPC);
	loop_close(l);
}

static void add_times(void *arg, uint64_t times)
{
	*(uint64_t *)arg += times;
}

Test(loop, calls_a_function_again_and_again)
{
	uint64_t begun_ns = clock_monotonic_ns(), times = 0;

	open_loop();
	cr_assert_eq(loop_every(l, 2 * MS, add_times, &times), 0);
	while (times < 10)
		loop_turn(l, true);
	cr_assert_geq(clock_monotonic_ns() - begun_ns, 2 * times * MS, "not before its time");
	loop_close(l);
}

static void ring(void *arg)
{
	++*(int *)arg;
}

Test(loop, an_alarm_rings_once_and_not_before_its_time)
{
	int first = 0, second = 0, one, two;
	uint64_t at_ns;

	open_loop();
	one = loop_alarm(l, ring, &first);
	two = loop_alarm(l, ring, &second);
	cr_assert(one >= 0 && two >= 0);
	at_ns = clock_wall_ns() + 5 * MS;
	loop_alarm_set(l, one, at_ns);
	loop_alarm_set(l, two, at_ns + 3600000 * MS);
	while (!first)
		loop_turn(l, true);
	cr_assert_geq(clock_wall_ns(), at_ns);
	loop_turn(l, false);
	cr_assert_eq(first, 1);
	cr_assert_eq(second, 0);
	loop_alarm_set(l, two, at_ns);	/* in the past: at once */
	loop_turn(l, true);
	cr_assert_eq(second, 1);
	cr_assert_eq(first, 1);
	loop_close(l);
}

static void note_signal(void *arg, int signal)
{
	int *seen = arg;

	seen[signal]++;
}

Test(loop, signals_come_one_by_one)
{
	static const int taken[] = { SIGUSR1, SIGTERM };
	static int seen[NSIG];

	open_loop();
	cr_assert_eq(loop_signals(l, taken, 2, note_signal, seen), 0);
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGUSR1);
	while (seen[SIGUSR1] + seen[SIGTERM] < 2)
		loop_turn(l, true);
	cr_assert_eq(seen[SIGUSR1], 1);
	cr_assert_eq(seen[SIGTERM], 1);
	loop_close(l);
}

/* The lowest number that a new descriptor would get. */
static int next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

Test(loop, closes_what_is_its_own_and_nothing_else)
{
	static const int taken[] = { SIGUSR1 };
	struct end a;
	int before;

	open_pipe(&a);
	before = next_descriptor();
	open_loop();
	cr_assert_eq(loop_watch(l, a.fds[0], EPOLLIN, ready, &a), 0);
	cr_assert_eq(loop_every(l, MS, NULL, NULL), 0);
	cr_assert_geq(loop_alarm(l, NULL, NULL), 0);
	cr_assert_eq(loop_signals(l, taken, 1, NULL, NULL), 0);
	loop_close(l);
	cr_assert_eq(next_descriptor(), before);
	put_byte(&a);
	take_byte(&a);
	loop_close(NULL);
}
