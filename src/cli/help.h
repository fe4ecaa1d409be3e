/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_HELP_H
#define CTAGG_CLI_HELP_H

#include "cli/program.h"

/* Print the text of --help or --version on standard output. Return what help_end() does. */
enum options_result help_print(const struct option_program *p);
enum options_result help_version(const struct option_program *p);

/* A text has been printed on standard output. Returns OPTIONS_DONE; or OPTIONS_FAILED, after a
 * message, when not all could be written. */
enum options_result help_end(void);

#endif
