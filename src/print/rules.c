/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "print/grid.h"
#include "print/rules.h"
#include "view/show.h"

/* The columns of a grid of rules. */
enum { PREFIX, RULE, COMMENT, DROPS, DROP_BYTES, LOGGED, PACKETS, BYTES, N_COLUMNS };
#define NUMBERS DROPS

static const char *const headings[N_COLUMNS] = {
	"LOG PREFIX", "RULE", "COMMENT", "DROPS", "DROP BYTES", "LOGGED", "COUNTED PACKETS",
	"COUNTED BYTES",
};

/* order  the rules, those that dropped most first */
struct rules {
	struct printing *p;
	const struct view_rule **order;
	size_t n, shown;
};

static const struct view_number *number_of(const struct view_rule *rule, int column)
{
	const struct view_number *const numbers[] = {
		[DROPS] = &rule->drops, [DROP_BYTES] = &rule->drop_bytes, [LOGGED] = &rule->logged,
		[PACKETS] = &rule->packets, [BYTES] = &rule->bytes,
	};

	return numbers[column];
}

static uint32_t name_of(const struct view_rule *rule, int column)
{
	return column == PREFIX ? rule->prefix : column == RULE ? rule->rule : rule->comment;
}

/* How many packets a rule dropped: by what it logged, or by its counter. */
static uint64_t dropped(const struct view_rule *rule)
{
	return rule->drops.n > rule->packets.n ? rule->drops.n : rule->packets.n;
}

/* Records of equal rules stay in the order in which they came. */
static int by_drops(const void *one, const void *other)
{
	const struct view_rule *a = *(const struct view_rule *const *)one;
	const struct view_rule *b = *(const struct view_rule *const *)other;

	if (dropped(a) != dropped(b))
		return dropped(a) < dropped(b) ? 1 : -1;
	return (a > b) - (a < b);
}

static void cell(void *arg, size_t row, int column, char *to, size_t size)
{
	const struct rules *r = arg;
	const struct view_number *number;
	const char *text;
	size_t len;

	if (column < NUMBERS) {
		text = view_texts_get(r->p->texts, name_of(r->order[row], column), &len);
		show_text(to, size, text, len);
		return;
	}
	number = number_of(r->order[row], column);
	if (number->state == VIEW_KNOWN)
		show_exact(to, size, number->n);
	else if (number->state == VIEW_NULL)
		snprintf(to, size, "?");
}

/* Whether a record has something in the column. */
static bool has(const struct view_rule *rule, int column)
{
	return column < NUMBERS ? name_of(rule, column) != 0 :
				  number_of(rule, column)->state != VIEW_ABSENT;
}

static void add_columns(struct grid *g, const struct rules *r)
{
	for (int column = 0; column < N_COLUMNS; column++) {
		size_t i = 0;

		while (i < r->shown && !has(r->order[i], column))
			i++;
		if (i == r->shown)
			continue;
		if (column < NUMBERS)
			grid_name(g, headings[column], column, false);
		else
			grid_number(g, headings[column], column);
	}
}

static void print(struct rules *r)
{
	struct grid *g = &r->p->grid;
	char number[32];

	*g = (struct grid){ .out = &r->p->out, .cell = cell, .arg = r, .rows = r->shown };
	add_columns(g, r);
	out_text(&r->p->out, "\n");
	grid_print(g);
	if (r->n > r->shown) {
		show_exact(number, sizeof(number), r->n - r->shown);
		out_text(&r->p->out, number);
		out_text(&r->p->out, " more\n");
	}
}

int rules_print(struct printing *p, const struct view_window *w)
{
	struct rules r = { .p = p, .n = w->n_rules };

	if (!r.n || flow_select_any(p->o->select) ||
	    (p->o->group != BOARD_FLOWS && p->o->group != BOARD_RULE))
		return 0;
	r.order = malloc(r.n * sizeof(*r.order));
	if (!r.order)
		return -ENOMEM;
	for (size_t i = 0; i < r.n; i++)
		r.order[i] = &w->rules[i];
	qsort(r.order, r.n, sizeof(*r.order), by_drops);
	r.shown = r.n < p->o->top ? r.n : p->o->top;
	print(&r);
	free(r.order);
	return 0;
}
