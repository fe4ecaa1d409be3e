/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "print/grid.h"
#include "view/character.h"

#define GAP 2
#define NAME_COLUMNS 48	/* a longer name is cut: one label shall not push the numbers off the page */

static void add(struct grid *g, const char *heading, int of, bool right)
{
	g->columns[g->n++] = (struct grid_column){ heading, of, (int)strlen(heading), right };
}

void grid_name(struct grid *g, const char *heading, int of, bool right)
{
	add(g, heading, of, right);
	g->n_names = g->n;
}

void grid_number(struct grid *g, const char *heading, int of)
{
	add(g, heading, of, true);
}

static int columns_of(const char *text, bool wide)
{
	size_t len = strlen(text);
	struct character c;
	int columns = 0;

	for (size_t i = 0; i < len; columns += c.columns)
		i += character_next(text + i, len - i, wide, &c);
	return columns;
}

/* Copy g->text to g->cut as the terminal shows it, with a ~ where it is longer than most. Returns how
 * many columns it takes. */
static int fit(struct grid *g, int most)
{
	size_t len = strlen(g->text), to = 0;
	bool wide = character_is_wide(), whole = columns_of(g->text, wide) <= most;
	int columns = 0, room = whole ? most : most - 1;
	struct character c;

	for (size_t i = 0, n; i < len; i += n, columns += c.columns) {
		n = character_next(g->text + i, len - i, wide, &c);
		if (columns + c.columns > room)
			break;
		memcpy(g->cut + to, c.c == L'?' ? "?" : g->text + i, c.c == L'?' ? 1 : n);
		to += c.c == L'?' ? 1 : n;
	}
	if (!whole)
		g->cut[to++] = '~';
	g->cut[to] = '\0';
	return columns + !whole;
}

/* The text of a cell is then in g->cut; returns how many columns it takes. */
static int cell(struct grid *g, size_t row, const struct grid_column *c)
{
	g->text[0] = '\0';
	g->cell(g->arg, row, c->of, g->text, sizeof(g->text));
	if (!g->text[0])
		strcpy(g->text, "-");
	return fit(g, c < g->columns + g->n_names ? NAME_COLUMNS : GRID_TEXT);
}

static bool has_label(struct grid *g, size_t row)
{
	return g->label && g->label(g->arg, row, g->text, sizeof(g->text));
}

/* How many columns all names take together. */
static int names_width(const struct grid *g)
{
	int width = 0;

	for (size_t i = 0; i < g->n_names; i++)
		width += g->columns[i].width + (i ? GAP : 0);
	return width;
}

static void measure(struct grid *g)
{
	int label = 0, names;

	for (size_t row = 0; row < g->rows; row++) {
		size_t first = 0;

		if (has_label(g, row)) {
			int width = fit(g, GRID_TEXT);

			label = width > label ? width : label;
			first = g->n_names;
		}
		for (size_t i = first; i < g->n; i++) {
			int width = cell(g, row, &g->columns[i]);

			if (width > g->columns[i].width)
				g->columns[i].width = width;
		}
	}
	names = names_width(g);
	if (g->n_names && label > names)
		g->columns[g->n_names - 1].width += label - names;
}

/* Write a text of so many columns into a column. No blanks stand at the end of a line. */
static void put(struct grid *g, size_t column, const char *text, int columns)
{
	const struct grid_column *c = &g->columns[column];

	if (c->right)
		out_times(g->out, ' ', c->width - columns);
	out_text(g->out, text);
	if (!c->right && column + 1 < g->n)
		out_times(g->out, ' ', c->width - columns);
	if (column + 1 < g->n)
		out_times(g->out, ' ', GAP);
}

static void put_headings(struct grid *g)
{
	for (size_t i = 0; i < g->n; i++)
		put(g, i, g->columns[i].heading, (int)strlen(g->columns[i].heading));
	out_text(g->out, "\n");
}

static void put_row(struct grid *g, size_t row)
{
	size_t first = 0;

	if (has_label(g, row)) {
		int width = fit(g, GRID_TEXT);

		out_text(g->out, g->cut);
		first = g->n_names;
		if (first < g->n)
			out_times(g->out, ' ', names_width(g) - width + (first ? GAP : 0));
	}
	for (size_t i = first; i < g->n; i++) {
		int width = cell(g, row, &g->columns[i]);

		put(g, i, g->cut, width);
	}
	out_text(g->out, "\n");
}

void grid_print(struct grid *g)
{
	measure(g);
	put_headings(g);
	for (size_t row = 0; row < g->rows; row++)
		put_row(g, row);
}
