/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_comment.h>

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

static int take_comment_match(struct nftnl_expr *e, void *arg)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME), **comment = arg;
	const struct xt_comment_info *info;
	uint32_t len;

	if (!name || strcmp(name, "match"))
		return 0;
	name = nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME);
	info = nftnl_expr_get(e, NFTNL_EXPR_MT_INFO, &len);
	if (name && !strcmp(name, "comment") && info && len >= sizeof(*info))
		*comment = info->comment;
	return 0;
}

/* nft(8) keeps a rule's comment in the rule's user data, iptables-nft in a match of the rule. */
const char *parse_comment(const struct nftnl_rule *rule)
{
	const char *comment = "";
	uint32_t len;
	const void *data = nftnl_rule_get_data(rule, NFTNL_RULE_USERDATA, &len);

	if (data)
		nftnl_udata_parse(data, len, take_udata, &comment);
	if (!*comment)
		nftnl_expr_foreach((struct nftnl_rule *)rule, take_comment_match, &comment);
	return comment;
}

bool parse_may_log(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr, *e, *part;
	const char *name;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) != NFTA_RULE_EXPRESSIONS)
			continue;
		mnl_attr_for_each_nested(e, attr) {
			mnl_attr_for_each_nested(part, e) {
				if (mnl_attr_get_type(part) != NFTA_EXPR_NAME)
					continue;
				name = mnl_attr_get_str(part);
				if (!strcmp(name, "log") || !strcmp(name, "target"))
					return true;
			}
		}
	}
	return false;
}
