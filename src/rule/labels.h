/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LABELS_H
#define CTAGG_RULE_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "rule/ruleset.h"

/* What drop records say of the rule that logged a packet, as a small number that
 * fits into a key. A number means the same label for as long as somebody holds it
 * (rule/totals.h does, for each window that is not written yet). */
struct labels;

/* So many labels at a time. Packets beyond get LABELS_NONE, which all share: its
 * label has no prefix. */
#define LABELS_MAX 8192
#define LABELS_NONE (LABELS_MAX + 1)

/* prefix     as the rule has it, any bytes; NULL: the label of LABELS_NONE
 * rules      how many rules may have logged the packet; when 1, the rest is set
 * family     NFPROTO_* of the rule's table
 * comment    "" is none
 */
struct label {
	const char *prefix;
	size_t prefix_len;
	size_t rules;
	uint8_t family;
	uint64_t handle;
	const char *table, *chain, *comment;
};

/* Returns 0 and a handle the caller owns, or -ENOMEM. */
int labels_open(struct labels **out);

/* Ask this ruleset from now on (NULL: none), which may be the last one changed. */
void labels_ruleset(struct labels *l, const struct ruleset *r);

/* The number, never 0, for a packet, and in *verdict what its rules do. The number
 * keeps its label at least until labels_next_window() has been called twice. */
uint32_t labels_find(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
		     size_t prefix_len, enum rule_verdict *verdict);

/* The same for a packet that so many rules may have logged; rule, copied, is that rule
 * when there is one, else it does not matter. */
uint32_t labels_number(struct labels *l, const char *prefix, size_t prefix_len, size_t rules,
		       const struct log_rule *rule);

/* A window has been closed. */
void labels_next_window(struct labels *l);

/* Keep the label of a number that labels_find() has just given, until it has been
 * released as often as it was held. */
void labels_hold(struct labels *l, uint32_t number);
void labels_release(struct labels *l, uint32_t number);

/* What a number stands for; lent. */
const struct label *labels_get(const struct labels *l, uint32_t number);

void labels_close(struct labels *l);	/* NULL is fine */

#endif
