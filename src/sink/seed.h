/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_SEED_H
#define CTAGG_SINK_SEED_H

#include <stdbool.h>
#include <stdint.h>

/* A number that random names and ids are made of, so that another run with the same number makes
 * the same ones (--seed). All zero: there is none, and they are random. */
struct seed {
	bool given;
	uint64_t number;
};

/* 64 bits for the n-th use of the seed: SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t seed_bits(const struct seed *seed, uint64_t n)
{
	uint64_t z = seed->number + (n + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

#endif
