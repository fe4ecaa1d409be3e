/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "screen/graph.h"
#include "view/character.h"

#define STEPS 8		/* of a bar within one line */

/* Bars of 1 to 8 eighths of a line. */
static const char *const blocks[STEPS] = {
	"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588",
};
static const char *const ascii[STEPS] = { ".", ":", "-", "=", "+", "*", "#", "@" };

/* The first of the windows that have room. */
static int first_of(int width)
{
	return width < BOARD_HISTORY ? BOARD_HISTORY - width : 0;
}

uint64_t graph_most(const struct shown *s, int width)
{
	uint64_t most = 0;

	for (int i = first_of(width); i < BOARD_HISTORY; i++)
		if (s->of[i] > most)
			most = s->of[i];
	return most;
}

/* How many steps high a bar of so many lines is: at least one, unless there is nothing. */
static int steps_of(uint64_t n, uint64_t most, int lines)
{
	int steps;

	if (!n || !most)
		return 0;
	steps = (int)((double)n / (double)most * lines * STEPS + 0.5);
	return steps < 1 ? 1 : steps > lines * STEPS ? lines * STEPS : steps;
}

/* Draw one bar upwards from its lowest line. */
static void draw_bar(struct place lowest, int lines, int steps, bool partial)
{
	enum look look = partial ? LOOK_BAR_ALARM : LOOK_BAR;
	const char *const *of = character_is_wide() ? blocks : ascii;

	if (!steps)
		picture_put(lowest, look, "_");
	for (int i = 0; i < lines && steps > 0; i++, lowest.line--, steps -= STEPS)
		picture_put(lowest, look, of[(steps > STEPS ? STEPS : steps) - 1]);
}

void graph_draw(struct place first, int height, const struct shown *s)
{
	int lines = height > 1 ? height - 1 : 1;
	uint64_t most = graph_most(s, first.width);

	for (int i = first_of(first.width), column = first.column; i < BOARD_HISTORY; i++, column++) {
		struct place lowest = { first.picture, first.line + lines - 1, column, 1 };

		if (!s->present[i])
			continue;
		draw_bar(lowest, lines, steps_of(s->of[i], most, lines), s->partial[i]);
		lowest.line++;
		if (height > 1 && s->partial[i])
			picture_put(lowest, LOOK_BAR_ALARM, "!");
	}
}
