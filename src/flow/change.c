/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "flow/change.h"

/* The counters that a snapshot has. */
static const size_t counters[] = {
	offsetof(struct flow_sums, live), offsetof(struct flow_sums, closing),
	offsetof(struct flow_sums, unreplied), offsetof(struct flow_sums, uncounted_live),
	offsetof(struct flow_sums, orig_packets), offsetof(struct flow_sums, orig_bytes),
	offsetof(struct flow_sums, reply_packets), offsetof(struct flow_sums, reply_bytes),
};
#define N_COUNTERS (sizeof(counters) / sizeof(counters[0]))

static uint64_t counter(const struct flow_sums *s, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)s + counters[i], sizeof(value));
	return value;
}

/* The least move that is at least this share of the value: value * share / CHANGE_WHOLE, rounded
 * up. The product can need more than 64 bits, so the value is taken apart: the remainder's product
 * fits, and a move that needs more than 64 bits is never reached. */
static bool reaches(uint64_t value, uint64_t move, uint32_t share)
{
	uint64_t rest = (value % CHANGE_WHOLE * share + CHANGE_WHOLE - 1) / CHANGE_WHOLE, least;

	if (__builtin_mul_overflow(value / CHANGE_WHOLE, share, &least) ||
	    __builtin_add_overflow(least, rest, &least))
		return false;
	return move && move >= least;
}

bool flow_change_reaches(const struct flow_sums *then, const struct flow_sums *now, uint32_t share)
{
	for (size_t i = 0; i < N_COUNTERS; i++) {
		uint64_t a = counter(then, i), b = counter(now, i);

		if (reaches(a, a > b ? a - b : b - a, share))
			return true;
	}
	return false;
}

bool flow_change_none(const struct flow_sums *then, const struct flow_sums *now)
{
	return !flow_change_reaches(then, now, 0);
}
