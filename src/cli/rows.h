/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_ROWS_H
#define CTAGG_CLI_ROWS_H

#include "cli/options.h"
#include "cli/row.h"

/* The command line of ctagg, which is read into a struct options. */
extern const struct option_program ctagg_program;

/* The headings of --help, in this order. */
enum option_group {
	GROUP_WINDOWS,
	GROUP_FLOWS,
	GROUP_SELECTION,
	GROUP_KERNEL,
	GROUP_MODES,
	GROUP_MESSAGES,
};

extern const struct option_row option_rows[];

#endif
