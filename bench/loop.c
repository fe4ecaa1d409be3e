/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many nanoseconds of this machine's clock an instruction takes: a loop of 10 million
 * instructions by the processor time of this process. On the machine of bench/instructions the
 * answer is 1.00 as soon as the clock counts instructions. Prints the number alone. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define ROUNDS 5000000	/* two instructions each */

static uint64_t processor_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int main(void)
{
	uint64_t begin = processor_ns(), rounds = ROUNDS;

#if defined(__x86_64__)
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
#elif defined(__aarch64__)
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(rounds) : : "cc");
#else
	fputs("loop: there is no loop for this processor\n", stderr);
	return rounds ? 1 : 0;
#endif
	printf("%.3f\n", (processor_ns() - begin) / (2.0 * ROUNDS));
	return 0;
}
