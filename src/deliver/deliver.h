/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_DELIVER_H
#define CTAGG_DELIVER_DELIVER_H

#include "deliver/options.h"

/* Deliver the files of the spool. Returns the exit status; errors have been said. */
int deliver_run(const struct deliver_options *opts);

#endif
