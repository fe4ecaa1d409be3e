/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_ATTRIBUTES_H
#define CTAGG_RULE_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

/* The attributes of a message of nf_tables (linux/netfilter/nf_tables.h), read where they are: much
 * cheaper than to have libnftnl parse the whole message. Only for messages of the kernel, whose
 * strings end with a NUL. */

/* The attribute of this type in a nest, or directly in the message; NULL: there is none. */
static inline const struct nlattr *attribute_in(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static inline const struct nlattr *attribute_of(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/* The head of a message of nf_tables. */
static inline const struct nfgenmsg *message_head(const struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload(nlh);
}

/* The name of a rule's expression, "" where it has none; and the attribute of its data of this type,
 * or NULL. */
static inline const char *expression_name(const struct nlattr *expr)
{
	const struct nlattr *name = attribute_in(expr, NFTA_EXPR_NAME);

	return name ? mnl_attr_get_str(name) : "";
}

static inline const struct nlattr *expression_data(const struct nlattr *expr, uint16_t type)
{
	const struct nlattr *data = attribute_in(expr, NFTA_EXPR_DATA);

	return data ? attribute_in(data, type) : NULL;
}

/* Whether a name is in a list, which ends with NULL. */
static inline bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(name, *names))
		names++;
	return *names;
}

#endif
