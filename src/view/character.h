/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_CHARACTER_H
#define CTAGG_VIEW_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* Characters as a terminal shows them. */

/* Whether the locale's characters are those of UTF-8: other locales show ASCII only. */
bool character_is_wide(void);

/* A character as it is shown: itself, or `?'.
 *
 * columns  how many it takes: 2 of East Asian ones; 0 when it combines with the one before
 */
struct character {
	wchar_t c;
	int columns;
};

/* The character that a text of len (> 0) bytes begins with. wide: of character_is_wide(). Returns
 * how many bytes it has in the text. */
size_t character_next(const char *text, size_t len, bool wide, struct character *out);

#endif
