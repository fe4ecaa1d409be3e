/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/list.h"

int options_item(const char **text, char item[OPTIONS_ITEM_SIZE], struct refusal *why)
{
	size_t len = strcspn(*text, ",");

	if (!len)
		return refuse(why, "an item of the list is empty");
	if (len >= OPTIONS_ITEM_SIZE)
		return refuse(why, QUOTED "... is longer than an item can be, %d characters", *text,
			      OPTIONS_ITEM_SIZE - 1);
	memcpy(item, *text, len);
	item[len] = '\0';
	*text = (*text)[len] ? *text + len + 1 : NULL;
	return 0;
}

bool options_inverted(const char **text)
{
	bool inverted = **text == '!';

	*text += inverted;
	return inverted;
}

int options_selected(const char **text, char item[OPTIONS_ITEM_SIZE], struct refusal *why)
{
	int err = options_item(text, item, why);

	if (!err && *item == '!')
		return refuse(why, QUOTED ": a ! stands once, before the whole list", item);
	return err;
}
