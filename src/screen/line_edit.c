/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "screen/line_edit.h"

void line_edit_begin(struct line_edit *e, const char *text)
{
	e->len = e->at = 0;
	e->text[0] = '\0';
	while (*text)
		line_edit_put(e, (unsigned char)*text++);
}

bool line_edit_put(struct line_edit *e, unsigned int c)
{
	if (c < ' ' || c > '~' || e->len + 1 >= sizeof(e->text))
		return false;
	memmove(e->text + e->at + 1, e->text + e->at, e->len - e->at + 1);
	e->text[e->at++] = (char)c;
	e->len++;
	return true;
}

/* Take the characters from `from' to `to' away; the cursor stands where they stood. */
static void cut(struct line_edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->len - to + 1);
	e->len -= to - from;
	e->at = from;
}

/* Where the word in front of the cursor begins. */
static size_t word(const struct line_edit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text[at - 1] == ' ')
		at--;
	while (at > 0 && e->text[at - 1] != ' ')
		at--;
	return at;
}

void line_edit_key(struct line_edit *e, enum line_edit_key key)
{
	switch (key) {
	case LINE_LEFT:
		e->at -= e->at > 0;
		break;
	case LINE_RIGHT:
		e->at += e->at < e->len;
		break;
	case LINE_HOME:
		e->at = 0;
		break;
	case LINE_END:
		e->at = e->len;
		break;
	case LINE_BACKSPACE:
		if (e->at > 0)
			cut(e, e->at - 1, e->at);
		break;
	case LINE_DELETE:
		if (e->at < e->len)
			cut(e, e->at, e->at + 1);
		break;
	case LINE_KILL:
		cut(e, 0, e->len);
		break;
	case LINE_KILL_END:
		cut(e, e->at, e->len);
		break;
	case LINE_KILL_WORD:
		cut(e, word(e), e->at);
		break;
	}
}
