/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_LABEL_H
#define CTAGG_FLOW_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What records say of the rule that logged a packet. The key of a flow carries the number
 * of a label (struct flow_key, rule); rule/labels.h makes labels and says how long a
 * number stands for the same label.
 *
 * prefix       of the rule: any bytes, without a NUL; NULL in the label that packets share
 *              when there is no room for another label
 * rules        how many rules may have logged the packet. When there is exactly one, the
 *              fields below are of this rule
 * family       NFPROTO_* of the rule's table
 * family_name  the family as nft(8) calls it; static
 * comment      "" where the rule has none
 */
struct label {
	const char *prefix;
	size_t prefix_len;
	size_t rules;
	uint8_t family;
	uint64_t handle;
	const char *family_name, *table, *chain, *comment;
};

/* The name that nft(8) gives to a family, NFPROTO_*, "unknown" where it has none; static. And
 * the family of a name of len bytes, or -EINVAL. */
const char *label_family_name(uint8_t family);
int label_family(const char *name, size_t len);

/* Name the one rule that a label speaks of: copies the strings into one block, which the caller frees.
 * Returns the block, or NULL without memory. */
char *label_set_rule(struct label *l, uint8_t family, uint64_t handle, const char *table,
		     const char *chain, const char *comment);

/* What the counter of one rule has counted in one window.
 *
 * reset  the counter was set back, or the rule has taken the place of another one: the packets from
 *        between the reading before and then are missing
 */
struct rule_moved {
	const struct label *label;	/* without a prefix; lent */
	uint64_t packets, bytes;
	bool reset;
};

/* One label's number, and its packets in one window: dropped by the rule, or logged and
 * let go. The counters are those of the same name in flow/sums.h. */
struct rule_total {
	uint32_t number;
	uint64_t drops, drop_bytes, unsized_drops, logged;
};

/* Looks up the label of a number; lent. */
struct labels;
typedef const struct label *label_of_fn(const struct labels *labels, uint32_t number);

#endif
