/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_TEXTS_H
#define CTAGG_CLI_TEXTS_H

#include "cli/row.h"

/* Options of ctagg that print a text on standard output: --help, --schema, --version. They return
 * what help_end() does. */
option_take_fn take_help;
option_take_fn take_schema;
option_take_fn take_version;

#endif
