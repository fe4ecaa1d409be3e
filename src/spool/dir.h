/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SPOOL_DIR_H
#define CTAGG_SPOOL_DIR_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* A spool: the directory DIR with its parts new/, tmp/ and dead/ (ctagg-spool(5)). Two users may
 * write there, so no path is looked up twice: every file is reached from the descriptors here, by
 * a name without a slash, and never through a symbolic link. */

/* Mode of files in a spool, and of its directories. */
#define SPOOL_FILE_MODE 0640
#define SPOOL_DIR_MODE 02770

/* path  as it was given; lent
 * top, new, tmp, dead  descriptors of DIR and of its parts; -1: not open
 * failed  after an error: the part that could not be opened, "" for DIR itself; static
 */
struct spool_dir {
	const char *path;
	int top, new, tmp, dead;
	const char *failed;
};

/* Open a spool. make: DIR and its parts are made where they are missing, with SPOOL_DIR_MODE and
 * the group `ctagg' (where there is such a group, and this process may give it away); parents are
 * not made, and directories that are there stay as they are. Returns 0, or -errno with nothing left
 * open and d->failed: -ENOENT it is missing, -ELOOP or -ENOTDIR it is a symbolic link or a file,
 * -EACCES this process may not make files in it once it ignores no modes (CAP_DAC_OVERRIDE). */
int spool_dir_open(struct spool_dir *d, const char *path, bool make);

/* Fine after a failed open, too. */
void spool_dir_close(struct spool_dir *d);

/* Make a new file for writing and reading in dirfd, with SPOOL_FILE_MODE, and lock it (LOCK_EX of
 * flock(2)) before anybody else could. Returns a descriptor or -errno: -EEXIST. */
int spool_create(int dirfd, const char *name);

/* Open a regular file of dirfd for reading. Returns a descriptor or -errno: -ELOOP a symbolic
 * link, -EINVAL another kind of file. */
int spool_open(int dirfd, const char *name);

/* Whether the name is still that of the open file. Its status (fstat(2)) in *st, unless NULL. */
bool spool_is_named(int dirfd, const char *name, int fd, struct stat *st);

#endif
