/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/loop.h"

#define NS_PER_S 1000000000ULL

/* How many ready descriptors are served in one turn. If more are ready, the others come first in
 * the next turn: epoll_wait(2) goes round. */
#define READY 8

/* A descriptor and what to call.
 *
 * fd        lent by the caller of loop_watch(); with `own`, the loop's, which closes it
 * fn, arg   called when fd is ready. For timers and signals fn is a function of this file
 *           with the watch as arg: it reads fd, then calls the caller's function
 * call      the caller's function for a timer or signals, and call_arg its argument
 */
struct watch {
	struct loop *loop;
	int fd;
	bool own;
	loop_fn *fn;
	void *arg;
	union {
		loop_every_fn *every;
		loop_alarm_fn *alarm;
		loop_signal_fn *signal;
	} call;
	void *call_arg;
};

struct loop {
	int epoll_fd;
	size_t n;
	struct watch watches[LOOP_WATCHES];
};

int loop_open(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		err = -errno;
		free(l);
		return err;
	}
	*out = l;
	return 0;
}

/* The watch of fn and arg, or else a new one; NULL when there is no room. */
static struct watch *find(struct loop *l, loop_fn *fn, const void *arg)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->watches[i].fn == fn && l->watches[i].arg == arg)
			return &l->watches[i];
	return l->n < LOOP_WATCHES ? &l->watches[l->n] : NULL;
}

/* The kernel has removed a descriptor from epoll when it was closed, so the watch's old descriptor
 * must not be removed here: its number may already belong to another descriptor, which is watched
 * too. */
static int tell_epoll(const struct loop *l, int fd, uint32_t events, struct watch *w)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (!epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev))
		return 0;
	if (errno == EEXIST && !epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, fd, &ev))
		return 0;
	return -errno;
}

int loop_watch(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *arg)
{
	struct watch *w = find(l, fn, arg);
	int err = w ? tell_epoll(l, fd, events, w) : -ENOSPC;

	if (err)
		return err;
	if (w == &l->watches[l->n])
		l->n++;
	w->loop = l;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	return 0;
}

/* The watch keeps its place in the list: epoll's data points to places. */
void loop_forget(struct loop *l, loop_fn *fn, const void *arg)
{
	const struct watch *w = find(l, fn, arg);

	if (w && w != &l->watches[l->n])
		epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
}

/* Watch a descriptor that belongs to the loop; fn is called with the watch as its arg. fd < 0: the
 * descriptor could not be made, and errno says why. Returns the watch, or NULL with fd closed and
 * the error in *err. */
static struct watch *watch_own(struct loop *l, int fd, loop_fn *fn, int *err)
{
	struct watch *w = &l->watches[l->n];

	if (fd < 0) {
		*err = -errno;
		return NULL;
	}
	*err = l->n < LOOP_WATCHES ? loop_watch(l, fd, EPOLLIN, fn, w) : -ENOSPC;
	if (*err) {
		close(fd);
		return NULL;
	}
	w->own = true;
	return w;
}

static void timer_expired(void *arg, uint32_t events)
{
	struct watch *w = arg;
	uint64_t times;

	(void)events;
	if (read(w->fd, &times, sizeof(times)) == sizeof(times))
		w->call.every(w->call_arg, times);
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

int loop_every(struct loop *l, uint64_t ns, loop_every_fn *fn, void *arg)
{
	struct itimerspec every = { timespec_of(ns), timespec_of(ns) };
	int err;
	struct watch *w = watch_own(l, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
				    timer_expired, &err);

	if (!w)
		return err;
	w->call.every = fn;
	w->call_arg = arg;
	return timerfd_settime(w->fd, 0, &every, NULL) ? -errno : 0;
}

/* Reading the timer fails with ECANCELED when the wall clock was set: timerfd_create(2). */
static void alarm_rang(void *arg, uint32_t events)
{
	struct watch *w = arg;
	uint64_t times;

	(void)events;
	if (read(w->fd, &times, sizeof(times)) == sizeof(times) || errno == ECANCELED)
		w->call.alarm(w->call_arg);
}

int loop_alarm(struct loop *l, loop_alarm_fn *fn, void *arg)
{
	int err;
	struct watch *w = watch_own(l, timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK),
				    alarm_rang, &err);

	if (!w)
		return err;
	w->call.alarm = fn;
	w->call_arg = arg;
	return w - l->watches;
}

void loop_alarm_set(struct loop *l, int alarm, uint64_t wall_ns)
{
	struct itimerspec at = { .it_value = timespec_of(wall_ns) };

	timerfd_settime(l->watches[alarm].fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL);
}

/* Reads until the descriptor is empty: several signals can wait. */
static void signal_came(void *arg, uint32_t events)
{
	struct signalfd_siginfo info;
	struct watch *w = arg;

	(void)events;
	while (read(w->fd, &info, sizeof(info)) == sizeof(info))
		w->call.signal(w->call_arg, info.ssi_signo);
}

int loop_signals(struct loop *l, const int *signals, size_t n, loop_signal_fn *fn, void *arg)
{
	struct watch *w;
	sigset_t mask;
	int err;

	sigemptyset(&mask);
	for (size_t i = 0; i < n; i++)
		sigaddset(&mask, signals[i]);
	if (sigprocmask(SIG_BLOCK, &mask, NULL))
		return -errno;
	w = watch_own(l, signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK), signal_came, &err);
	if (!w)
		return err;
	w->call.signal = fn;
	w->call_arg = arg;
	return 0;
}

void loop_turn(struct loop *l, bool wait)
{
	struct epoll_event ready[READY];
	int n = epoll_wait(l->epoll_fd, ready, READY, wait ? -1 : 0);

	for (int i = 0; i < n; i++) {
		const struct watch *w = ready[i].data.ptr;

		w->fn(w->arg, ready[i].events);
	}
}

void loop_close(struct loop *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (l->watches[i].own)
			close(l->watches[i].fd);
	close(l->epoll_fd);
	free(l);
}
