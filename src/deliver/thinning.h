/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_THINNING_H
#define CTAGG_DELIVER_THINNING_H

#include "deliver/options.h"

/* --keep: remove the files of the archive that its rules do not keep. A series is the files of one
 * nominal length and host: each is thinned by itself. A file that has a `change` record stays, as
 * does what has no name of a window. With --dry-run nothing is removed, and the names of the files
 * that would be go to standard output. Returns the exit status; errors have been said. */
int thinning_run(const struct deliver_options *opts);

#endif
