/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_TOTALS_H
#define CTAGG_RULE_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"
#include "rule/labels.h"
#include "rule/moves.h"

/* How many packets each rule has logged in one window, by the number of the rule's label; and, with
 * --rules, by how much the rules' counters have moved. The totals hold the numbers until
 * rule_totals_clear(), so that each number keeps its label until the window's lines are made. All
 * functions but rule_totals_open() take NULL for totals that stay empty. */
struct rule_totals;

/* Returns 0 and empty totals that the caller owns, or -ENOMEM. The labels are lent, NULL: no packets
 * are counted. The totals may be closed after the labels, and after the counters of moves. */
int rule_totals_open(struct rule_totals **out, struct labels *labels);

/* Count one packet, an event of kind FLOW_DROP or FLOW_LOGGED. labels_find() has given the packet
 * its rule. */
void rule_totals_count(struct rule_totals *t, const struct flow_event *packet);

/* Add by how much counters have moved in the window. */
void rule_totals_move(struct rule_totals *t, const struct rule_moves *moves);

/* Add the totals of another window, which stay as they are; both have the same labels. */
void rule_totals_add_all(struct rule_totals *t, const struct rule_totals *from);

/* How many numbers have a total; and the total with index i, from 0 on, in the order in which
 * the numbers came, lent until the next call that changes t. */
size_t rule_totals_n(const struct rule_totals *t);
const struct rule_total *rule_totals_get(const struct rule_totals *t, size_t i);

/* Whether packets got LABELS_NONE because there was no room for more labels. Then packets of
 * several rules have one total, and are one flow where they could have been several. */
bool rule_totals_mixed(const struct rule_totals *t);

/* Whether a counter has moved. */
bool rule_totals_moved(const struct rule_totals *t);

/* Whether by how much a counter has moved found no memory. */
bool rule_totals_incomplete(const struct rule_totals *t);

/* What one `rule' record is about: what a rule has logged, by how much its counter has moved, or
 * both; NULL: not known. Lent until the totals change. */
struct rule_line {
	const struct rule_total *total;
	const struct rule_moved *moved;
};

/* The totals are complete: returns how many records they make. Then rule_totals_next() is to be
 * called so many times, for one after the other. */
size_t rule_totals_lines(struct rule_totals *t);
struct rule_line rule_totals_next(struct rule_totals *t);

void rule_totals_clear(struct rule_totals *t);
void rule_totals_close(struct rule_totals *t);

#endif
