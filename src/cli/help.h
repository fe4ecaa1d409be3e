/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_HELP_H
#define CTAGG_CLI_HELP_H

#include "cli/row.h"

/* Print on standard output, for --help and --version. Return OPTIONS_DONE, or
 * OPTIONS_FAILED when not all could be written, which has been said then. */
option_take_fn take_help;
option_take_fn take_version;

#endif
