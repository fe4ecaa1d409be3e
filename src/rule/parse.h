/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_PARSE_H
#define CTAGG_RULE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */

#include <libnftnl/rule.h>

/* What one rule of nf_tables says about logging. Rules of iptables-nft are rules of nf_tables
 * with expressions `match' and `target', which carry the structures of iptables. */

struct nftnl_expr;
struct nlmsghdr;

/* No name is longer (NFT_NAME_MAXLEN), no prefix (NF_LOG_PREFIXLEN) and no comment
 * (NFT_USERDATA_MAXLEN, XT_MAX_COMMENT_LEN). */
#define PARSED_NAME_MAX 256

/* A statement that logs to an NFLOG group (host order). prefix is NULL where there is none;
 * lent by the expression, and without a NUL when it has prefix_max bytes. */
struct parsed_log {
	uint16_t group;
	const char *prefix;
	size_t prefix_max;
};

/* Whether an expression logs to an NFLOG group: `log group N' of nft(8), or `-j NFLOG' of
 * iptables-nft. */
bool parse_log(const struct nftnl_expr *e, struct parsed_log *out);

/* The comment of a rule, "" where there is none; lent by the rule. */
const char *parse_comment(const struct nftnl_rule *rule);

/* Whether the message of a rule (NFT_MSG_NEWRULE) has an expression that may be one for
 * parse_log(). Much cheaper than to parse the whole rule. */
bool parse_may_log(const struct nlmsghdr *nlh);

#endif
