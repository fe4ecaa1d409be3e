/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_TOGETHER_H
#define CTAGG_CLI_TOGETHER_H

#include "cli/program.h"

/* Which options of ctagg do nothing together, and which values contradict each other. */
extern const struct option_pair options_pairs[];
option_together_fn options_together;

#endif
