/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SNAPSHOT_H
#define CTAGG_PIPELINE_SNAPSHOT_H

#include "cli/options.h"

/* Read the connection table once and write its flows, or with opts->state the flows that have
 * changed since the snapshot in the state file. Errors are printed. Returns the exit status. */
int snapshot_run(const struct options *opts);

#endif
