/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_CLAIM_H
#define CTAGG_ENABLE_CLAIM_H

#include <stdbool.h>

/* A file in /run/ctagg about one sysctl of one network namespace: the value before
 * the first ctagg switched the sysctl on, and which running ctaggs still want it on.
 *
 * name      the namespace's cookie (SO_NETNS_COOKIE, Linux 5.14: never given twice
 *           before the next boot) or, on older kernels, its inode; then the sysctl
 * content   the boot id and the value before; of another boot, the value is void
 * byte 0    write-locked (F_OFD_SETLK) by whoever reads or changes file or sysctl
 * byte 1    read-locked by each running ctagg that wants the sysctl on
 *
 * The kernel gives up the locks of a process that dies, and shows them across process
 * namespaces. The file is root's alone: who can open it could hold its locks. */
struct claim {
	int fd;			/* -1: not open */
	char boot[40];
	char path[128];
};

#define CLAIM_DIRECTORY "/run/ctagg"
#define CLAIM_CLOSED { .fd = -1 }

/* Open the file about a sysctl in the network namespace of the calling thread, and
 * lock it. Returns 0 or -errno: -ENOENT there is none, and none is to be made;
 * -EPERM there is something else in its place; -ETIMEDOUT another has held the lock for
 * five seconds. */
int claim_open(struct claim *c, const char *sysctl, bool make);

/* Lock an open one again. Returns 0 or -errno: -ETIMEDOUT, or -ESTALE when somebody
 * has removed the file; then it is locked, but new ctaggs do not see it. */
int claim_lock(struct claim *c);
void claim_unlock(struct claim *c);

/* The value before, or -ENOENT. */
int claim_before(const struct claim *c);

/* Of a locked one: note the value before; want the sysctl on, for as long as the file
 * is open. Return 0 or -errno. */
int claim_note(struct claim *c, int before);
int claim_want(struct claim *c);

/* Whether another ctagg wants the sysctl on. */
bool claim_wanted(const struct claim *c);

/* Remove the file of a locked one, and the directory when nothing else is in it. */
void claim_remove(struct claim *c);

void claim_close(struct claim *c);	/* also one that is not open */

#endif
