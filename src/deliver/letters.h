/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_LETTERS_H
#define CTAGG_DELIVER_LETTERS_H

#include <stdint.h>

#include "spool/dir.h"

/* What becomes of a file of new/ that is not sent any more. All return 0 or -errno. */

/* It was taken: remove it. */
int letters_remove(const struct spool_dir *d, const char *name);

/* It was taken: move it to another directory, also of another file system, by way of a copy there
 * whose name begins with a `.'. A file that has this name there already is replaced: it is what was
 * left by an attempt of which the answer was lost. */
int letters_archive(const struct spool_dir *d, const char *name, int archive);

/* It is given up: move it to dead/, with NAME.why beside it. */
struct letters_why {
	uint64_t attempts, time_ns;
	const char *answer;	/* the last one */
};
int letters_bury(const struct spool_dir *d, const char *name, const struct letters_why *why);

#endif
