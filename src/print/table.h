/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_TABLE_H
#define CTAGG_PRINT_TABLE_H

#include "print/printing.h"
#include "view/window.h"

/* Print a window for people: a head line, the rows, their total, and the rules of its records.
 * Returns 0 or -ENOMEM. */
int table_window(struct printing *p, const struct view_window *w);

#endif
