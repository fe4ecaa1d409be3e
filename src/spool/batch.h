/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_BATCH_H
#define CTAGG_SPOOL_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/name.h"

/* The smallest names of a directory, a batch at a time: 100,000 waiting files take no more memory
 * than a few. Such a directory is read in 0.1 s, so whoever empties it must not read it often: a
 * batch is large, and belongs on the heap. */
#define SPOOL_BATCH 2048

/* names   n of them, in ascending order
 * total   how many names of windows the directory has, smaller and larger ones too
 * others  how many names are no names of windows; one of them in `other'. Whoever takes files
 *         leaves these alone, and says so once
 */
struct spool_batch {
	char names[SPOOL_BATCH][SPOOL_NAME_MAX];
	size_t n;
	uint64_t total, others;
	char other[256];
};

/* Whether a name of the directory is to be in the batch. */
typedef bool spool_accept_fn(const char *name);

/* Fill the batch with the smallest names of the directory that are larger than `after' ("": from
 * the beginning), from one pass over the directory. Names that begin with `.' count as nothing.
 * Fewer than SPOOL_BATCH names: there are no more. Returns 0 or -errno. */
int spool_batch_read(struct spool_batch *b, int dirfd, const char *after);

/* The same with names that `accept' takes in place of names of windows. Longer names than
 * SPOOL_NAME_MAX - 1 are never taken. */
int spool_batch_accept(struct spool_batch *b, int dirfd, const char *after,
		       spool_accept_fn *accept);

#endif
