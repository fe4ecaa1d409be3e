/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_RULES_H
#define CTAGG_PRINT_RULES_H

#include "print/printing.h"
#include "view/window.h"

/* Print what the rule records of a window say, those of the rules that dropped most; nothing when
 * there are none, when only some flows are shown, or when these are grouped otherwise. Returns 0 or
 * -ENOMEM. */
int rules_print(struct printing *p, const struct view_window *w);

#endif
