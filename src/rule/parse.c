/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_comment.h>

#include "rule/attributes.h"
#include "rule/fnv.h"
#include "rule/parse.h"

bool parse_log(const struct nftnl_expr *e, struct parsed_log *out)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	const struct xt_nflog_info *info;
	uint32_t len;

	if (name && !strcmp(name, "log") && nftnl_expr_is_set(e, NFTNL_EXPR_LOG_GROUP)) {
		out->group = nftnl_expr_get_u16(e, NFTNL_EXPR_LOG_GROUP);
		out->prefix = nftnl_expr_get_str(e, NFTNL_EXPR_LOG_PREFIX);
		out->prefix_max = PARSED_NAME_MAX;
		return true;
	}
	if (!name || strcmp(name, "target"))
		return false;
	name = nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME);
	info = nftnl_expr_get(e, NFTNL_EXPR_TG_INFO, &len);
	if (!name || strcmp(name, "NFLOG") || !info || len < sizeof(*info))
		return false;
	out->group = info->group;
	out->prefix = info->prefix;
	out->prefix_max = sizeof(info->prefix);
	return true;
}

static int take_udata(const struct nftnl_udata *attr, void *arg)
{
	const char **comment = arg;

	if (nftnl_udata_type(attr) == NFTNL_UDATA_RULE_COMMENT && nftnl_udata_len(attr) &&
	    !((char *)nftnl_udata_get(attr))[nftnl_udata_len(attr) - 1])
		*comment = nftnl_udata_get(attr);
	return 0;
}

/* The comment that iptables-nft has put into a match of the rule. */
static const char *comment_match(const struct nlattr *expressions)
{
	const struct nlattr *e, *name, *info;

	mnl_attr_for_each_nested(e, expressions) {
		if (strcmp(expression_name(e), "match"))
			continue;
		name = expression_data(e, NFTA_MATCH_NAME);
		info = expression_data(e, NFTA_MATCH_INFO);
		if (name && !strcmp(mnl_attr_get_str(name), "comment") && info &&
		    mnl_attr_get_payload_len(info) >= sizeof(struct xt_comment_info))
			return ((const struct xt_comment_info *)mnl_attr_get_payload(info))->comment;
	}
	return "";
}

/* nft(8) keeps a rule's comment in the rule's user data, iptables-nft in a match of the rule. */
const char *parse_comment(const struct nlmsghdr *nlh)
{
	const struct nlattr *data = attribute_of(nlh, NFTA_RULE_USERDATA), *expressions;
	const char *comment = "";

	if (data)
		nftnl_udata_parse(mnl_attr_get_payload(data), mnl_attr_get_payload_len(data),
				  take_udata, &comment);
	if (*comment)
		return comment;
	expressions = attribute_of(nlh, NFTA_RULE_EXPRESSIONS);
	return expressions ? comment_match(expressions) : "";
}

/* Whether a match of iptables-nft is one of these: expressions of the name `match'. */
static bool is_match(const struct nlattr *expr, const char *const *names)
{
	const struct nlattr *name = expression_data(expr, NFTA_MATCH_NAME);

	return name && is_one_of(mnl_attr_get_str(name), names);
}

/* Whether an expression of these names only reads, and always the same of the same packet: it has a
 * register to read into. Without one it writes (meta mark set, ip dscp set, reset tcp option). */
#define DREG 1
_Static_assert(NFTA_PAYLOAD_DREG == DREG && NFTA_META_DREG == DREG, "all have one number");
_Static_assert(NFTA_CT_DREG == DREG && NFTA_EXTHDR_DREG == DREG && NFTA_FIB_DREG == DREG, "");
static bool is_read(const struct nlattr *expr, const char *name)
{
	static const char *const reads[] = { "payload", "meta", "ct", "exthdr", "fib", NULL };
	const struct nlattr *key;

	if (!is_one_of(name, reads) || !expression_data(expr, DREG))
		return false;
	key = strcmp(name, "meta") ? NULL : expression_data(expr, NFTA_META_KEY);
	return !key || ntohl(mnl_attr_get_u32(key)) != NFT_META_PRANDOM;
}

/* What an expression means for the packets that come to the next one. */
enum condition {
	CONDITION_NONE,		/* all packets come */
	CONDITION_FIXED,	/* a packet comes, or does not, whenever it is looked at */
	CONDITION_OTHER,
};

static enum condition condition_of(const struct nlattr *expr)
{
	static const char *const none[] = { "counter", "log", "last", NULL };
	static const char *const fixed[] = { "cmp", "bitwise", "range", "lookup", "byteorder", NULL };
	static const char *const no_match[] = { "comment", NULL };
	static const char *const matches[] = { "tcp", "udp", "udplite", "sctp", "dccp", "icmp",
					       "icmp6", "conntrack", "state", "multiport", "mark",
					       "addrtype", "iprange", "mac", "set", NULL };
	const char *name = expression_name(expr);

	if (is_one_of(name, none) || (!strcmp(name, "match") && is_match(expr, no_match)))
		return CONDITION_NONE;
	if (is_one_of(name, fixed) || is_read(expr, name) || (!strcmp(name, "match") && is_match(expr, matches)))
		return CONDITION_FIXED;
	return CONDITION_OTHER;
}

/* last: the expression with number n is the last one. */
static uint64_t hash_conditions(const struct nlattr *list, unsigned int n, bool last)
{
	uint64_t hash = FNV_BEGIN;
	const struct nlattr *e;
	unsigned int number = 0;

	mnl_attr_for_each_nested(e, list) {
		enum condition c;

		if (++number == n && last)
			break;
		c = condition_of(e);
		if (c == CONDITION_OTHER)
			return 0;
		if (c == CONDITION_FIXED && number < n)
			hash = fnv_bytes(hash, mnl_attr_get_payload(e),
					 mnl_attr_get_payload_len(e));
	}
	return hash;
}

uint64_t parse_conditions(const struct nlmsghdr *nlh, unsigned int n)
{
	const struct nlattr *expressions = attribute_of(nlh, NFTA_RULE_EXPRESSIONS), *e;
	unsigned int count = 0;

	if (!expressions)
		return 0;
	mnl_attr_for_each_nested(e, expressions)
		count++;
	return hash_conditions(expressions, n ? n : count, !n || n == count);
}

bool parse_may_log(const struct nlmsghdr *nlh)
{
	static const char *const names[] = { "log", "target", NULL };
	const struct nlattr *expressions = attribute_of(nlh, NFTA_RULE_EXPRESSIONS), *e;

	if (!expressions)
		return false;
	mnl_attr_for_each_nested(e, expressions)
		if (is_one_of(expression_name(e), names))
			return true;
	return false;
}
