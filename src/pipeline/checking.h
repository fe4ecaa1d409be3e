/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_CHECKING_H
#define CTAGG_PIPELINE_CHECKING_H

#include "cli/options.h"

/* --check: print each cause that would keep data away from a run with these options, one a line,
 * on standard output. Returns the exit status. */
int checking_run(const struct options *opts);

#endif
