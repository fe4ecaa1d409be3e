/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deliver/progress.h"
#include "window/clock.h"

#define WIDTH 40	/* columns of the bar itself */
#define EVERY_NS 100000000ULL

static void put(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		return;	/* a bar that cannot be shown is nothing to complain about */
}

void progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	uint64_t now = clock_monotonic_ns();
	int filled, len;
	char line[128], bar[WIDTH];

	if (!p->wanted || !total || (done < total && p->shown_ns && now - p->shown_ns < EVERY_NS))
		return;
	p->shown_ns = now;
	filled = done * WIDTH / total;
	memset(bar, '.', WIDTH);
	memset(bar, '#', filled);
	len = snprintf(line, sizeof(line), "\r[%.*s] %" PRIu64 " of %" PRIu64 " files, %d %%", WIDTH,
		       bar, done, total, (int)(done * 100 / total));
	put(line, len);
}

void progress_clear(const struct progress *p)
{
	const char *clear = "\r\033[K";

	if (p->shown_ns)
		put(clear, strlen(clear));
}
