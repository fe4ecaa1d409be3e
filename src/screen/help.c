/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

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

/* Lines of help: a key and what it does. The most wanted ones stand first: what has no room is left
 * out. */
static const struct {
	const char *keys, *what;
} page[] = {
	{ "q", "quit; the program that writes into the pipe ends, too" },
	{ "?", "this help; any key leaves it" },
	{ "/", "filter: conditions as dst=10.0.0.0/8 port=443 proto=!udp" },
	{ "", "  Enter shows what meets all; an empty line shows everything; Esc: as before" },
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
};

#define KEYS_WIDTH 16

void help_page(struct picture *p)
{
	struct place at = { p, 0, 0, p->width };

	picture_look(at, LOOK_HEADER);
	picture_put(at, LOOK_HEADER, "ctagg-view: keys");
	for (size_t i = 0; i < sizeof(page) / sizeof(page[0]) && at.line + 1 < p->height; i++) {
		at.line++;
		picture_put((struct place){ p, at.line, 1, KEYS_WIDTH - 2 }, LOOK_KEY, page[i].keys);
		picture_put((struct place){ p, at.line, KEYS_WIDTH, p->width - KEYS_WIDTH }, LOOK_PLAIN,
			    page[i].what);
	}
}
