/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_JSON_FLAT_TEXT_H
#define CTAGG_JSON_FLAT_TEXT_H

#include <errno.h>

#include "json/flat.h"

/* The strings of a line; for flat.c. */

/* Say why the line is malformed. Returns -EBADMSG. */
static inline int flat_bad(struct flat *f, const char *why)
{
	f->why = why;
	return -EBADMSG;
}

/* Read a string from behind its first quote on, up to behind its last one. Returns 0, or -EBADMSG. */
int flat_read_string(struct flat *f, struct flat_text *text);

/* Whether two texts mean the same. */
bool flat_same_text(const struct flat_text *a, const struct flat_text *b);

#endif
