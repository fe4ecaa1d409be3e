/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_RANDOM_H
#define CTAGG_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Numbers that look random and are the same in every run (splitmix64, Steele,
 * Lea, Flood, 2014): a failure can be repeated. */
struct random {
	uint64_t state;
};

static inline struct random random_from(uint64_t seed)
{
	return (struct random){ seed };
}

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0 to below - 1; below is at least 1. */
static inline uint64_t random_below(struct random *r, uint64_t below)
{
	return random_next(r) % below;
}

static inline void random_bytes(struct random *r, void *to, size_t len)
{
	unsigned char *p = to;

	while (len--)
		*p++ = random_next(r) >> 56;
}

#endif
