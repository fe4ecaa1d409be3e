/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print/grid.h"
#include "print/head.h"
#include "print/key.h"
#include "print/rules.h"
#include "print/table.h"
#include "view/show.h"

/* The columns of a grid, by what they show: a field of the key by its number in key_columns[], the
 * host, or behind it a number by enum board_column. */
#define HOST KEY_COLUMNS
#define NUMBERS (HOST + 1)

static const char *const number_headings[BOARD_N_COLUMNS] = {
	[BOARD_BYTES] = "BYTES", [BOARD_PACKETS] = "PACKETS", [BOARD_STARTS] = "STARTS",
	[BOARD_ENDS] = "ENDS", [BOARD_DROPS] = "DROPS", [BOARD_LIVE] = "LIVE",
};

/* A row that stands for several: behind the rows that are shown. */
struct sum {
	char label[96];
	struct board_row row;
};

/* The rows of a window.
 *
 * shown  how many have a line of their own
 * other  which row of the board the `other' records are; -1: there are none
 * sums   what the others are together, what is in `other' records, and everything
 */
struct rows {
	struct printing *p;
	struct board *board;
	size_t n, shown;
	long other;
	struct sum sums[3];
	size_t n_sums;
};

static void add(struct board_row *to, const struct board_row *from)
{
	for (size_t i = 0; i < BOARD_N_COLUMNS; i++) {
		to->of[i] += from->of[i];	/* both are less than 2^63 */
		if (to->of[i] > INT64_MAX)
			to->of[i] = INT64_MAX;
	}
	to->known |= from->known;
	to->unknown |= from->unknown;
}

/* The i-th row of those that are not `other'. */
static void get(const struct rows *r, size_t i, struct board_row *row)
{
	board_row(r->board, i + (r->other >= 0 && i >= (size_t)r->other), row);
}

/* --- what stands in the grid -------------------------------------------------------------- */

static void number_text(char *to, size_t size, const struct board_row *row, enum board_column column)
{
	bool known = row->known >> column & 1, unknown = row->unknown >> column & 1;
	size_t len = known ? show_exact(to, size - 1, row->of[column]) : 0;

	if (unknown)
		snprintf(to + len, size - len, known ? "+" : "?");
}

static void name_text(const struct rows *r, char *to, size_t size, const struct board_row *row,
		      int column)
{
	size_t len;
	const char *host;

	if (column == HOST) {
		host = view_texts_get(r->p->texts, row->host, &len);
		show_text(to, size, host, len);
	} else if (!r->p->names ||
		   !names_of(r->p->names, to, size, &row->key, key_columns[column].field)) {
		key_text(to, size, &row->key, key_columns[column].field, r->p->texts);
	}
}

static void cell(void *arg, size_t i, int column, char *to, size_t size)
{
	const struct rows *r = arg;
	struct board_row row;

	if (i < r->shown)
		get(r, i, &row);
	else
		row = r->sums[i - r->shown].row;
	if (column >= NUMBERS)
		number_text(to, size, &row, column - NUMBERS);
	else
		name_text(r, to, size, &row, column);
}

static bool label(void *arg, size_t i, char *to, size_t size)
{
	const struct rows *r = arg;

	if (i < r->shown)
		return false;
	snprintf(to, size, "%s", r->sums[i - r->shown].label);
	return true;
}

/* --- rows and columns ----------------------------------------------------------------------- */

static struct board_row *add_sum(struct rows *r, const char *name)
{
	struct sum *s = &r->sums[r->n_sums++];

	memset(s, 0, sizeof(*s));
	snprintf(s->label, sizeof(s->label), "%s", name);
	return &s->row;
}

/* Find the `other' records, and how many rows have a line of their own. */
static void choose(struct rows *r)
{
	struct board_row row;
	size_t n;

	r->other = -1;
	for (size_t i = 0; i < r->n && r->other < 0; i++) {
		board_row(r->board, i, &row);
		if (row.other)
			r->other = (long)i;
	}
	n = r->n - (r->other >= 0);
	r->shown = n < r->p->o->top ? n : r->p->o->top;
}

/* As in `12 more': words on both sides of a number. */
static struct board_row *add_counted_sum(struct rows *r, const char *before, uint64_t n,
					 const char *after)
{
	char number[32], text[64];

	show_exact(number, sizeof(number), n);
	snprintf(text, sizeof(text), "%s%s%s", before, number, after);
	return add_sum(r, text);
}

static void sum_up(struct rows *r, const struct board_frame *frame)
{
	size_t n = r->n - (r->other >= 0);
	struct board_row row, total = { 0 }, *rest;

	for (size_t i = 0; i < r->n; i++) {
		board_row(r->board, i, &row);
		add(&total, &row);
	}
	if (n > r->shown) {
		rest = add_counted_sum(r, "", n - r->shown, " more");
		for (size_t i = r->shown; i < n; i++) {
			get(r, i, &row);
			add(rest, &row);
		}
	}
	if (r->other >= 0)
		board_row(r->board, r->other,
			  add_counted_sum(r, "other: ", frame->other_flows,
					  frame->other_flows == 1 ? " flow" : " flows"));
	*add_sum(r, "total") = total;
}

/* The columns that any row has something in. */
static void add_columns(struct grid *g, const struct rows *r)
{
	const struct board_row *total = &r->sums[r->n_sums - 1].row;
	struct board_row row;
	uint32_t has = 0;

	for (size_t i = 0; i < r->shown; i++) {
		get(r, i, &row);
		has |= row.key.has;
	}
	if (r->p->o->group == BOARD_HOST)
		grid_name(g, "HOST", HOST, false);
	for (int i = 0; i < KEY_COLUMNS; i++)
		if (has & key_columns[i].field)
			grid_name(g, key_columns[i].heading, i, key_columns[i].number);
	if (!g->n)
		grid_name(g, "", 0, false);
	for (int i = 0; i < BOARD_N_COLUMNS; i++)
		if ((total->known | total->unknown) >> i & 1)
			grid_number(g, number_headings[i], NUMBERS + i);
}

static void print_rows(struct rows *r, const struct board_frame *frame)
{
	struct grid *g = &r->p->grid;

	if (!r->n) {
		out_text(&r->p->out, flow_select_any(r->p->o->select) ? "no flow meets the conditions\n" : "no flows\n");
		return;
	}
	choose(r);
	sum_up(r, frame);
	*g = (struct grid){ .out = &r->p->out, .cell = cell, .label = label, .arg = r };
	g->rows = r->shown + r->n_sums;
	add_columns(g, r);
	grid_print(g);
}

static int print_board(struct printing *p, struct board *board, const struct view_window *w)
{
	struct board_query query = {
		.group = p->o->group, .sort = p->o->sort, .select = p->o->select,
	};
	struct board_frame frame;
	struct rows rows = { .p = p, .board = board };
	long n = board_ask(board, &query, &frame);

	if (n < 0)
		return (int)n;
	rows.n = n;
	if (p->windows > 1)
		out_text(&p->out, "\n");
	head_print(p, w, &frame);
	print_rows(&rows, &frame);
	return rules_print(p, w);
}

int table_window(struct printing *p, const struct view_window *w)
{
	struct board *board;
	int err = board_open(&board, SIZE_MAX);

	if (err)
		return err;
	err = board_add(board, w);
	if (!err)
		err = print_board(p, board, w);
	board_close(board);
	return err;
}
