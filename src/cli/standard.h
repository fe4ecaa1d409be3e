/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_STANDARD_H
#define CTAGG_CLI_STANDARD_H

#include "cli/program.h"

/* Open /dev/null for reading wherever the caller has closed standard input, standard output or
 * standard error; a program calls this function before it opens anything. Exits with status 1 when
 * this is impossible. */
void standard_descriptors(void);

/* The exit status of a program whose command line has come to this result, which is not
 * OPTIONS_RUN. */
int standard_status(enum options_result result);

#endif
