/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_COLUMNS_H
#define CTAGG_BOARD_COLUMNS_H

#include "board/board.h"
#include "board/packed.h"

/* The counters of which a column is the sum; returns how many. */
size_t board_column_counters(enum board_column column, enum board_way way,
			     enum board_counter counters[2]);

uint64_t board_column(const struct board_sums *sums, enum board_column column, enum board_way way);

/* Fill in all columns of a row, and which are known and unknown. */
void board_columns(struct board_row *row, const struct board_sums *sums, enum board_way way);

#endif
