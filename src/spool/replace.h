/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_REPLACE_H
#define CTAGG_SPOOL_REPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "spool/dir.h"

/* The small files of a spool: `last', `delivered', `destination'. */

/* Replace the file DIR/NAME, whole or not at all, by this text. NAME has at most 32 characters.
 * sync: the text has reached the disk on return. Returns 0 or -errno. */
int spool_replace(const struct spool_dir *d, const char *name, const char *text, bool sync);

/* Read the file DIR/NAME into text, with a final '\0', and what is beyond `size' is left out.
 * *written: when it was replaced last; unless NULL. Returns the length or -errno: -ENOENT. */
ssize_t spool_read(const struct spool_dir *d, const char *name, char *text, size_t size,
		   struct timespec *written);

/* What replacing leaves in tmp/ when the program is killed: names that begin so. */
#define SPOOL_REPLACING "replacing-"

#endif
