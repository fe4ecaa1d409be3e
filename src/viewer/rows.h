/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEWER_ROWS_H
#define CTAGG_VIEWER_ROWS_H

#include "cli/row.h"
#include "viewer/options.h"

/* The headings of --help, in this order. */
enum viewer_group {
	GROUP_MODES,
	GROUP_ROWS,
	GROUP_SELECTION,
	GROUP_MESSAGES,
};

extern const struct option_row viewer_rows[];

/* Print a text on standard output; in texts.c. */
option_take_fn take_viewer_help;
option_take_fn take_viewer_version;

#endif
