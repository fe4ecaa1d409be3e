/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_FOLLOWED_H
#define CTAGG_SCREEN_FOLLOWED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "screen/file_id.h"

/* How far each file of a folder has been read. */

/* id       which file of this name
 * at       where the lines that have been read end
 * earlier  files of this name that were read before, and whose removal is not known yet
 */
struct followed_file {
	char *name;
	struct file_id id;
	off_t at;
	unsigned long earlier;
};

/* Sorted by name. Start from all 0. */
struct followed {
	struct followed_file *files;
	size_t n, size;
};
void followed_free(struct followed *f);

/* The file of this name, all 0 when it is new. Lent until the next call of followed_get() or
 * followed_forget(). NULL: there is no memory. */
struct followed_file *followed_get(struct followed *f, const char *name);

/* The file of this name, if there is one here; else NULL. */
struct followed_file *followed_find(const struct followed *f, const char *name);

/* There is no file of this name any more. Returns whether there was one here. */
bool followed_forget(struct followed *f, const char *name);

#endif
