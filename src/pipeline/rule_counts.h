/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_RULE_COUNTS_H
#define CTAGG_PIPELINE_RULE_COUNTS_H

#include <stddef.h>

#include "flow/event.h"
#include "rule/totals.h"

/* What rules have logged, of a source of packets: the labels that the packets' rules have, and the
 * totals of two windows. All zero: not open.
 *
 * open    totals of the open window
 * closed  totals of the window that ended last, until its lines are made
 */
struct rule_counts {
	struct labels *labels;
	struct rule_totals *open, *closed;
};

/* Returns 0 or -ENOMEM, after which rule_counts_close() is due too. */
int rule_counts_open(struct rule_counts *c);

/* Count those of n events in the open window that have a rule. */
void rule_counts_add(struct rule_counts *c, const struct flow_event *events, size_t n);

/* The open window has ended, and the lines of the window before have been made: `closed' is empty,
 * and the two change places. */
void rule_counts_end_window(struct rule_counts *c);

void rule_counts_close(struct rule_counts *c);

#endif
