/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "screen/help.h"
#include "view/character.h"

#define GAP 2

struct hint {
	const char *key, *ascii, *what;	/* ascii: the key where the locale has no arrows */
	int group;			/* of the group that this key chooses; -1: of none */
};

static const struct hint hints[] = {
	{ "q", NULL, "quit", -1 },
	{ "?", NULL, "help", -1 },
	{ "/", NULL, "filter", -1 },
	{ "s", NULL, "sort", -1 },
	{ "space", NULL, "pause", -1 },
	{ "\u2190\u2192", "[ ]", "time", -1 },
	{ "f", NULL, "flows", BOARD_FLOWS },
	{ "x", NULL, "source", BOARD_SRC },
	{ "y", NULL, "destination", BOARD_DST },
	{ "p", NULL, "port", BOARD_PORT },
	{ "u", NULL, "rule", BOARD_RULE },
	{ "l", NULL, "label", BOARD_LABEL },
	{ "d", NULL, "direction", BOARD_DIRECTION },
	{ "h", NULL, "host", BOARD_HOST },
	{ "w", NULL, "way", -1 },
	{ "r", NULL, "reverse", -1 },
	{ "\u2191\u2193", "up/down", "row", -1 },
	{ "c", NULL, "sums", -1 },
	{ "t", NULL, "level", -1 },
	{ "n", NULL, "port names", -1 },
	{ "N", NULL, "names", -1 },
};

void help_line(struct place line, const struct shown *s)
{
	struct place at = line;

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const struct hint *h = &hints[i];
		const char *key = h->ascii && !character_is_wide() ? h->ascii : h->key;
		int columns = picture_columns(key) + 1 + picture_columns(h->what);

		if (columns > at.width)
			return;
		picture_put(at, LOOK_KEY, key);
		at.column += columns;
		at.width -= columns;
		picture_put((struct place){ at.picture, at.line, at.column - picture_columns(h->what),
					    picture_columns(h->what) },
			    h->group == (int)s->query.group ? LOOK_SORTED : LOOK_PLAIN, h->what);
		at.column += GAP;
		at.width -= GAP;
	}
}

/* A key and what it does. The most wanted ones stand first: on a small screen the others are on pages
 * of their own. */
static const struct {
	const char *keys, *what;
} page[] = {
	{ "q", "quit; the program that writes into the pipe ends, too" },
	{ "?", "this help" },
	{ "/", "filter: conditions as dst=10.0.0.0/8 port=443 proto=!udp" },
	{ "", "Enter shows what meets all; an empty line shows everything; Esc: as before" },
	{ "space", "pause, and go on: windows are still read" },
	{ "left right [ ]", "one window back in time, and forward" },
	{ "End", "the newest window" },
	{ "f", "one row a flow" },
	{ "x  y", "one row a source; a destination" },
	{ "p", "one row a protocol and destination port" },
	{ "u", "one row a rule that logs" },
	{ "l", "one row a pair of labels" },
	{ "d  h", "one row a direction; a host" },
	{ "s S < >", "sort by the next column; by the one before" },
	{ "r", "the smallest first, and back" },
	{ "w", "bytes and packets: of both ways, sent by the source, received by it" },
	{ "c", "bytes and packets: per second, or sums of the window" },
	{ "up down", "choose a row, whose history stands below; also PgUp, PgDn, Home" },
	{ "Esc", "choose none: the history of all rows together" },
	{ "t", "the next level: longer windows, where there are some" },
	{ "n", "names of ports, and numbers" },
	{ "N", "names of addresses, and numbers; they are looked up in the background" },
	{ "Ctrl-L", "draw the screen anew" },
	{ "", "" },
	{ "!", "in the history: something is missing in this window" },
	{ "-  5+", "not known; at least 5" },
	{ "other", "in the table: flows that ctagg itself did not keep apart" },
};
#define N_ENTRIES (sizeof(page) / sizeof(page[0]))

#define KEYS_WIDTH 16

/* How many characters of an ASCII text have room in one line, which ends with a word. */
static int fitting(const char *text, int width)
{
	int n = (int)strlen(text), end = width;

	if (n <= width)
		return n;
	while (end > 0 && text[end] != ' ')
		end--;
	return end > 0 ? end : width;
}

/* How many lines an entry takes. */
static int lines_of(const char *what, int width)
{
	int lines = 1;

	for (what += fitting(what, width); *what; lines++) {
		what += strspn(what, " ");
		what += fitting(what, width);
	}
	return lines;
}

static void put_entry(struct place at, size_t number)
{
	const char *what = page[number].what;
	struct place text = { at.picture, at.line, KEYS_WIDTH, at.picture->width - KEYS_WIDTH };
	char part[128];

	picture_put((struct place){ at.picture, at.line, 1, KEYS_WIDTH - 2 }, LOOK_KEY, page[number].keys);
	for (int n; *what; what += strspn(what, " ")) {
		n = fitting(what, text.width);
		snprintf(part, sizeof(part), "%.*s", n, what);
		picture_put(text, LOOK_PLAIN, part);
		what += n;
		text.line++;
	}
}

size_t help_page(struct picture *p, size_t from)
{
	struct place at = { p, 0, 0, p->width };
	size_t i = from;
	int lines;

	picture_look(at, LOOK_HEADER);
	at.line++;
	for (; i < N_ENTRIES; i++) {
		lines = lines_of(page[i].what, p->width - KEYS_WIDTH);
		if (at.line + lines > p->height && i > from)
			break;
		put_entry(at, i);
		at.line += lines;
	}
	at.line = 0;
	picture_put(at, LOOK_HEADER, i < N_ENTRIES ? "keys (any key: more; Esc: back)" :
						    "keys (any key leaves this help)");
	return i < N_ENTRIES ? i : 0;
}
