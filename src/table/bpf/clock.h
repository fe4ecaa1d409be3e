/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_CLOCK_H
#define CTAGG_TABLE_BPF_CLOCK_H

#include "table/bpf/maps.h"

/* What tick_time() remembers. A check of 1 belongs to no tick. */
struct {
	__u64 check, monotonic_ns;
} tick_now = { .check = 1 };

/* The time of day, as the first event of this tick of the kernel's timer has read it, and
 * not before the open window began. Reading the clock for every event would cost a third
 * of all that the filter does otherwise.
 *
 * Any CPU may write the two words of tick_now at any time, so a reader may get each word
 * from another writer. Therefore the check is the tick, above 32 bits, plus the time: a time
 * and a check of two writers do not give the current tick, and then the clock is read. Two
 * CPUs that write at the same time write nearly the same time.
 */
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
