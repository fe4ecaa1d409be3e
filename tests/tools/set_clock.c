/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For LD_PRELOAD: a wall clock that a test can set without setting the machine's.
 * $CTAGG_TEST_CLOCK names a file with a number of milliseconds: CLOCK_REALTIME is ahead by
 * that much, and timers wait for the moved clock, too. Unlike a real step, a change of
 * the number cancels no timer (TFD_TIMER_CANCEL_ON_SET). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int fd = -1;	/* of the file: a program that is confined could not open it again */

__attribute__((constructor)) static void open_file(void)
{
	const char *path = getenv("CTAGG_TEST_CLOCK");

	if (path)
		fd = open(path, O_RDONLY | O_CLOEXEC);
}

static int64_t ahead_ns(void)
{
	char text[32] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	return strtoll(text, NULL, 10) * 1000000;
}

static struct timespec moved(struct timespec ts, int64_t by_ns)
{
	int64_t ns = ts.tv_sec * 1000000000LL + ts.tv_nsec + by_ns;

	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	static int (*next)(clockid_t, struct timespec *);
	int err;

	if (!next)
		next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	err = next(id, ts);
	if (!err && id == CLOCK_REALTIME)
		*ts = moved(*ts, ahead_ns());
	return err;
}

/* The program's only absolute timer is that of the wall clock. */
int timerfd_settime(int timer, int flags, const struct itimerspec *at, struct itimerspec *was)
{
	static int (*next)(int, int, const struct itimerspec *, struct itimerspec *);
	struct itimerspec real = *at;

	if (!next)
		next = (int (*)(int, int, const struct itimerspec *, struct itimerspec *))
			dlsym(RTLD_NEXT, "timerfd_settime");
	if (flags & TFD_TIMER_ABSTIME)
		real.it_value = moved(real.it_value, -ahead_ns());
	return next(timer, flags, &real, was);
}
