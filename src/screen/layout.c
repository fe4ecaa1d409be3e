/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "screen/columns.h"
#include "screen/graph.h"
#include "screen/header.h"
#include "screen/help.h"
#include "screen/layout.h"
#include "view/sentence.h"

#define TEXT_SIZE 1024

/* How the lines of a picture are shared: at most, and the rest is rows. */
struct share {
	int header, title, graph, keys;
};

static struct share share_of(int height)
{
	struct share s = { 1, 0, 1, 1 };

	if (height >= 8)
		s.header = 2;
	if (height >= 10)
		s.title = 1;
	if (height >= 14)
		s.header = 4;
	if (height >= 20)
		s.graph = 3;
	if (height >= 30)
		s.graph = 5;
	if (height >= 24)
		s.header = 6;
	return s;
}

/* Which column the history is of, and of what: `bytes/s of 10.0.0.1 > 192.0.2.1:443, at most 1.2M'.
 */
static void put_title(struct place line, const struct shown *s, int graph_width)
{
	char text[TEXT_SIZE], part[TEXT_SIZE] = "all rows";
	struct sentence title = SENTENCE(text);
	struct board_row row;

	if (s->chosen >= 0) {
		board_row(s->board, s->chosen, &row);
		names_whole(part, sizeof(part), s, &row);
	}
	sentence_add(&title, "%s of %s: ", columns_title(s, s->query.sort), part);
	columns_number(part, sizeof(part), s, s->query.sort, graph_most(s, graph_width));
	sentence_add(&title, "at most %s in the last %d windows", part, BOARD_HISTORY);
	picture_put(line, LOOK_PLAIN, text);
}

/* Have the chosen row among those that are shown, and no empty lines behind the last row. */
static void scroll(struct shown *s, int lines)
{
	size_t page = lines;

	s->page = page;
	if (s->chosen >= 0 && (size_t)s->chosen < s->first)
		s->first = s->chosen;
	if (s->chosen >= 0 && (size_t)s->chosen >= s->first + page)
		s->first = s->chosen - page + 1;
	if (s->first + page > s->n_rows)
		s->first = s->n_rows > page ? s->n_rows - page : 0;
}

static void put_rows(struct place at, int lines, struct shown *s)
{
	struct columns columns;
	struct board_row row;
	size_t n;

	scroll(s, lines);
	n = s->n_rows - s->first < (size_t)lines ? s->n_rows - s->first : (size_t)lines;
	columns_choose(&columns, s, at.width, n);
	columns_heads(at, &columns, s);
	for (size_t i = 0; i < n; i++) {
		at.line++;
		board_row(s->board, s->first + i, &row);
		columns_row(at, &columns, s, &row, s->chosen == (long)(s->first + i));
	}
}

/* The filter that is being typed; what is left of its cursor stays in view. */
static void put_edit(struct place line, const struct line_edit *edit)
{
	static const char prompt[] = "filter: ";
	int room = line.width - (int)strlen(prompt) - 1;
	size_t from = edit->at > (size_t)room ? edit->at - room : 0;

	picture_put(line, LOOK_KEY, prompt);
	line.column += strlen(prompt);
	line.width -= strlen(prompt);
	picture_put(line, LOOK_PLAIN, edit->text + from);
	line.picture->cursor_line = line.line;
	line.picture->cursor_column = line.column + (int)(edit->at - from);
}

static void put_bottom(struct place line, const struct shown *s)
{
	struct place above = line;

	if (!s->edit) {
		help_line(line, s);
		return;
	}
	put_edit(line, s->edit);
	if (!s->error || !*s->error)
		return;
	above.line--;
	picture_blank(above, LOOK_ALARM);
	picture_put(above, LOOK_ALARM, s->error);
}

static void put_small(struct picture *p)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "too small: %dx%d is needed", LAYOUT_LEAST_WIDTH,
		 LAYOUT_LEAST_HEIGHT);
	picture_put((struct place){ p, 0, 0, p->width }, LOOK_PLAIN, text);
}

void layout(struct picture *p, struct shown *s)
{
	struct share share = share_of(p->height);
	struct place at = { p, 0, 0, p->width };
	int lines;

	if (p->height < LAYOUT_LEAST_HEIGHT || p->width < LAYOUT_LEAST_WIDTH) {
		put_small(p);
		return;
	}
	if (s->help) {
		s->help_next = help_page(p, s->help_from);
		return;
	}
	at.line = header_put(at, share.header, s);
	lines = p->height - at.line - 1 - share.title - share.graph - share.keys;
	put_rows(at, lines, s);
	at.line += 1 + lines;
	if (share.title)
		put_title(at, s, p->width);
	at.line += share.title;
	graph_draw(at, share.graph, s);
	at.line += share.graph;
	put_bottom(at, s);
}
