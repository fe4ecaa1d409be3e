/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_KEY_H
#define CTAGG_PRINT_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "view/flow.h"
#include "view/texts.h"

/* The fields of keys as columns, in the order of ctagg-record(5).
 *
 * name     the field's in records
 * heading  for people
 * number   it is aligned to the right
 */
struct key_column {
	enum view_field field;
	const char *name, *heading;
	bool number;
};

/* netns, which is a column of the window in CSV, is the last one, and has no name of its own there. */
#define KEY_NAMES 23
#define KEY_COLUMNS (KEY_NAMES + 1)
extern const struct key_column key_columns[KEY_COLUMNS];

/* A field of a key as records have it, in one line and harmless on a terminal (view/show.h); empty
 * when the key lacks the field, or its value is unknown. Returns how many bytes stand in `to'. */
size_t key_text(char *to, size_t size, const struct view_key *key, enum view_field field,
		const struct view_texts *texts);

#endif
