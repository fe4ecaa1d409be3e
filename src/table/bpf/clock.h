/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_CLOCK_H
#define CTAGG_TABLE_BPF_CLOCK_H

#include "table/bpf/maps.h"

/* See tick_time(). No time has a check of 1. */
struct {
	__u64 check, monotonic_ns;
} tick_now = { .check = 1 };

/* The time of the kernel's tick, as the first event in it has seen it: reading
 * the clock costs a third of what all the rest does. CPUs that write at once write
 * nearly the same. The two words can be read and written in any order, by any CPU:
 * the check is the tick, above 32 bits, plus the time that belongs to it, so a time
 * and a check of two writers give no tick, and the clock is read. */
static __always_inline __u64 tick_time(void)
{
	__u64 tick = bpf_jiffies64() << 32, now_ns = tick_now.monotonic_ns;

	if (tick_now.check - now_ns != tick) {
		now_ns = bpf_ktime_get_ns();
		tick_now.monotonic_ns = now_ns;
		tick_now.check = tick + now_ns;
	}
	now_ns += clock.wall_minus_monotonic_ns;
	return now_ns > clock.not_before_ns ? now_ns : clock.not_before_ns;
}

#endif
