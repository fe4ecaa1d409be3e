/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "deliver/syslog.h"

/* The value of a string member, and its length; NULL when the line has no such member. Quotes
 * within strings are escaped in JSON, so that `"name":"' begins a member wherever it stands. */
static const char *member(const char *line, size_t n, const char *begin, size_t *len)
{
	const char *value = memmem(line, n, begin, strlen(begin)), *end;

	if (!value)
		return NULL;
	value += strlen(begin);
	end = memchr(value, '"', line + n - value);
	if (!end || end == value)
		return NULL;
	*len = end - value;
	return value;
}

/* Add a member and a space: at most max bytes of it, those of PRINTUSASCII in RFC 5424 as they
 * are. A backslash begins an escape of JSON: what it stands for is no such byte. */
static char *add(char *p, const char *line, size_t n, const char *begin, size_t max)
{
	size_t len = 0;
	const char *value = member(line, n, begin, &len);

	if (!value)
		*p++ = '-';
	for (size_t i = 0; i < len && i < max; i++)
		*p++ = value[i] > ' ' && value[i] <= '~' && value[i] != '\\' ? value[i] : '_';
	*p++ = ' ';
	return p;
}

static char *add_text(char *p, const char *text)
{
	return mempcpy(p, text, strlen(text));
}

size_t syslog_header(char out[SYSLOG_HEADER_MAX], const char *line, size_t n)
{
	char *p = add_text(out, "<30>1 ");

	p = add(p, line, n, "\"window_end\":\"", 32);
	p = add(p, line, n, "\"host\":\"", 255);
	p = add_text(p, "ctagg ");
	p = add(p, line, n, "\"run\":\"", 128);
	p = add(p, line, n, "\"type\":\"", 32);
	p = add_text(p, "- ");
	return p - out;
}
