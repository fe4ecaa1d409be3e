/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_FREE_H
#define CTAGG_SPOOL_FREE_H

#include <stddef.h>
#include <sys/types.h>

#include "spool/bound.h"

/* Write len bytes to fd at the offset, which is on the file system of the directory dirfd, and
 * leave a twentieth of the file system free: where there is not so much room, the oldest files of
 * the n spools on this file system go, and what was dropped is added to *dropped. Returns 0 or
 * -errno: -ENOSPC when no file is left to remove. After an error any part of the bytes is
 * written. */
int spool_free_write(struct spool_bound *const *spools, size_t n, int dirfd, int fd,
		     const char *text, size_t len, off_t offset, struct spool_dropped *dropped);

/* Remove the oldest file of the spools on the file system of dirfd that is not locked. Returns false
 * when there is none. */
bool spool_free_oldest(struct spool_bound *const *spools, size_t n, int dirfd,
		       struct spool_dropped *dropped);

#endif
