/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "view/sentence.h"

struct sentence sentence_begin(char *to, size_t size)
{
	if (size)
		to[0] = '\0';
	return (struct sentence){ to, size, 0 };
}

void sentence_add(struct sentence *s, const char *fmt, ...)
{
	va_list args;
	int n;

	if (!s->size)
		return;
	va_start(args, fmt);
	n = vsnprintf(s->to + s->len, s->size - s->len, fmt, args);
	va_end(args);
	if (n > 0)
		s->len = (size_t)n < s->size - s->len ? s->len + n : s->size - 1;
}
