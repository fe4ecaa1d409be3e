/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_PIPELINE_H
#define CTAGG_PIPELINE_PIPELINE_H

#include "cli/options.h"

/* Do what the options ask for until it is done: sources into tables, closed
 * windows into lines. Errors are printed. Returns the exit status. */
int pipeline_run(const struct options *opts);

#endif
