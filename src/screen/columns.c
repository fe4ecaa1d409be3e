/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "screen/columns.h"
#include "view/character.h"
#include "view/sentence.h"
#include "view/show.h"

#define TEXT_SIZE 1024
#define NS_PER_S 1e9
#define NUMBER_WIDTH 6		/* show_count() and a mark */

/* A step in giving a line its columns: the column gets its texts' width, but at most `most'. Steps
 * are taken in this order as long as there is room; a column can be made wider by a later one. */
struct step {
	bool number;
	int column;		/* enum name_column or enum board_column */
	int most;
};

/* 21: an address of IPv4 and a port. */
static const struct step steps[] = {
	{ true, BOARD_BYTES, NUMBER_WIDTH },
	{ false, NAME_PROTO, 5 },
	{ true, BOARD_PACKETS, NUMBER_WIDTH },
	{ true, BOARD_DROPS, NUMBER_WIDTH },
	{ false, NAME_DST, 48 },
	{ false, NAME_SRC, 48 },
	{ true, BOARD_STARTS, NUMBER_WIDTH },
	{ true, BOARD_ENDS, NUMBER_WIDTH },
	{ false, NAME_DIRECTION, 7 },
	{ true, BOARD_LIVE, NUMBER_WIDTH },
	{ false, NAME_PREFIX, 16 },
	{ false, NAME_DST_LABEL, 20 },
	{ false, NAME_SRC_LABEL, 20 },
	{ false, NAME_RULE, 24 },
	{ false, NAME_DROP_REASON, 20 },
	{ false, NAME_NETNS, 20 },
	{ false, NAME_MARK, 16 },
	{ false, NAME_ZONE, 5 },
	{ false, NAME_DEVICES, 20 },
	{ false, NAME_NAT, 60 },
	{ false, NAME_COMMENT, 30 },
	{ false, NAME_HOST, TEXT_SIZE },
	{ false, NAME_PREFIX, TEXT_SIZE },
	{ false, NAME_DST_LABEL, TEXT_SIZE },
	{ false, NAME_SRC_LABEL, TEXT_SIZE },
	{ false, NAME_DST, TEXT_SIZE },
	{ false, NAME_SRC, TEXT_SIZE },
	{ false, NAME_RULE, TEXT_SIZE },
	{ false, NAME_COMMENT, TEXT_SIZE },
	{ false, NAME_NAT, TEXT_SIZE },
};

/* How wide columns are that a group cannot do without, at first. */
static const int least_width[NAME_N] = {
	[NAME_HOST] = 16, [NAME_DIRECTION] = 7, [NAME_PROTO] = 5, [NAME_SRC] = 21, [NAME_DST] = 21,
	[NAME_PORT] = 14, [NAME_SRC_LABEL] = 16, [NAME_DST_LABEL] = 16, [NAME_PREFIX] = 16,
	[NAME_RULE] = 16,
};

/* Also of rows of the group of flows, as far as these rows have them. */
static bool is_needed(const struct shown *s, enum name_column c)
{
	return names_of_group(s->query.group, c) ||
	       (s->query.group == BOARD_FLOWS && (c == NAME_SRC || c == NAME_DST));
}

const char *columns_title(const struct shown *s, enum board_column column)
{
	static const char *const titles[BOARD_N_COLUMNS] = {
		"bytes/s", "packets/s", "starts", "ends", "drops", "live",
	};
	static const char *const totals[BOARD_N_COLUMNS] = {
		"bytes", "packets", "starts", "ends", "drops", "live",
	};
	/* a snapshot has no length, so there is no rate */
	return s->totals || !s->frame.span_ns ? totals[column] : titles[column];
}

uint64_t columns_per_second(uint64_t n, uint64_t span_ns)
{
	double rate = (double)n * NS_PER_S / (double)span_ns;

	return rate < (double)INT64_MAX ? (uint64_t)rate : INT64_MAX;
}

void columns_number(char *to, size_t size, const struct shown *s, enum board_column column,
		    uint64_t n)
{
	bool rate = (column == BOARD_BYTES || column == BOARD_PACKETS) && !s->totals &&
		    s->frame.span_ns;

	show_count(to, size, rate ? columns_per_second(n, s->frame.span_ns) : n);
}

/* A row's number; at least so much: `12.3k+'. */
static void row_number(char *to, size_t size, const struct shown *s, const struct board_row *row,
		       enum board_column column)
{
	struct sentence text = sentence_begin(to, size);
	char number[16];

	if (!(row->known >> column & 1)) {
		sentence_add(&text, "%s", row->quiet ? "0" : "-");
		return;
	}
	columns_number(number, sizeof(number), s, column, row->of[column]);
	sentence_add(&text, "%s%s", number, row->unknown >> column & 1 ? "+" : "");
}

static int number_width(const struct shown *s, enum board_column c)
{
	int width = strlen(columns_title(s, c)) + (c == s->query.sort);

	return width > NUMBER_WIDTH ? width : NUMBER_WIDTH;
}

/* Whether any row that is shown has a number of live connections: without --interim none has. */
static bool has_live(const struct shown *s, size_t n)
{
	struct board_row row;

	for (size_t i = 0; i < n; i++) {
		board_row(s->board, s->first + i, &row);
		if (row.known >> BOARD_LIVE & 1)
			return true;
	}
	return false;
}

/* How wide the texts of the rows are, also in pictures before: in s->widths. */
static void measure(struct shown *s, size_t n)
{
	struct board_row row;
	char text[TEXT_SIZE];

	for (size_t i = 0; i < n; i++) {
		board_row(s->board, s->first + i, &row);
		for (enum name_column c = 0; c < NAME_N; c++) {
			int width;

			if (!is_needed(s, c) && !names_of_key(&row.key, c))
				continue;
			names_text(text, sizeof(text), s, &row, c);
			width = picture_columns(text);
			if (width < (int)strlen(names_title(c)))
				width = strlen(names_title(c));
			if (width > s->widths[c])
				s->widths[c] = width;
		}
	}
	for (enum name_column c = 0; c < NAME_N; c++)
		if (is_needed(s, c) && !s->widths[c])
			s->widths[c] = strlen(names_title(c));
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Make a column as wide as `wanted', as far as there is room. A column that begins to be there
 * must have all of it. Returns the room that is left. */
static int widen(int *column, int wanted, int room)
{
	int more = wanted - *column;

	if (more <= 0)
		return room;
	if (!*column && more + COLUMNS_GAP > room)
		return room;
	if (!*column)
		room -= COLUMNS_GAP;
	more = smaller(more, room);
	*column += more;
	return room - more;
}

/* The columns that a row cannot do without: the number that sorts, and the names of the group,
 * which share what is left when there is not enough for all. */
static int choose_needed(struct columns *c, const struct shown *s, int width)
{
	int room = widen(&c->numbers[s->query.sort], number_width(s, s->query.sort),
			 width + COLUMNS_GAP);
	int needed = 0;

	for (enum name_column i = 0; i < NAME_N; i++)
		needed += is_needed(s, i);
	for (enum name_column i = 0; i < NAME_N; i++) {
		if (!is_needed(s, i))
			continue;
		room = widen(&c->names[i],
			     smaller(smaller(s->widths[i], least_width[i]), room / needed - COLUMNS_GAP),
			     room);
		needed--;
	}
	return room;
}

void columns_choose(struct columns *c, struct shown *s, int width, size_t n)
{
	bool live = has_live(s, n);
	int room;

	memset(c, 0, sizeof(*c));
	measure(s, n);
	room = choose_needed(c, s, width);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct step *step = &steps[i];

		if (!step->number)
			room = widen(&c->names[step->column],
				     smaller(s->widths[step->column], step->most), room);
		else if (step->column != BOARD_LIVE || live)
			room = widen(&c->numbers[step->column], number_width(s, step->column), room);
	}
}

/* Where the last column of numbers ends: they stand close to the names, so that a line can be followed
 * by eye on a wide screen, too. */
static int width_of(const struct columns *c)
{
	int width = -COLUMNS_GAP;

	for (enum name_column i = 0; i < NAME_N; i++)
		width += c->names[i] ? c->names[i] + COLUMNS_GAP : 0;
	for (enum board_column i = 0; i < BOARD_N_COLUMNS; i++)
		width += c->numbers[i] ? c->numbers[i] + COLUMNS_GAP : 0;
	return width;
}

/* Calls put for each column. */
typedef void column_fn(struct place at, const struct shown *s, bool number, int column, void *arg);

static void each(struct place line, const struct columns *c, const struct shown *s, column_fn *put,
		 void *arg)
{
	struct place at = line;
	int right = line.column + width_of(c);

	for (enum name_column i = 0; i < NAME_N; i++) {
		if (!c->names[i])
			continue;
		at.width = c->names[i];
		put(at, s, false, i, arg);
		at.column += c->names[i] + COLUMNS_GAP;
	}
	for (int i = BOARD_N_COLUMNS - 1; i >= 0; i--) {
		if (!c->numbers[i])
			continue;
		at.width = c->numbers[i];
		at.column = right - at.width;
		put(at, s, true, i, arg);
		right = at.column - COLUMNS_GAP;
	}
}

/* Which way the rows are sorted: the largest first, or reversed. */
static const char *mark(bool reverse)
{
	if (character_is_wide())
		return reverse ? "\u25b2" : "\u25bc";
	return reverse ? "^" : "v";
}

static void put_head(struct place at, const struct shown *s, bool number, int column, void *arg)
{
	enum look look = number && column == (int)s->query.sort ? LOOK_SORTED : LOOK_COLUMN;
	char title[32];
	struct sentence text = SENTENCE(title);

	(void)arg;
	if (!number) {
		picture_put(at, look, names_title(column));
		return;
	}
	sentence_add(&text, "%s", columns_title(s, column));
	if (look == LOOK_SORTED)
		sentence_add(&text, "%s", mark(s->query.reverse));
	picture_put_right(at, look, title);
}

void columns_heads(struct place line, const struct columns *c, const struct shown *s)
{
	picture_look(line, LOOK_COLUMN);
	each(line, c, s, put_head, NULL);
}

struct row_put {
	const struct board_row *row;
	enum look look;
};

static void put_row(struct place at, const struct shown *s, bool number, int column, void *arg)
{
	struct row_put *put = arg;
	char text[TEXT_SIZE];

	if (number) {
		row_number(text, sizeof(text), s, put->row, column);
		picture_put_right(at, put->look, text);
	} else if (!put->row->other) {
		names_text(text, sizeof(text), s, put->row, column);
		picture_put(at, put->look, text);
	}
}

/* The `other' records have no key: left of the numbers stands how many flows are in them, where that
 * has room. */
static void put_other(struct place line, const struct columns *c, const struct shown *s,
		      const struct board_row *row, enum look look)
{
	char flows[32], text[64];
	int room = line.width;

	for (int i = 0; i < BOARD_N_COLUMNS; i++)
		room -= c->numbers[i] ? c->numbers[i] + COLUMNS_GAP : 0;
	show_exact(flows, sizeof(flows), s->frame.other_flows);
	snprintf(text, sizeof(text), "other: %s flow%s", flows, s->frame.other_flows == 1 ? "" : "s");
	picture_put(line, look, row->quiet || picture_columns(text) > room ? "other" : text);
}

void columns_row(struct place line, const struct columns *c, const struct shown *s,
		 const struct board_row *row, bool chosen)
{
	struct row_put put = { row, LOOK_PLAIN };

	if (row->quiet)
		put.look = LOOK_QUIET;
	if (chosen)
		put.look = LOOK_CHOSEN;
	picture_look(line, put.look);
	if (row->other)
		put_other(line, c, s, row, put.look);
	each(line, c, s, put_row, &put);
}
