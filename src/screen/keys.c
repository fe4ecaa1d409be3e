/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "screen/state.h"
#include "screen/terminal.h"
#include "view/filter.h"

#define CTRL(letter) ((letter) & 0x1f)
#define LEVELS_MAX 16

/* --- the filter ---------------------------------------------------------------- */

/* Show what meets the conditions that were typed; or say why they are refused, and the old ones
 * stay. */
static void apply_filter(struct state *s)
{
	static struct flow_select select;

	if (view_filter_parse(&select, s->edit.text, &s->error))
		return;
	s->select = select;
	snprintf(s->filter, sizeof(s->filter), "%s", s->edit.text);
	s->editing = false;
	state_changed(s);
}

static void edit_filter(struct state *s, unsigned int key)
{
	static const struct {
		unsigned int key;
		enum line_edit_key does;
	} keys[] = {
		{ KEY_OF_LEFT, LINE_LEFT },	  { KEY_OF_RIGHT, LINE_RIGHT },
		{ KEY_OF_HOME, LINE_HOME },	  { KEY_OF_END, LINE_END },
		{ CTRL('A'), LINE_HOME },	  { CTRL('E'), LINE_END },
		{ KEY_OF_BACKSPACE, LINE_BACKSPACE }, { KEY_OF_DELETE, LINE_DELETE },
		{ CTRL('U'), LINE_KILL },	  { CTRL('K'), LINE_KILL_END },
		{ CTRL('W'), LINE_KILL_WORD },
	};

	s->error.why[0] = '\0';
	if (key == KEY_OF_ENTER) {
		apply_filter(s);
		return;
	}
	if (key == KEY_OF_ESCAPE) {
		s->editing = false;
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (key == keys[i].key) {
			line_edit_key(&s->edit, keys[i].does);
			return;
		}
	line_edit_put(&s->edit, key);
}

static void begin_filter(struct state *s)
{
	line_edit_begin(&s->edit, s->filter);
	s->error.why[0] = '\0';
	s->editing = true;
}

/* --- rows ---------------------------------------------------------------------- */

/* Choose the row so many rows on; the first one, when none was chosen. */
static void choose(struct state *s, long on)
{
	struct shown *shown = &s->shown;
	long row;

	if (state_ask(s) || !shown->n_rows)
		return;
	row = shown->chosen < 0 ? (long)shown->first : shown->chosen + on;
	if (row < 0)
		row = 0;
	if ((size_t)row >= shown->n_rows)
		row = shown->n_rows - 1;
	board_row(s->board, row, &s->chosen);
	s->has_chosen = s->moved = true;
}

static void set_group(struct state *s, enum board_group group)
{
	s->shown.query.group = group;
	s->shown.first = 0;
	s->has_chosen = false;
	state_changed(s);
}

static void set_sort(struct state *s, int step)
{
	struct board_query *q = &s->shown.query;

	q->sort = (q->sort + step + BOARD_N_COLUMNS) % BOARD_N_COLUMNS;
	s->stale = true;
}

/* --- time ---------------------------------------------------------------------- */

static void pause_or_go_on(struct state *s)
{
	if (state_ask(s) || !s->shown.frame.level_ms)
		return;
	s->shown.paused = !s->shown.paused;
	s->pinned = s->shown.paused;
	s->pinned_slot = s->shown.frame.slot_ns;
	s->stale = true;
}

static void go(struct state *s, long step)
{
	if (state_ask(s) || !s->shown.frame.level_ms)
		return;
	if (!s->pinned)
		s->pinned_slot = s->shown.frame.slot_ns;
	s->pinned = true;
	s->step = step;
	s->stale = true;
}

static void go_to_end(struct state *s)
{
	s->pinned = s->shown.paused = false;
	s->stale = true;
}

/* Show the windows of the next level; behind the longest one comes the shortest. */
static void next_level(struct state *s)
{
	uint64_t levels[LEVELS_MAX];
	size_t n = board_levels(s->board, levels, LEVELS_MAX), i = 0;

	if (!n)
		return;
	while (i < n && levels[i] != s->shown.frame.level_ms)
		i++;
	s->shown.query.level_ms = levels[i + 1 < n ? i + 1 : 0];
	state_changed(s);
}

/* --- keys ---------------------------------------------------------------------- */

static void toggle(struct state *s, bool *what)
{
	*what = !*what;
	state_changed(s);
}

/* Keys that choose a grouping. Returns whether the key is one. */
static bool group_key(struct state *s, unsigned int key)
{
	static const char keys[BOARD_N_GROUPS + 1] = {
		[BOARD_FLOWS] = 'f', [BOARD_SRC] = 'x', [BOARD_DST] = 'y', [BOARD_PORT] = 'p',
		[BOARD_RULE] = 'u', [BOARD_LABEL] = 'l', [BOARD_DIRECTION] = 'd', [BOARD_HOST] = 'h',
	};
	const char *found = key && key < 0x7f ? strchr(keys, (int)key) : NULL;

	if (found)
		set_group(s, found - keys);
	return found;
}

/* Keys that go from row to row. Returns whether the key is one. */
static bool row_key(struct state *s, unsigned int key)
{
	long page = s->shown.page ? s->shown.page : 1;

	switch (key) {
	case KEY_OF_UP:
		choose(s, -1);
		return true;
	case KEY_OF_DOWN:
		choose(s, 1);
		return true;
	case KEY_OF_PAGE_UP:
		choose(s, -page);
		return true;
	case KEY_OF_PAGE_DOWN:
		choose(s, page);
		return true;
	case KEY_OF_HOME:
		s->shown.first = 0;
		choose(s, -(long)s->shown.n_rows);
		return true;
	case KEY_OF_ESCAPE:
		s->has_chosen = false;
		s->moved = true;
		s->shown.first = 0;
		return true;
	default:
		return false;
	}
}

/* Keys that say what of a row is shown. Returns whether the key is one. */
static bool column_key(struct state *s, unsigned int key)
{
	struct board_query *q = &s->shown.query;

	switch (key) {
	case 's':
	case '>':
		set_sort(s, 1);
		return true;
	case 'S':
	case '<':
		set_sort(s, -1);
		return true;
	case 'r':
		toggle(s, &q->reverse);
		return true;
	case 'w':
		q->way = (q->way + 1) % BOARD_N_WAYS;
		s->stale = true;
		return true;
	case 'c':
		toggle(s, &s->shown.totals);
		return true;
	case 'n':
		toggle(s, &s->shown.port_names);
		return true;
	case 'N':
		toggle(s, &s->names);
		return true;
	default:
		return false;
	}
}

static void other_key(struct state *s, unsigned int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		s->quit = true;
		break;
	case '?':
		s->shown.help = true;
		s->shown.help_from = 0;
		break;
	case '/':
		begin_filter(s);
		break;
	case ' ':
		pause_or_go_on(s);
		break;
	case KEY_OF_LEFT:
	case '[':
		go(s, 1);
		break;
	case KEY_OF_RIGHT:
	case ']':
		go(s, -1);
		break;
	case KEY_OF_END:
		go_to_end(s);
		break;
	case 't':
		next_level(s);
		break;
	default:
		break;
	}
}

/* The next page of help, or back to the table. */
static void turn_page(struct state *s, unsigned int key)
{
	s->shown.help_from = s->shown.help_next;
	s->shown.help = s->shown.help_from && key != KEY_OF_ESCAPE;
}

void state_key(struct state *s, unsigned int key)
{
	if (key == CTRL('L'))
		s->redraw = true;
	else if (s->shown.help)
		turn_page(s, key);
	else if (s->editing)
		edit_filter(s, key);
	else if (!group_key(s, key) && !row_key(s, key) && !column_key(s, key))
		other_key(s, key);
	s->shown.edit = s->editing ? &s->edit : NULL;
}
