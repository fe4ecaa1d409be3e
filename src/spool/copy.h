/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_COPY_H
#define CTAGG_SPOOL_COPY_H

#include "spool/bound.h"

/* Copy all bytes of the file `from' to the empty file `to', which is on the file system of the
 * directory dirfd; room is made as for spool_free_write(). Returns 0 or -errno. */
int spool_copy(struct spool_bound *const *spools, size_t n, int dirfd, int to, int from,
	       struct spool_dropped *dropped);

#endif
