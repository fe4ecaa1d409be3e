/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEWER_TOGETHER_H
#define CTAGG_VIEWER_TOGETHER_H

#include "cli/program.h"

/* Which options of ctagg-view do nothing together. */
extern const struct option_pair viewer_pairs[];
option_together_fn viewer_together;

#endif
