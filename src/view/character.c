/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <langinfo.h>
#include <stdint.h>
#include <string.h>

#include "json/unicode.h"
#include "view/character.h"

bool character_is_wide(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

size_t character_next(const char *text, size_t len, bool wide, struct character *out)
{
	uint32_t point = 0;
	size_t n = utf8_decode((const unsigned char *)text, len, &point);
	int columns = -1;

	if (n && (point < 0x7f || wide))
		columns = wcwidth((wchar_t)point);
	*out = columns < 0 ? (struct character){ L'?', 1 } :
			     (struct character){ (wchar_t)point, columns };
	return n ? n : 1;
}
