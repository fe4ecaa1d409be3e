/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_NAMES_H
#define CTAGG_SCREEN_NAMES_H

#include "screen/shown.h"

/* The texts that name a row. All are harmless (view/show.h). */

/* The head of a column. */
const char *names_title(enum name_column column);

/* Whether rows of this group always have the column, and whether a row with this key has it. */
bool names_of_group(enum board_group group, enum name_column column);
bool names_of_key(const struct view_key *key, enum name_column column);

/* The text of a row in a column; `-' when the row has nothing there. Ends with a NUL and is cut at
 * size. */
void names_text(char *to, size_t size, const struct shown *s, const struct board_row *row,
		enum name_column column);

/* All of a row in one text, for the head of its history. */
void names_whole(char *to, size_t size, const struct shown *s, const struct board_row *row);

#endif
