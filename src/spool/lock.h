/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_LOCK_H
#define CTAGG_SPOOL_LOCK_H

#include <stdbool.h>

#include "spool/dir.h"

/* Who holds what in a spool: locks of flock(2), which the kernel takes away when a process ends.
 *
 * DIR/lock     one consumer a spool (LOCK_EX)
 * tmp/NAME     LOCK_EX while ctagg writes it
 * new/NAME     LOCK_SH while a consumer sends it: shared, because a file that is hard-linked into
 *              two spools has two consumers, and one lock. Whoever removes a file for want of room
 *              has LOCK_EX for that moment
 */

/* Be the consumer of this spool, until the descriptor is closed. Returns a descriptor or -errno:
 * -EBUSY another one is. */
int spool_lock(const struct spool_dir *d);

/* Take a waiting file for sending: open for reading and locked, until the descriptor is closed.
 * Returns a descriptor or -errno: -ENOENT it has gone, -EBUSY it is being removed or put there at
 * this moment: try again soon; -ELOOP and -EINVAL it is no regular file. */
int spool_take(int dirfd, const char *name);

/* Take a file for removing, if nobody sends it: as spool_take(), with -EBUSY when somebody does. */
int spool_take_alone(int dirfd, const char *name);

#endif
