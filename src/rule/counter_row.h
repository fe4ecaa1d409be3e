/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_COUNTER_ROW_H
#define CTAGG_RULE_COUNTER_ROW_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* What one counter shows: that of a rule (rule/dropping.h), or a counter with a name. Strings are
 * lent.
 *
 * family      NFPROTO_* of the table
 * generation  of the ruleset, its low bits: each change of the ruleset makes the next one
 * handle      of the rule, or of the counter with a name. A rule that replaces another one has its
 *             handle, and so can a rule of a table that was deleted and made again
 * object      of a rule: the handle of the counter with a name that the rule has; 0: the rule has a
 *             counter of its own
 * uses        of a counter with a name: how many rules, and elements of maps, refer to it
 * chain       of a rule; NULL: the row is a counter with a name
 * comment     of a rule, "" for none
 */
struct counter_row {
	uint8_t family;
	uint16_t generation;
	uint64_t handle, object;
	uint32_t uses;
	const char *table, *chain, *comment;
	uint64_t packets, bytes;
};

/* The generation that a message of nf_tables shows (struct nfgenmsg, res_id), and whether one
 * generation came after another. */
uint16_t generation_of(const struct nlmsghdr *nlh);
static inline bool is_later(uint16_t one, uint16_t other)
{
	return (int16_t)(one - other) > 0;
}

/* The counter with a name that the message of an object shows (NFT_MSG_NEWOBJ). Returns its name,
 * lent; NULL: the object is no counter. */
const char *counter_row_of_object(const struct nlmsghdr *nlh, struct counter_row *row);

#endif
