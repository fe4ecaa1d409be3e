/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_FOLLOW_H
#define CTAGG_SCREEN_FOLLOW_H

#include <stddef.h>
#include <stdint.h>

/* Reads the files of a folder, and those that come there later, or what is added to them. */
struct follow;

/* path: a folder, whose files whose names do not begin with a dot are read; or one file, which can
 * also be replaced by another one of this name. Returns 0, or -errno. */
int follow_open(struct follow **out, const char *path);
void follow_close(struct follow *f);	/* NULL is fine */

/* Takes bytes that have been read, whole lines of one file. Returns 0, or -errno, which ends the
 * reading. */
typedef int follow_fn(void *arg, const char *bytes, size_t n);

/* Read what is there, in the order of the files' names, which is that of time in a spool; then what
 * comes, until stop_fd is readable. Returns 0, or -errno: -ENOENT when the folder is gone. */
int follow_run(struct follow *f, int stop_fd, follow_fn *fn, void *arg);

/* How many files were gone before they could be read, and how many could not be read. Another thread
 * may ask while follow_run() runs. */
uint64_t follow_gone(const struct follow *f);
uint64_t follow_unread(const struct follow *f);

#endif
