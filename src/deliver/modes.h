/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_MODES_H
#define CTAGG_DELIVER_MODES_H

#include "deliver/options.h"

/* Give up all privileges, then do what the command line asks for: deliver, or one of the things that
 * send nothing. Returns the exit status; errors have been said. */
int modes_run(const struct deliver_options *opts);

#endif
