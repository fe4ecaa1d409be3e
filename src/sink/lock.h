/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_LOCK_H
#define CTAGG_SINK_LOCK_H

#include <stddef.h>

/* The lock on a file that ctagg writes to, so that two programs never mix their lines in one
 * file. It is the lock of flock(2): it belongs to the open file, also when that is renamed, and
 * the kernel takes it away when the descriptor is closed, however the process ends. A record lock
 * of fcntl(2) would be lost as soon as any other descriptor of the same file were closed, and
 * /proc/locks would not say who holds it. */

/* Lock the file of fd for writing, without waiting. Returns 0; -EBUSY when another open file has
 * the lock; or another -errno from a file system without locks. */
int lock_take(int fd);

/* Room for a text of lock_holder(). */
#define LOCK_HOLDER_MAX 64

/* Describe in text who has locked the file that path names, as far as /proc shows it: "another
 * ctagg (pid 12)", "flock (pid 12)", "another program". */
void lock_holder(char text[LOCK_HOLDER_MAX], const char *path);

#endif
