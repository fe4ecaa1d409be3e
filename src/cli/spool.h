/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_SPOOL_H
#define CTAGG_CLI_SPOOL_H

#include "cli/row.h"

/* The options of ctagg about spools; each writes the members of struct options that it is about. */

option_take_fn take_spool;	/* a directory, added to those given before */
option_take_fn take_spool_max;	/* SIZE[,AGE]; SIZE from the row's min on */

#endif
