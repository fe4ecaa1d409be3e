/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_LIST_H
#define CTAGG_CLI_LIST_H

#include <stdbool.h>

#include "cli/refusal.h"

/* Lists as people type them: items between commas, none of them empty. */

#define OPTIONS_ITEM_SIZE 128

/* Copy the first item of the list at *text, and move *text to the next item; to NULL after the
 * last item. Returns 0, or -EINVAL with the reason for an item that is empty or has no room in
 * the array; *text and item are then undefined. */
int options_item(const char **text, char item[OPTIONS_ITEM_SIZE], struct refusal *why);

/* Whether a list that selects begins with a `!'. *text moves behind the `!'. */
bool options_inverted(const char **text);

/* As options_item(), for a list that selects: an item that begins with a `!' is refused too. */
int options_selected(const char **text, char item[OPTIONS_ITEM_SIZE], struct refusal *why);

#endif
