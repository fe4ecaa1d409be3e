/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "screen/terminal_end.h"

#define TRIES 3		/* seconds until the program ends without the terminal */

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
#define N_CRASHES (sizeof(crashes) / sizeof(crashes[0]))

static struct {
	int fd;
	char text[256];
	struct termios modes;
	struct sigaction before[N_CRASHES], alarm_before;
	volatile sig_atomic_t tries;
	bool prepared, exit_seen;
} end;

/* What the terminal has not taken is thrown away, so that there is room for the text. */
static void put_back(void)
{
	tcflush(end.fd, TCOFLUSH);
	if (write(end.fd, end.text, strlen(end.text)) < 0)
		errno = 0;	/* then the modes at least */
	tcsetattr(end.fd, TCSANOW, &end.modes);
}

/* Put the terminal back, and let the crash happen again as it would have without this handler. */
static void on_crash(int signal)
{
	put_back();
	for (size_t i = 0; i < N_CRASHES; i++)
		sigaction(crashes[i], &end.before[i], NULL);
	raise(signal);
}

/* A terminal that takes nothing takes something when what waits is thrown away: then write(2), in
 * which the program is, goes on. */
static void on_alarm(int signal)
{
	int saved = errno;

	(void)signal;
	tcflush(end.fd, TCOFLUSH);
	if (++end.tries > TRIES) {
		tcsetattr(end.fd, TCSANOW, &end.modes);
		_exit(1);
	}
	alarm(1);
	errno = saved;
}

/* ncurses calls exit(3) when it has no memory. */
static void on_exit_within(void)
{
	if (end.prepared)
		put_back();
}

void terminal_end_text(const char *text)
{
	snprintf(end.text, sizeof(end.text), "%s", text);
}

void terminal_end_prepare(int fd)
{
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = SA_NODEFER };
	struct sigaction rings = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	if (!end.exit_seen && !atexit(on_exit_within))
		end.exit_seen = true;
	end.prepared = true;
	end.fd = fd;
	end.text[0] = '\0';
	tcgetattr(fd, &end.modes);
	for (size_t i = 0; i < N_CRASHES; i++)
		sigaction(crashes[i], &crash, &end.before[i]);
	sigaction(SIGALRM, &rings, &end.alarm_before);
}

void terminal_end_done(void)
{
	if (!end.prepared)
		return;
	end.prepared = false;
	terminal_end_hurry(false);
	for (size_t i = 0; i < N_CRASHES; i++)
		sigaction(crashes[i], &end.before[i], NULL);
	sigaction(SIGALRM, &end.alarm_before, NULL);
}

void terminal_end_hurry(bool on)
{
	end.tries = 0;
	alarm(on ? 1 : 0);
}
