/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/refusal.h"

int refuse(struct refusal *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, args);
	va_end(args);
	r->words = false;
	return -EINVAL;
}

int refuse_word(struct refusal *r, const char *item, const char *is_not)
{
	refuse(r, QUOTED " %s ", item, is_not);
	r->words = true;
	return -EINVAL;
}
