/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SNAPSHOT_H
#define CTAGG_PIPELINE_SNAPSHOT_H

#include "cli/options.h"

/* Read the connection table once, write what is in it, or with opts->state what has
 * changed since the last time, and be done. Errors are printed. Returns the exit
 * status. */
int snapshot_run(const struct options *opts);

#endif
