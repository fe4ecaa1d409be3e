/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_HEAD_H
#define CTAGG_PRINT_HEAD_H

#include "board/board.h"
#include "print/printing.h"
#include "view/window.h"

/* Print what a window is: its host and bounds, whether it is complete and what is missing; and which
 * flows the table is of. */
void head_print(struct printing *p, const struct view_window *w, const struct board_frame *frame);

#endif
