/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_LINE_EDIT_H
#define CTAGG_SCREEN_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* A line of text that is being typed: ASCII, as conditions of a selection are.
 *
 * at   where the next character goes, 0 to len
 */
#define LINE_EDIT_MAX 1024
struct line_edit {
	char text[LINE_EDIT_MAX];
	size_t len, at;
};

/* Begin with a text, cut when it is too long, and the cursor behind it. */
void line_edit_begin(struct line_edit *e, const char *text);

/* Put a character in front of the cursor. One that is not printable ASCII, or that has no room, is
 * left out. Returns whether it was put there. */
bool line_edit_put(struct line_edit *e, unsigned int c);

/* What the keys of a line do. A move beyond an end does nothing. */
enum line_edit_key {
	LINE_LEFT,
	LINE_RIGHT,
	LINE_HOME,
	LINE_END,
	LINE_BACKSPACE,		/* the character in front of the cursor goes */
	LINE_DELETE,		/* that at the cursor */
	LINE_KILL,		/* all of the line */
	LINE_KILL_END,		/* all behind the cursor */
	LINE_KILL_WORD,		/* the word in front of the cursor, and the blanks behind it */
};
void line_edit_key(struct line_edit *e, enum line_edit_key key);

#endif
