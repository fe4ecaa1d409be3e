/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_ROWS_H
#define CTAGG_DELIVER_ROWS_H

#include "cli/row.h"
#include "deliver/options.h"

/* The headings of --help, in this order. */
enum deliver_group {
	GROUP_WAY,
	GROUP_DELIVERY,
	GROUP_LOOKING,
	GROUP_MESSAGES,
};

extern const struct option_row deliver_rows[];

/* Options with a syntax of their own; in options.c. */
option_take_fn take_command;	/* not empty: the words of the command line go into the member */
option_take_fn take_address;	/* HOST:PORT; into a const char *, which is lent */
option_take_fn take_ipfix;	/* HOST:PORT or tcp:HOST:PORT; the same */
option_take_fn take_keep;	/* rules of thinning */
option_take_fn take_limits;	/* AGE[,PENDING[,DEAD]]; into a struct status_limits */
option_take_fn take_retry;	/* a duration, or two: FIRST[,LONGEST] */

/* Print a text on standard output; in texts.c. */
option_take_fn take_deliver_help;
option_take_fn take_deliver_version;

#endif
