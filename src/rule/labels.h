/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LABELS_H
#define CTAGG_RULE_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "flow/label.h"
#include "rule/ruleset.h"

/* A label is what drop records say of the rule that logged a packet. Each label has a small
 * number, which fits into a key. A number keeps its label for as long as somebody holds the
 * number. Totals (rule/totals.h) hold the numbers of each window whose lines have not been
 * written yet. */
struct labels;

/* At most LABELS_MAX labels exist at a time. When there is no room for another label, packets
 * that need one get the number LABELS_NONE, whose label has no prefix and no rule. */
#define LABELS_MAX 8192
#define LABELS_NONE (LABELS_MAX + 1)

/* The longest prefix that a label can have, in bytes: three times what a rule can have, because a
 * byte that belongs to no character comes back from an event line as U+FFFD. */
#define LABELS_MAX_PREFIX 384

/* Begin without labels and without a ruleset. Returns 0 and a handle the caller owns, or
 * -ENOMEM. */
int labels_open(struct labels **out);

/* Look for rules in this ruleset from now on; lent; NULL: in none. Call again whenever the
 * ruleset has been read anew, because labels_find() remembers rules that it has found. */
void labels_ruleset(struct labels *l, const struct ruleset *r);

/* Find the rules that may have logged a packet: a hook of this family (NFPROTO_*) has logged
 * the packet to this group with this prefix, of prefix_len (at most LABELS_MAX_PREFIX) bytes.
 * Returns the number, never 0, of the packet's label, and in *verdict what these rules do with
 * the packet. The number keeps its label at least until labels_next_window() has been called
 * twice. */
uint32_t labels_find(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
		     size_t prefix_len, enum rule_verdict *verdict);

/* As labels_find(), for a caller who knows how many rules may have logged the packet. Where
 * this is exactly one, `rule' is that rule, and is copied; otherwise `rule' is not read. */
uint32_t labels_number(struct labels *l, const char *prefix, size_t prefix_len, size_t rules,
		       const struct log_rule *rule);

/* Say that a window has been closed. */
void labels_next_window(struct labels *l);

/* Hold a number that labels_find() has given in this window or in the one before: the number
 * keeps its label until it has been released as often as it was held. */
void labels_hold(struct labels *l, uint32_t number);
void labels_release(struct labels *l, uint32_t number);

/* The label of a number; lent for as long as the number keeps this label. */
const struct label *labels_get(const struct labels *l, uint32_t number);

void labels_close(struct labels *l);	/* NULL is fine */

#endif
