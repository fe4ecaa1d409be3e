/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "flow/sums.h"
#include "rule/grow.h"
#include "rule/moves.h"

/* Room for the place of this number, and for one more move. */
static int make_room(struct rule_moves *m, uint32_t number)
{
	int err = 0;

	while (m->places <= number && !err) {
		size_t before = m->places;

		m->place = grow(m->place, m->places, &m->places, sizeof(*m->place), &err);
		if (!err)
			memset(m->place + before, 0, (m->places - before) * sizeof(*m->place));
	}
	m->list = grow(m->list, m->n, &m->room, sizeof(*m->list), &err);
	return err;
}

static void add_move(struct rule_moved *to, const struct rule_moved *from)
{
	to->packets = flow_sums_capped(to->packets, from->packets);
	to->bytes = flow_sums_capped(to->bytes, from->bytes);
	to->reset |= from->reset;
}

int rule_moves_add(struct rule_moves *m, uint32_t number, uint64_t packets, uint64_t bytes,
		   bool reset)
{
	int err = make_room(m, number);
	struct rule_moved *moved;

	if (err) {
		m->incomplete = true;
		return err;
	}
	if (!m->place[number]) {
		rule_counters_hold(m->counters, number);
		m->list[m->n] = (struct rule_move){
			.number = number,
			.moved.label = rule_counters_label(m->counters, number),
		};
		m->place[number] = ++m->n;
	}
	moved = &m->list[m->place[number] - 1].moved;
	add_move(moved, &(struct rule_moved){ .packets = packets, .bytes = bytes, .reset = reset });
	return 0;
}

void rule_moves_add_all(struct rule_moves *m, const struct rule_moves *from)
{
	if (from->counters)
		m->counters = from->counters;
	m->incomplete |= from->incomplete;
	for (size_t i = 0; i < from->n; i++) {
		const struct rule_moved *moved = &from->list[i].moved;

		rule_moves_add(m, from->list[i].number, moved->packets, moved->bytes, moved->reset);
	}
}

struct rule_move *rule_moves_of(const struct rule_moves *m, uint32_t number)
{
	return number < m->places && m->place[number] ? &m->list[m->place[number] - 1] : NULL;
}

/* The move of the rule that has the name of this one now; NULL: it is this one, or there is none. */
static struct rule_moved *later_rule(const struct rule_moves *m, const struct rule_move *move)
{
	const struct label *label = move->moved.label;
	struct rule_move *later = rule_moves_of(m, rule_counters_find(m->counters, label));

	return later && later->number != move->number &&
	       !strcmp(later->moved.label->comment, label->comment) ? &later->moved : NULL;
}

void rule_moves_unite(struct rule_moves *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct rule_move move = m->list[i];
		struct rule_moved *later = later_rule(m, &move);

		if (later) {
			add_move(later, &move.moved);
			m->place[move.number] = 0;
			rule_counters_release(m->counters, move.number);
			continue;
		}
		m->list[kept] = move;
		m->place[move.number] = ++kept;
	}
	m->n = kept;
}

void rule_moves_clear(struct rule_moves *m)
{
	for (size_t i = 0; i < m->n; i++) {
		rule_counters_release(m->counters, m->list[i].number);
		m->place[m->list[i].number] = 0;
	}
	m->n = 0;
	m->incomplete = false;
}

void rule_moves_free(struct rule_moves *m)
{
	free(m->list);
	free(m->place);
	memset(m, 0, sizeof(*m));
}
