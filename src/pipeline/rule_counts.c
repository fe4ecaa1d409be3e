/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "pipeline/rule_counts.h"

int rule_counts_open(struct rule_counts *c)
{
	int err = labels_open(&c->labels);

	if (!err)
		err = rule_totals_open(&c->open, c->labels);
	if (!err)
		err = rule_totals_open(&c->closed, c->labels);
	return err;
}

void rule_counts_add(struct rule_counts *c, const struct flow_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (events[i].rule)
			rule_totals_count(c->open, &events[i]);
}

void rule_counts_end_window(struct rule_counts *c)
{
	struct rule_totals *whole = c->open;

	c->open = c->closed;
	c->closed = whole;
	labels_next_window(c->labels);
}

void rule_counts_close(struct rule_counts *c)
{
	rule_totals_close(c->open);
	rule_totals_close(c->closed);
	labels_close(c->labels);
}
