/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_NAMES_H
#define CTAGG_DELIVER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The names of all windows in a directory, in ascending order; some 100 bytes of memory each.
 * Delivery itself reads a batch at a time (spool/batch.h); this is for what needs all of them at
 * once. */
struct names {
	char **list;
	size_t n, size;
};

/* Read the directory. All else is left out; regular: also what is no regular file. Returns 0 or
 * -errno, with nothing to free. */
int names_read(struct names *names, int dirfd, bool regular);

void names_free(struct names *names);

#endif
