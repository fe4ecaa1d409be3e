/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_COUNTERS_H
#define CTAGG_RULE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/label.h"
#include "rule/counter_row.h"

/* What the counters of rules showed when they were last read (rule/counter_reading.h), so that the
 * next reading tells by how much each has moved. Each rule has a number, from 1 on, which it keeps
 * for as long as it exists or somebody holds the number. */
struct rule_counters;
struct rule_moves;

/* Returns 0 and a handle the caller owns, or -ENOMEM. */
int rule_counters_open(struct rule_counters **out);

/* The ruleset has changed, see rule/counter_changes.h. A rule or counter with a name was added: the
 * row shows where its counter begins, but for a counter with a name that a rule has. Or it was
 * removed: of the row, the handle, the names of table and chain, the family and the generation are
 * read. Call these functions in the order of the changes. Rows are copied. */
void rule_counters_added(struct rule_counters *c, const struct counter_row *row);
void rule_counters_removed(struct rule_counters *c, const struct counter_row *row);

/* It is not known how the ruleset has changed: each rule may be another one than before. The next
 * whole reading is where counters begin anew. */
void rule_counters_restart(struct rule_counters *c);

/* One reading: take each of its rows, then end the reading. All changes up to the generation of the
 * reading were said before, and perhaps later ones. What the counters show in the first whole reading
 * is where they begin. A rule that appears later without having been added has a counter with a
 * name, and begins with what that showed in the reading before. When other rules used the counter
 * then, the rule begins with what its counter shows now, and counts as not read.
 *
 * rule_counters_end() adds to `into' by how much counters have moved since the reading before. A
 * counter that shows less than before was set back, and has moved by what it shows. A rule has
 * taken the place of another one when a rule of the same chain is gone since the reading before;
 * then this is said when its counter moves for the first time.
 *
 * whole: the reading has all rules, and a rule that is not in it is gone. Returns how many counters
 * were not read: rules for which there was no memory (then counters begin anew with the next whole reading, in
 * which such a rule would otherwise look like one that has begun with 0), rules that are gone, or not in a reading that is not whole; what these have
 * dropped since the reading before is not known, or comes with the next reading. Where counters begin
 * these are all. */
void rule_counters_take(struct rule_counters *c, const struct counter_row *row);
size_t rule_counters_end(struct rule_counters *c, bool whole, struct rule_moves *into);

/* How many rules are known. */
size_t rule_counters_n(const struct rule_counters *c);

/* The number of the rule that exists, or was the last to exist, with the family, table, chain and
 * handle of the label; 0: there is none. */
uint32_t rule_counters_find(const struct rule_counters *c, const struct label *label);

/* The rule's name; lent while the number is the rule's. */
const struct label *rule_counters_label(const struct rule_counters *c, uint32_t number);

void rule_counters_hold(struct rule_counters *c, uint32_t number);
void rule_counters_release(struct rule_counters *c, uint32_t number);

void rule_counters_close(struct rule_counters *c);	/* NULL is fine */

#endif
