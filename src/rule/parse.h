/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_PARSE_H
#define CTAGG_RULE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one rule of nf_tables says about logging. Rules of iptables-nft are rules of nf_tables
 * with expressions `match' and `target', which carry the structures of iptables. */

struct nftnl_expr;
struct nlmsghdr;

/* No name (NFT_NAME_MAXLEN), prefix (NF_LOG_PREFIXLEN) or comment (NFT_USERDATA_MAXLEN,
 * XT_MAX_COMMENT_LEN) is longer. */
#define PARSED_NAME_MAX 256

/* A statement that logs to an NFLOG group (host order). prefix is NULL where the statement has
 * none. Otherwise it is lent by the expression and ends with a NUL or after prefix_max bytes,
 * whichever comes first. */
struct parsed_log {
	uint16_t group;
	const char *prefix;
	size_t prefix_max;
};

/* Whether an expression logs to an NFLOG group: `log group N' of nft(8), or `-j NFLOG' of
 * iptables-nft. */
bool parse_log(const struct nftnl_expr *e, struct parsed_log *out);

/* The comment of a rule, from the rule's message (NFT_MSG_NEWRULE); "" where there is none. Lent by
 * the message; ends with a NUL or after PARSED_NAME_MAX bytes, whichever comes first. */
const char *parse_comment(const struct nlmsghdr *nlh);

/* A number that stands for the packets that reach the expression with number n of a rule (from 1
 * on; 0: the last expression), from the rule's message (NFT_MSG_NEWRULE): the same for two rules
 * whose conditions before this expression are the same, byte by byte. 0: there are expressions
 * that do not always do the same with a packet, such as a limit, or that do more than compare; also
 * behind the expression with number n, because a packet that is changed there is not the same for the
 * next rule. */
uint64_t parse_conditions(const struct nlmsghdr *nlh, unsigned int n);

/* Whether the message of a rule (NFT_MSG_NEWRULE) has an expression for which parse_log() may
 * be true. Much cheaper than parsing the whole rule. */
bool parse_may_log(const struct nlmsghdr *nlh);

#endif
