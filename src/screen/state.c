/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "screen/state.h"

void state_init(struct state *s, const struct screen_options *o, struct board *board,
		const struct view_texts *texts)
{
	memset(s, 0, sizeof(*s));
	s->board = board;
	s->select = o->select;
	snprintf(s->filter, sizeof(s->filter), "%s", o->filter ? o->filter : "");
	s->names = o->names;
	s->shown = (struct shown){
		.board = board, .texts = texts, .chosen = -1, .filter = s->filter,
		.port_names = o->names,
		.error = s->error.why,
		.query = {
			.level_ms = o->level_ms, .group = o->group, .sort = o->sort,
			.select = &s->select,
		},
	};
	s->stale = true;
}

void state_changed(struct state *s)
{
	memset(s->shown.widths, 0, sizeof(s->shown.widths));
	s->stale = true;
}

/* Which frame is to be shown: how far back. */
static size_t back(const struct state *s)
{
	uint64_t level = s->shown.query.level_ms;
	size_t frames = board_frames(s->board, level);
	size_t pinned = s->pinned ? board_back(s->board, level, s->pinned_slot) : 0;
	long wanted = (long)pinned + s->step;

	if (wanted < 0 || !frames)
		return 0;
	return (size_t)wanted < frames ? (size_t)wanted : frames - 1;
}

/* The chosen row is found again by its key; when it is gone, no row is chosen. */
static int ask_history(struct state *s)
{
	struct shown *shown = &s->shown;

	s->moved = false;
	shown->chosen = s->has_chosen ? board_find(s->board, &s->chosen) : -1;
	s->has_chosen = shown->chosen >= 0;
	return board_history(s->board, &shown->query, s->has_chosen ? &s->chosen : NULL, shown->of,
			     shown->present, shown->partial);
}

int state_ask(struct state *s)
{
	struct shown *shown = &s->shown;
	long n;

	if (!s->stale)
		return s->moved ? ask_history(s) : 0;
	shown->query.back = back(s);
	n = board_ask(s->board, &shown->query, &shown->frame);
	shown->n_rows = n < 0 ? 0 : n;
	if (n < 0)
		return n;
	shown->back = shown->query.back;
	if (s->step)
		s->pinned = shown->back || shown->paused;
	if (s->step)
		s->pinned_slot = shown->frame.slot_ns;
	s->step = 0;
	s->stale = false;
	return ask_history(s);
}
