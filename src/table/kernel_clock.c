/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "table/kernel_parts.h"
#include "window/clock.h"

/* How often the clocks are compared. The comparison that took the shortest time is used. */
#define COMPARISONS 16

/* Have the kernel read its clock between two readings of this process: a program on a
 * socket runs when a byte is sent there. Returns 0 or -errno. */
static int compare_once(struct kernel *k, const int pair[2], uint64_t *closest_ns)
{
	uint64_t before_ns = clock_monotonic_ns(), after_ns, read_ns;

	if (send(pair[1], "", 1, 0) < 0)
		return -errno;
	after_ns = clock_monotonic_ns();
	read_ns = __atomic_load_n(&k->skel->data->clock_reading, __ATOMIC_RELAXED);
	if (after_ns - before_ns >= *closest_ns)
		return 0;
	*closest_ns = after_ns - before_ns;
	k->ahead_ns = read_ns >= before_ns && read_ns <= after_ns ? 0 :
		before_ns + *closest_ns / 2 - read_ns;
	return 0;
}

/* A time namespace has its own CLOCK_MONOTONIC; the filter's clock is the kernel's. */
int kernel_compare_clocks(struct kernel *k)
{
	uint64_t closest_ns = UINT64_MAX;
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	err = kernel_attach_small(pair[0], k->skel->progs.read_clock);
	for (int i = 0; i < COMPARISONS && !err; i++)
		err = compare_once(k, pair, &closest_ns);
	close(pair[0]);
	close(pair[1]);
	return err;
}

void kernel_clock(struct kernel *k, uint64_t wall_minus_monotonic_ns, int event_times)
{
	wall_minus_monotonic_ns += k->ahead_ns;
	__atomic_store_n(&k->skel->data->clock.wall_minus_monotonic_ns, wall_minus_monotonic_ns,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&k->skel->data->clock.event_times, (__u64)!!event_times, __ATOMIC_RELAXED);
}

