/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_PICTURE_H
#define CTAGG_SCREEN_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* What the screen shows, in memory: lines of cells. A terminal, or a test, looks at it. */

/* How a cell looks. The terminal makes attributes and colours of it. */
enum look {
	LOOK_PLAIN,
	LOOK_HEADER,		/* about the window */
	LOOK_ALARM,		/* something is missing */
	LOOK_FLAG,		/* paused, back in time, the input has ended */
	LOOK_COLUMN,		/* the head of a column */
	LOOK_SORTED,		/* the head of the column that the rows are sorted by */
	LOOK_CHOSEN,		/* the chosen row */
	LOOK_QUIET,		/* a row that has no record in the window */
	LOOK_BAR,		/* a bar of the history */
	LOOK_BAR_ALARM,		/* that of an incomplete window */
	LOOK_KEY,		/* a key, in the line of keys */
	LOOK_N
};

/* A character, and up to CELL_CHARACTERS - 1 that combine with it; 0 behind the last one. A
 * character of two columns has a second cell, whose of[0] is 0. Only printable characters get into
 * a cell. */
#define CELL_CHARACTERS 4
struct cell {
	wchar_t of[CELL_CHARACTERS];
	uint8_t look;
};

/* height, width  in cells
 * cells          owned; line after line
 * cursor_line, cursor_column  where the cursor is shown; line -1: nowhere
 */
struct picture {
	int height, width;
	struct cell *cells;
	int cursor_line, cursor_column;
};

/* Make an empty picture of this size (both more than 0), in place of what there was: start from
 * one that is all 0. Returns 0, or -ENOMEM and the picture as it was. */
int picture_size(struct picture *p, int height, int width);
void picture_free(struct picture *p);

/* Cells of one line: where text goes. */
struct place {
	struct picture *picture;
	int line, column, width;
};

/* Write a text from the left end of the place, in at most its width. A text that has no room ends
 * with the mark of a cut; bytes that are no character of the locale, or none that can be seen,
 * become `?'. What lies outside of the picture is left out. Returns how many columns the text
 * has taken. */
int picture_put(struct place at, enum look look, const char *text);

/* The same, at the right end of the place. */
int picture_put_right(struct place at, enum look look, const char *text);

/* Give cells that have been written, and blanks, another look. */
void picture_look(struct place at, enum look look);

/* Write blanks. */
void picture_blank(struct place at, enum look look);

/* How many columns picture_put() takes for a text that has room. */
int picture_columns(const char *text);

#endif
