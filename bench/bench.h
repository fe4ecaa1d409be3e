/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BENCH_BENCH_H
#define CTAGG_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Processor time of this process, in seconds: neither waiting nor other programs count. */
static inline double bench_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* Print one line of JSON: the benchmark, the case, and how long n things took; things is
 * their name in the plural, such as "events". */
static inline void bench_print(const char *bench, const char *name, const char *things,
			       uint64_t n, double seconds)
{
	printf("{\"bench\":\"%s\",\"case\":\"%s\",\"%s\":%llu,\"cpu_seconds\":%.3f,"
	       "\"%s_per_second\":%.0f,\"ns_per_%.*s\":%.1f}\n",
	       bench, name, things, (unsigned long long)n, seconds, things, n / seconds,
	       (int)__builtin_strlen(things) - 1, things, seconds * 1e9 / n);
	fflush(stdout);
}

#endif
