/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "sink/record_parts.h"

/* ,"distinct_FIELD with _ in the place of each - */
static char *name(char *p, const char *field)
{
	p = TEXT(p, ",\"distinct_");
	for (; *field; field++)
		*p++ = *field == '-' ? '_' : *field;
	return p;
}

char *record_distinct(const struct record *r, char *p)
{
	if (!r->distinct)
		return p;
	p = TEXT(name(p, r->distinct), "\":");
	if (!r->values.known)
		return TEXT(p, "null");
	p = text_u64(p, r->values.n);
	if (!r->values.error)
		return p;
	p = TEXT(name(p, r->distinct), "_error\":");
	return text_u64(p, r->values.error);
}
