/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_TOTALS_H
#define CTAGG_RULE_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/labels.h"

/* How many packets each rule has logged, in one window. The labels of all that is
 * counted here are held until rule_totals_clear(). NULL counts nothing: it has no
 * rules, and is fine wherever the functions below are called. */
struct rule_totals;

/* number is that of a label. */
struct rule_total {
	uint32_t number;
	uint64_t drops, logged;
};

/* Returns 0 and totals that the caller owns, or -ENOMEM. The labels are lent, and
 * may be closed before the totals. */
int rule_totals_open(struct rule_totals **out, struct labels *labels);

/* Add one packet of a number that labels_find() has given. */
void rule_totals_count(struct rule_totals *t, uint32_t number, bool dropped);

/* Add all that from has, which stays as it is and has the same labels. */
void rule_totals_add_all(struct rule_totals *t, const struct rule_totals *from);

/* How many rules have a total, and those, 0 to n - 1, in the order in which they
 * came; lent until the next call that changes t. */
size_t rule_totals_n(const struct rule_totals *t);
const struct rule_total *rule_totals_get(const struct rule_totals *t, size_t i);

/* Whether there were more labels than LABELS_MAX: the packets of several rules have
 * one total, and are one flow where they could have been several. */
bool rule_totals_mixed(const struct rule_totals *t);

void rule_totals_clear(struct rule_totals *t);
void rule_totals_close(struct rule_totals *t);

#endif
