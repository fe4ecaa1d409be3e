/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEWER_MODES_H
#define CTAGG_VIEWER_MODES_H

#include "viewer/options.h"

/* Do what the command line asks for. Returns the exit status. */
int modes_run(const struct viewer_options *opts);

#endif
