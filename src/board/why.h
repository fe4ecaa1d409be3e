/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_WHY_H
#define CTAGG_BOARD_WHY_H

#include <stdbool.h>
#include <stddef.h>

#include "board/board.h"

/* Whether something is missing in the numbers of a frame, as far as the frame knows. */
bool board_is_incomplete(const struct board_frame *f);

/* The status of a frame in words, with the reasons that its numbers give: `complete'; `partial:
 * 120 events lost, table full'; `no data: ...'. Ends the text with a NUL and cuts it at size.
 * Returns how many bytes it has. */
size_t board_why(char *to, size_t size, const struct board_frame *f);

#endif
