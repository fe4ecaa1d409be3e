/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_CLAIM_H
#define CTAGG_ENABLE_CLAIM_H

#include <stdbool.h>

/* A file in /run/ctagg about one sysctl of one network namespace. It says which value the
 * sysctl had before the first ctagg switched it on, and its locks say which running ctaggs
 * still want it on.
 *
 * name      the cookie of the namespace (SO_NETNS_COOKIE, Linux 5.14: never given twice
 *           between two boots) or, on older kernels, its inode; then the sysctl
 * content   the boot id and the value before. After another boot the value is void
 * byte 0    write-locked (F_OFD_SETLK) by a ctagg while it reads or changes the file or the
 *           sysctl
 * byte 1    read-locked by each running ctagg that wants the sysctl on
 *
 * When a process dies the kernel releases its locks; and locks are seen by processes of all
 * process namespaces. Only the user that ctagg runs as, and root, may open the file, because whoever
 * can open it can lock it. */
struct claim {
	int fd;			/* -1: not open */
	char boot[40];		/* the id of this boot */
	char path[128];
};

#define CLAIM_DIRECTORY "/run/ctagg"
#define CLAIM_CLOSED { .fd = -1 }

enum claim_use {
	CLAIM_LOOK,	/* ask what is noted and wanted; the file need not be writable */
	CLAIM_CHANGE,	/* also note, want, remove */
	CLAIM_MAKE,	/* as CLAIM_CHANGE, and make the file if it is missing */
};

/* Open the claim to a sysctl in the network namespace of the calling thread, and lock it. Returns 0;
 * or -errno, and the claim is not open: -ENOENT there is no file, -EPERM there is something else in
 * its place, -EACCES the file is another user's, -ETIMEDOUT another process has held the lock for
 * five seconds. */
int claim_open(struct claim *c, const char *sysctl, enum claim_use use);

/* Lock an open claim again after claim_unlock(). Returns 0 or -errno: -ETIMEDOUT; -ESTALE
 * somebody has removed the file: then the claim is locked, but ctaggs that begin later do not
 * see the claim. */
int claim_lock(struct claim *c);
void claim_unlock(struct claim *c);

/* The value of the sysctl before the first ctagg switched it on; -ENOENT none is noted. */
int claim_before(const struct claim *c);

/* claim_note() notes the value before. claim_want() wants the sysctl on until the claim is
 * closed. Call both only while the claim is locked. Both return 0 or -errno. */
int claim_note(struct claim *c, int before);
int claim_want(struct claim *c);

/* Whether another ctagg wants the sysctl on. */
bool claim_wanted(const struct claim *c);

/* Call only while the claim is locked: remove the file, and then the directory if it is empty. */
void claim_remove(struct claim *c);

void claim_close(struct claim *c);	/* a claim that is not open is fine */

#endif
