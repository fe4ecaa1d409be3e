/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_LIST_H
#define CTAGG_CLI_LIST_H

#include <stdbool.h>

/* Lists as people type them: items between commas, none of them empty. */

#define OPTIONS_ITEM_SIZE 128

/* Copy the first item of the list at *text, and move *text to the next item; to NULL after the
 * last item. Returns 0, or -EINVAL for an item that is empty or has no room in the array, with
 * *text and item undefined. */
int options_item(const char **text, char item[OPTIONS_ITEM_SIZE]);

/* Whether a list that selects begins with a `!'. *text moves behind the `!'. */
bool options_inverted(const char **text);

#endif
