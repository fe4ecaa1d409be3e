/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_CSV_H
#define CTAGG_PRINT_CSV_H

#include "print/printing.h"

/* A line with the names of the columns. */
void csv_head(struct printing *p);

/* A line for each flow of a window that is selected; without any, one line of the type `window'. */
void csv_window(struct printing *p, const struct view_window *w);

#endif
