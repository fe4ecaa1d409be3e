/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SNAPSHOT_H
#define CTAGG_PIPELINE_SNAPSHOT_H

#include "cli/options.h"

/* Read the connection table once and write its flows; with opts->state, write instead the flows
 * that have changed since the snapshot that the state file holds, then save this snapshot there.
 * Errors are printed. Returns the exit status. */
int snapshot_run(const struct options *opts);

#endif
