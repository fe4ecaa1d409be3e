/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_CHECKING_H
#define CTAGG_PIPELINE_CHECKING_H

#include "cli/options.h"

/* Print what would keep data away, a line for each cause on standard output.
 * Returns the exit status. */
int checking_run(const struct options *opts);

#endif
