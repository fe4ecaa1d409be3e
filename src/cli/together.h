/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_TOGETHER_H
#define CTAGG_CLI_TOGETHER_H

#include <stdbool.h>

#include "cli/row.h"

/* Whether the options of a whole command line go together; given[i] says whether the option of
 * option_rows[i] is given. Settles what one option means beside another. Returns OPTIONS_RUN;
 * or OPTIONS_WRONG, after a message with the first reason why they do not go together. */
enum options_result options_together(struct options *opts, const bool given[OPTIONS_MAX_ROWS]);

#endif
