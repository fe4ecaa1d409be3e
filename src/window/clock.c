/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <time.h>

#include "window/clock.h"

#define NS_PER_S 1000000000ULL

/* Clocks that were read within this time show the same moment. */
#define SAME_MOMENT_NS 1000000ULL

/* How often reading the clocks within SAME_MOMENT_NS is tried. A machine may be too busy for it;
 * then the closest readings are used, so that the program never waits here. */
#define TRIES 100

static uint64_t system_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return system_ns(CLOCK_MONOTONIC);
}

uint64_t clock_wall_ns(void)
{
	return system_ns(CLOCK_REALTIME);
}

/* No system call reads two clocks at once. If the process is not running between the two readings,
 * the pause looks like a step. So CLOCK_BOOTTIME is read before and after CLOCK_REALTIME, and the
 * readings are used only when little time passed between the first and the last. */
static void read_system(struct clock_reading *out)
{
	uint64_t closest_ns = UINT64_MAX;

	for (int i = 0; i < TRIES && closest_ns > SAME_MOMENT_NS; i++) {
		uint64_t before_ns = system_ns(CLOCK_BOOTTIME), real_ns = clock_wall_ns();
		uint64_t took_ns = system_ns(CLOCK_BOOTTIME) - before_ns;

		if (took_ns >= closest_ns)
			continue;
		closest_ns = took_ns;
		out->real_ns = real_ns;
		out->boot_ns = before_ns + took_ns / 2;
	}
}

void clock_init(struct clock *c, clock_read_fn *read, void *arg)
{
	memset(c, 0, sizeof(*c));
	c->read = read;
	c->arg = arg;
}

bool clock_is_told(const struct clock *c)
{
	return c->read;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

uint64_t clock_now(struct clock *c)
{
	struct clock_reading at = { 0, 0 };
	uint64_t passed_ns;

	if (c->read)
		c->read(c->arg, &at);
	else
		read_system(&at);
	passed_ns = at.boot_ns > c->boot_ns ? at.boot_ns - c->boot_ns : 0;
	c->stepped = c->now_ns && apart(c->now_ns + passed_ns, at.real_ns) > CLOCK_STEP_NS;
	if (c->stepped)
		c->now_ns += passed_ns;
	else if (at.real_ns >= c->now_ns)
		c->now_ns = at.real_ns;
	else
		c->now_ns += passed_ns / 2;
	c->boot_ns = at.boot_ns;
	c->wall_ns = at.real_ns;
	return c->now_ns;
}

int64_t clock_step_ns(const struct clock *c)
{
	return c->stepped ? (int64_t)(c->wall_ns - c->now_ns) : 0;
}

uint64_t clock_follow(struct clock *c)
{
	c->stepped = false;
	c->now_ns = c->wall_ns;
	return c->now_ns;
}

bool clock_is_slow(const struct clock *c)
{
	return !c->stepped && c->now_ns > c->wall_ns;
}

/* At half speed this clock takes twice as long, by the wall clock, until it shows at_ns. */
uint64_t clock_wall_at(struct clock *c, uint64_t at_ns)
{
	uint64_t now_ns = clock_now(c);
	uint64_t wait_ns = at_ns > now_ns ? at_ns - now_ns : 0;

	return c->wall_ns + (clock_is_slow(c) ? 2 * wait_ns : wait_ns);
}
