/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_DROPPING_H
#define CTAGG_RULE_DROPPING_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* A rule of nf_tables, of iptables-nft too, whose counter counts the packets that the rule drops or
 * rejects: these, and no others. Between the counter and the end of the rule there is nothing that
 * keeps a packet from being dropped: no condition, no limit, no look-up in a map of verdicts. Of
 * several such counters it is the last one, and all of them show the same.
 *
 * family          NFPROTO_* of the rule's table
 * handle          of the rule
 * table, chain    lent by the message
 * counter         the name of the counter, lent; NULL: the counter is the rule's own
 * packets, bytes  what the rule's own counter shows; 0 of a counter with a name, which the rule's
 *                 message does not show
 */
struct dropping {
	uint8_t family;
	uint64_t handle;
	const char *table, *chain, *counter;
	uint64_t packets, bytes;
};

/* Whether the message of a rule (NFT_MSG_NEWRULE) shows such a rule; then fills in *out. */
bool dropping_parse(const struct nlmsghdr *nlh, struct dropping *out);

/* What a counter shows, from the attribute with its two numbers: NFTA_EXPR_DATA of a rule's own
 * counter, NFTA_OBJ_DATA of one with a name. */
struct nlattr;
void dropping_shows(const struct nlattr *data, uint64_t *packets, uint64_t *bytes);

#endif
