/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/list.h"

int options_item(const char **text, char item[OPTIONS_ITEM_SIZE])
{
	size_t len = strcspn(*text, ",");

	if (!len || len >= OPTIONS_ITEM_SIZE)
		return -EINVAL;
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
