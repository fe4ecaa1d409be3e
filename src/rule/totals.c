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
 */
struct rule_totals {
	struct labels *labels;
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

void rule_totals_add_all(struct rule_totals *t, const struct rule_totals *from)
{
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

void rule_totals_clear(struct rule_totals *t)
{
	for (size_t i = 0; i < rule_totals_n(t); i++) {
		labels_release(t->labels, t->list[i].number);
		t->place[t->list[i].number] = 0;
	}
	if (t)
		t->n = 0;
}

void rule_totals_close(struct rule_totals *t)
{
	free(t);
}
