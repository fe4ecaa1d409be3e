/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "flow/sums.h"
#include "rule/totals.h"

/* The struct is so large that malloc() maps fresh pages for it. A page takes memory only once it
 * is written.
 *
 * place  of each number: the index of its total, plus 1; 0: the number has no total
 * line   how many of the records have been asked for: those of the totals come first
 * alone  the first move of which no record has been asked for
 */
struct rule_totals {
	struct labels *labels;
	struct rule_moves moves;
	size_t line, alone;
	size_t n;
	uint32_t place[LABELS_NONE + 1];
	struct rule_total list[LABELS_NONE];
};

int rule_totals_open(struct rule_totals **out, struct labels *labels)
{
	struct rule_totals *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->labels = labels;
	*out = t;
	return 0;
}

/* The total of a number. Where there is none yet, make the total and hold the number. */
static struct rule_total *total_of(struct rule_totals *t, uint32_t number)
{
	if (!t->place[number]) {
		labels_hold(t->labels, number);
		t->list[t->n] = (struct rule_total){ .number = number };
		t->place[number] = ++t->n;
	}
	return &t->list[t->place[number] - 1];
}

void rule_totals_count(struct rule_totals *t, const struct flow_event *packet)
{
	struct rule_total *total;

	if (!t)
		return;
	total = total_of(t, packet->rule);
	if (packet->kind == FLOW_DROP) {
		total->drops++;
		total->drop_bytes = flow_sums_capped(total->drop_bytes, packet->bytes);
		total->unsized_drops += !packet->bytes;
	} else {
		total->logged++;
	}
}

void rule_totals_move(struct rule_totals *t, const struct rule_moves *moves)
{
	if (t)
		rule_moves_add_all(&t->moves, moves);
}

void rule_totals_add_all(struct rule_totals *t, const struct rule_totals *from)
{
	if (from)
		rule_totals_move(t, &from->moves);
	for (size_t i = 0; i < rule_totals_n(from); i++) {
		struct rule_total *total = total_of(t, from->list[i].number);

		total->drops += from->list[i].drops;
		total->drop_bytes = flow_sums_capped(total->drop_bytes,
						     from->list[i].drop_bytes);
		total->unsized_drops += from->list[i].unsized_drops;
		total->logged += from->list[i].logged;
	}
}

size_t rule_totals_n(const struct rule_totals *t)
{
	return t ? t->n : 0;
}

const struct rule_total *rule_totals_get(const struct rule_totals *t, size_t i)
{
	return &t->list[i];
}

bool rule_totals_mixed(const struct rule_totals *t)
{
	return t && t->place[LABELS_NONE];
}

bool rule_totals_moved(const struct rule_totals *t)
{
	return t && t->moves.n;
}

bool rule_totals_incomplete(const struct rule_totals *t)
{
	return t && t->moves.incomplete;
}

/* The move of the one rule that the label of a total names; NULL: there is none. */
static struct rule_move *move_of(const struct rule_totals *t, const struct rule_total *total)
{
	const struct label *label = labels_get(t->labels, total->number);

	if (!t->moves.n || label->rules != 1)
		return NULL;
	return rule_moves_of(&t->moves, rule_counters_find(t->moves.counters, label));
}

/* A rule that logs with two prefixes has two totals: the first one gets the move. */
size_t rule_totals_lines(struct rule_totals *t)
{
	size_t lines;

	if (t)
		rule_moves_unite(&t->moves);
	lines = rule_totals_n(t) + (t ? t->moves.n : 0);
	for (size_t i = 0; t && i < t->moves.n; i++)
		t->moves.list[i].total = 0;
	for (size_t i = 0; i < rule_totals_n(t); i++) {
		struct rule_move *move = move_of(t, &t->list[i]);

		if (!move || move->total)
			continue;
		move->total = t->list[i].number;
		lines--;
	}
	if (t)
		t->line = t->alone = 0;
	return lines;
}

struct rule_line rule_totals_next(struct rule_totals *t)
{
	const struct rule_total *total = t->line < t->n ? &t->list[t->line] : NULL;
	const struct rule_move *move = total ? move_of(t, total) : NULL;

	t->line++;
	if (total)
		return (struct rule_line){
			total, move && move->total == total->number ? &move->moved : NULL,
		};
	while (t->moves.list[t->alone].total)
		t->alone++;
	return (struct rule_line){ NULL, &t->moves.list[t->alone++].moved };
}

void rule_totals_clear(struct rule_totals *t)
{
	for (size_t i = 0; i < rule_totals_n(t); i++) {
		labels_release(t->labels, t->list[i].number);
		t->place[t->list[i].number] = 0;
	}
	if (!t)
		return;
	t->n = 0;
	rule_moves_clear(&t->moves);
}

void rule_totals_close(struct rule_totals *t)
{
	if (t)
		rule_moves_free(&t->moves);
	free(t);
}
