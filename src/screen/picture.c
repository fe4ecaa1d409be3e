/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "screen/picture.h"
#include "view/character.h"

int picture_size(struct picture *p, int height, int width)
{
	struct cell *cells = calloc((size_t)height * width, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	for (int i = 0; i < height * width; i++)
		cells[i].of[0] = L' ';
	free(p->cells);
	*p = (struct picture){ height, width, cells, -1, 0 };
	return 0;
}

void picture_free(struct picture *p)
{
	free(p->cells);
	*p = (struct picture){ 0 };
}

int picture_columns(const char *text)
{
	size_t len = strlen(text);
	bool wide = character_is_wide();
	int columns = 0;

	for (size_t i = 0; i < len;) {
		struct character c;

		i += character_next(text + i, len - i, wide, &c);
		columns += c.columns;
	}
	return columns;
}

/* The cell of a column of the place; NULL outside of the picture. */
static struct cell *cell(struct place at, int column)
{
	const struct picture *p = at.picture;

	column += at.column;
	if (at.line < 0 || at.line >= p->height || column < 0 || column >= p->width)
		return NULL;
	return &p->cells[at.line * p->width + column];
}

static void set(struct place at, int column, enum look look, struct character c)
{
	struct cell *first = cell(at, column), *second = cell(at, column + 1);

	if (!first)
		return;
	*first = (struct cell){ { c.c }, look };
	if (c.columns < 2)
		return;
	if (second)
		*second = (struct cell){ { 0 }, look };
	else
		first->of[0] = L' ';	/* there is no half of a character */
}

/* Add a character that combines to the one before it; one too many is left out. */
static void combine(struct place at, int column, wchar_t c)
{
	struct cell *before = cell(at, column);

	if (before && !before->of[0])
		before = cell(at, column - 1);
	if (!before)
		return;
	for (int i = 1; i < CELL_CHARACTERS; i++)
		if (!before->of[i]) {
			before->of[i] = c;
			return;
		}
}

int picture_put(struct place at, enum look look, const char *text)
{
	size_t len = strlen(text);
	bool wide = character_is_wide();
	int whole = picture_columns(text);
	int room = whole <= at.width ? at.width : at.width - 1;	/* the mark of a cut has one */
	int column = 0;

	for (size_t i = 0; i < len && at.width > 0;) {
		struct character c;

		i += character_next(text + i, len - i, wide, &c);
		if (column + c.columns > room)
			break;
		if (c.columns)
			set(at, column, look, c);
		else if (column)
			combine(at, column - 1, c.c);
		column += c.columns;
	}
	if (whole > at.width && at.width > 0)
		set(at, column++, look, (struct character){ wide ? L'\u2026' : L'~', 1 });
	return column;
}

int picture_put_right(struct place at, enum look look, const char *text)
{
	int free_columns = at.width - picture_columns(text);

	if (free_columns > 0) {
		at.column += free_columns;
		at.width -= free_columns;
	}
	return picture_put(at, look, text);
}

void picture_look(struct place at, enum look look)
{
	for (int column = 0; column < at.width; column++) {
		struct cell *c = cell(at, column);

		if (c)
			c->look = look;
	}
}

void picture_blank(struct place at, enum look look)
{
	for (int column = 0; column < at.width; column++)
		set(at, column, look, (struct character){ L' ', 1 });
}
