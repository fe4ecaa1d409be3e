/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FUZZ_TARGETS_H
#define CTAGG_TESTS_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The fuzz targets, each in the file fuzz_NAME.c. A target takes any bytes and returns 0, or FUZZ_CANNOT where
 * this machine or this user cannot run it. Where something does not hold it calls abort(), which the fuzzer
 * reports. */
#define FUZZ_CANNOT 3	/* no exit status of libFuzzer */

#ifdef HAVE_BPF
#define FUZZ_TARGETS_BPF(X) X(filter)
#else
#define FUZZ_TARGETS_BPF(X)
#endif

#define FUZZ_TARGETS(X)                                                                        \
	X(answers) X(conditions) X(conntrack) X(csv) FUZZ_TARGETS_BPF(X) X(flat) X(labels)     \
	X(lines) X(names) X(nflog) X(options) X(packet) X(records) X(state) X(text) X(tries)

#define FUZZ_DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_TARGETS(FUZZ_DECLARE)
#undef FUZZ_DECLARE

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

typedef void seed_fn(const void *bytes, size_t len, void *arg);

/* Inputs to begin with that are made by tests' writers of messages and records: call fn for each of a target.
 * Returns how many there are; 0: the target begins with those of its files (corpus_each()). */
int seeds_each(const char *target, seed_fn *fn, void *arg);

/* The same for the inputs of a file, which has one a line, in printable text (corpus.c): begin/NAME.txt has those
 * that were written by hand, corpus/NAME.txt those that reached new code and were kept. Returns how many
 * there are, or -errno. */
int corpus_each(const char *path, seed_fn *fn, void *arg);

/* Write an input as such a line. */
void corpus_write(FILE *out, const void *bytes, size_t len);

#endif
