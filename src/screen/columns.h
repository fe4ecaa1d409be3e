/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_COLUMNS_H
#define CTAGG_SCREEN_COLUMNS_H

#include "screen/names.h"
#include "screen/picture.h"
#include "screen/shown.h"

/* Which columns of the table have room, and how wide they are. A width of 0: the column is left
 * out. Columns stand COLUMNS_GAP apart: texts at the left end of theirs, numbers at the right. */
#define COLUMNS_GAP 2
struct columns {
	int names[NAME_N];
	int numbers[BOARD_N_COLUMNS];
};

/* Choose columns for a line of this width and the n rows from s->first on. The column that the rows
 * are sorted by is always there. s->widths remembers how wide texts were. */
void columns_choose(struct columns *c, struct shown *s, int width, size_t n);

/* Write the heads of the columns, and a row. */
void columns_heads(struct place line, const struct columns *c, const struct shown *s);
void columns_row(struct place line, const struct columns *c, const struct shown *s,
		 const struct board_row *row, bool chosen);

/* The text of a number of a row, and of any number of that column: `12.3k', `-' when it is not
 * known, with `+' behind it when it is at least so much. per second where the column is a rate */
void columns_number(char *to, size_t size, const struct shown *s, enum board_column column,
		    uint64_t n);
/* So many in span_ns, which is not 0: how many a second, rounded down, at most 2^63 - 1. */
uint64_t columns_per_second(uint64_t n, uint64_t span_ns);
const char *columns_title(const struct shown *s, enum board_column column);

#endif
