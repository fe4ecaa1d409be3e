/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FUZZ_TARGETS_H
#define CTAGG_TESTS_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The fuzz targets, each in the file fuzz_NAME.c. A target takes any bytes and returns 0. Where something
 * does not hold it calls abort(), which the fuzzer reports. */
#define FUZZ_TARGETS(X) X(conntrack) X(flat) X(lines) X(nflog) X(packet) X(records) X(text)

#define FUZZ_DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_TARGETS(FUZZ_DECLARE)
#undef FUZZ_DECLARE

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

/* Inputs to begin with: call fn for each of a target. Returns how many there are; 0: there is no target of
 * this name. */
typedef void seed_fn(const void *bytes, size_t len, void *arg);
int seeds_each(const char *target, seed_fn *fn, void *arg);

#endif
