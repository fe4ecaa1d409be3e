/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_TABLE_H
#define CTAGG_REPORT_TABLE_H

#include "report/page.h"

/* A table of the largest rows of a group. */

enum report_column_kind {
	REPORT_NUMBER,
	REPORT_BYTES,
	REPORT_SHARE,	/* of the sum over all rows, with a bar */
};
struct report_table_column {
	const char *name;
	struct report_figure figure;
	enum report_column_kind kind;
};

/* id, title   of the section
 * caption     what the table shows
 * keys        heads of the columns that say which row it is; the first of them is the row's head
 * keyed       writes these: <th scope="row"> and <td>s
 * shown       whether the row is to be shown at all, NULL: all are
 */
struct report_table {
	enum report_group_id group;
	const char *id, *title, *caption;
	const char *const *keys;
	size_t n_keys;
	void (*keyed)(const struct report_page *p, const struct report_field *key);
	bool (*shown)(const struct report_counts *sums);
	const struct report_table_column *columns;
	size_t n_columns;
};

/* The section with its table. Returns 0 or -ENOMEM. */
int report_table_write(const struct report_page *p, const struct report_table *table);

/* The begin of a table, to its body; columns are numbers. */
void report_table_begin(const struct report_page *p, const struct report_table *table);
void report_table_end(const struct report_page *p);

/* The cells of a row. of: the sums over all rows, for shares. lacks: see report_group_lacks(), NULL:
 * nothing. */
void report_table_cells(const struct report_page *p, const struct report_table *table,
			const struct report_counts *sums, const struct report_counts *of,
			const struct report_counts *lacks);

#endif
