/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_GRID_H
#define CTAGG_PRINT_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "print/out.h"

/* A table for people: columns as wide as their texts, names to the left, numbers to the right. */

#define GRID_COLUMNS 32
#define GRID_TEXT 1024		/* a text is longer: it is cut */

/* The text of a row in a column: any harmless text (view/show.h); an empty one becomes `-'. */
typedef void grid_cell_fn(void *arg, size_t row, int column, char *to, size_t size);

/* What stands in place of all names of a row; returns false for a row that has names. */
typedef bool grid_label_fn(void *arg, size_t row, char *to, size_t size);

/* of  what the caller calls the column */
struct grid_column {
	const char *heading;
	int of, width;
	bool right;
};

/* Set out, cell, label, arg and rows; the rest is all 0. label NULL: no row has one. */
struct grid {
	struct out *out;
	grid_cell_fn *cell;
	grid_label_fn *label;
	void *arg;
	size_t rows;
	struct grid_column columns[GRID_COLUMNS];
	size_t n, n_names;
	char text[GRID_TEXT], cut[GRID_TEXT];
};

/* Add a column: of names as long as no column of numbers has been added. heading is lent. */
void grid_name(struct grid *g, const char *heading, int of, bool right);
void grid_number(struct grid *g, const char *heading, int of);

/* Print the headings and all rows. */
void grid_print(struct grid *g);

#endif
