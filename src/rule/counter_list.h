/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_COUNTER_LIST_H
#define CTAGG_RULE_COUNTER_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "rule/counter_row.h"

struct nlmsghdr;

/* What one reading of the ruleset (rule/counter_reading.c) has found, and what of that belongs
 * together. */

/* A rule, or a counter with a name.
 *
 * row         complete after counter_list_join()
 * *_at        where a text begins in `texts'; 0: there is none
 * counter_at  the name of a counter: that of the row, or the one that the rule refers to
 * name        the same name, after counter_list_join()
 */
struct listed {
	struct counter_row row;
	size_t table_at, chain_at, comment_at, counter_at;
	const char *name;
};

/* All zero is an empty list. */
struct counter_list {
	struct listed *rules, *named;
	char *texts;
	size_t n_rules, rules_room, n_named, named_room, texts_len, texts_room;
};

/* Forget everything, and keep the memory; or free the memory, too. */
void counter_list_clear(struct counter_list *l);
void counter_list_free(struct counter_list *l);

/* Add what the message of a rule (NFT_MSG_NEWRULE) or of an object (NFT_MSG_NEWOBJ) shows, if it is a
 * rule that drops what it counts, or a counter with a name. Returns 0 or -ENOMEM. */
int counter_list_rule(struct counter_list *l, const struct nlmsghdr *nlh);
int counter_list_object(struct counter_list *l, const struct nlmsghdr *nlh);

/* Everything has been added: complete the rows. Leaves out rules that share a counter. */
void counter_list_join(struct counter_list *l);

#endif
