/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_TOGETHER_H
#define CTAGG_DELIVER_TOGETHER_H

#include "cli/program.h"

/* Which options of ctagg-deliver do nothing together, and what a command line must have: a spool
 * and one destination. */
extern const struct option_pair deliver_pairs[];
option_together_fn deliver_together;

#endif
