/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LABELS_H
#define CTAGG_RULE_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "flow/label.h"
#include "rule/ruleset.h"

/* A label is what drop records say of the rule that logged a packet. Each label has a small
 * number, which fits into a key. A number keeps its label for as long as somebody holds the
 * number: the totals of each window that has not been written (rule/totals.h) do. */
struct labels;

/* At most LABELS_MAX labels exist at a time. When there is no room for another one, its
 * packets get the number LABELS_NONE, whose label has no prefix and no rule. */
#define LABELS_MAX 8192
#define LABELS_NONE (LABELS_MAX + 1)

/* The longest prefix that a label can have, in bytes. */
#define LABELS_MAX_PREFIX 128

/* No labels yet, and no ruleset. Returns 0 and a handle the caller owns, or -ENOMEM. */
int labels_open(struct labels **out);

/* From now on look for rules in this ruleset, lent; NULL: in none. Call it again whenever the
 * ruleset has been read anew. */
void labels_ruleset(struct labels *l, const struct ruleset *r);

/* The number, never 0, of the label for a packet that a hook of this family (NFPROTO_*) has
 * logged to this group with this prefix of prefix_len (at most LABELS_MAX_PREFIX) bytes. In
 * *verdict, what the rules that may have logged the packet do with it. The number keeps its
 * label at least until labels_next_window() has been called twice. */
uint32_t labels_find(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
		     size_t prefix_len, enum rule_verdict *verdict);

/* The same where the caller knows the rules: how many may have logged the packet, and if
 * exactly one, that rule, which is copied; otherwise `rule' is not looked at. */
uint32_t labels_number(struct labels *l, const char *prefix, size_t prefix_len, size_t rules,
		       const struct log_rule *rule);

/* Say that a window has been closed. */
void labels_next_window(struct labels *l);

/* Hold a number that labels_find() has given in this window or in the one before: it keeps its
 * label until it has been released as often as it was held. */
void labels_hold(struct labels *l, uint32_t number);
void labels_release(struct labels *l, uint32_t number);

/* The label of a number; lent for as long as the number keeps it. */
const struct label *labels_get(const struct labels *l, uint32_t number);

void labels_close(struct labels *l);	/* NULL is fine */

#endif
