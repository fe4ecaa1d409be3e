/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_HELP_H
#define CTAGG_CLI_HELP_H

#include "cli/row.h"

/* Print the text of --help, --schema or --version on standard output. Return OPTIONS_DONE; or
 * OPTIONS_FAILED, after a message, when not all could be written. */
option_take_fn take_help;
option_take_fn take_schema;
option_take_fn take_version;

#endif
