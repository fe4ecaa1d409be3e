/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "lines/words.h"
#include "print/key.h"
#include "view/show.h"

const struct key_column key_columns[KEY_COLUMNS] = {
	{ VIEW_DIRECTION, "direction", "DIRECTION", false },
	{ VIEW_PROTO, "proto", "PROTO", false },
	{ VIEW_SRC, "src_ip", "SOURCE", false },
	{ VIEW_SPORT, "src_port", "PORT", true },
	{ VIEW_DST, "dst_ip", "DESTINATION", false },
	{ VIEW_DPORT, "dst_port", "PORT", true },
	{ VIEW_ICMP_TYPE, "icmp_type", "TYPE", true },
	{ VIEW_ICMP_CODE, "icmp_code", "CODE", true },
	{ VIEW_NAT_SRC, "nat_src_ip", "NAT SOURCE", false },
	{ VIEW_NAT_SPORT, "nat_src_port", "PORT", true },
	{ VIEW_NAT_DST, "nat_dst_ip", "NAT DESTINATION", false },
	{ VIEW_NAT_DPORT, "nat_dst_port", "PORT", true },
	{ VIEW_ZONE, "zone", "ZONE", true },
	{ VIEW_MARK, "mark", "MARK", true },
	{ VIEW_IIF, "iif", "IN BY", false },
	{ VIEW_OIF, "oif", "OUT BY", false },
	{ VIEW_SRC_LABEL, "src_label", "SOURCE LABEL", false },
	{ VIEW_DST_LABEL, "dst_label", "DESTINATION LABEL", false },
	{ VIEW_MARK_LABEL, "mark_label", "MARK LABEL", false },
	{ VIEW_PREFIX, "log_prefix", "LOG PREFIX", false },
	{ VIEW_RULE, "rule", "RULE", false },
	{ VIEW_COMMENT, "rule_comment", "COMMENT", false },
	{ VIEW_DROP_REASON, "drop_reason", "DROP REASON", false },
	{ VIEW_NETNS, NULL, "NAMESPACE", false },
};

static size_t number(char *to, size_t size, uint32_t n)
{
	int len = snprintf(to, size, "%" PRIu32, n);

	return (size_t)len < size ? (size_t)len : size - 1;
}

static size_t text(char *to, size_t size, const struct view_texts *texts, uint32_t n)
{
	size_t len;
	const char *from = view_texts_get(texts, n, &len);

	return show_text(to, size, from, len);
}

size_t key_text(char *to, size_t size, const struct view_key *key, enum view_field field,
		const struct view_texts *texts)
{
	*to = '\0';
	if (!(key->has & field))
		return 0;
	switch (field) {
	case VIEW_DIRECTION:
		return snprintf(to, size, "%s", line_directions[key->direction]);
	case VIEW_PROTO:
		return show_proto(to, size, key->proto);
	case VIEW_SRC:
		return show_address(to, size, key->src, key->src_bits);
	case VIEW_SPORT:
		return number(to, size, key->sport);
	case VIEW_DST:
		return show_address(to, size, key->dst, key->dst_bits);
	case VIEW_DPORT:
		return number(to, size, key->dport);
	case VIEW_ICMP_TYPE:
		return number(to, size, key->icmp_type);
	case VIEW_ICMP_CODE:
		return number(to, size, key->icmp_code);
	case VIEW_NAT_SRC:
		return show_address(to, size, key->nat_src, key->nat_src_bits);
	case VIEW_NAT_SPORT:
		return number(to, size, key->nat_sport);
	case VIEW_NAT_DST:
		return show_address(to, size, key->nat_dst, key->nat_dst_bits);
	case VIEW_NAT_DPORT:
		return number(to, size, key->nat_dport);
	case VIEW_ZONE:
		return number(to, size, key->zone);
	case VIEW_MARK:
		return number(to, size, key->mark);
	case VIEW_IIF:
		return text(to, size, texts, key->iif);
	case VIEW_OIF:
		return text(to, size, texts, key->oif);
	case VIEW_SRC_LABEL:
		return text(to, size, texts, key->src_label);
	case VIEW_DST_LABEL:
		return text(to, size, texts, key->dst_label);
	case VIEW_MARK_LABEL:
		return text(to, size, texts, key->mark_label);
	case VIEW_PREFIX:
		return text(to, size, texts, key->prefix);
	case VIEW_RULE:
		return text(to, size, texts, key->rule);
	case VIEW_COMMENT:
		return text(to, size, texts, key->comment);
	case VIEW_DROP_REASON:
		return text(to, size, texts, key->drop_reason);
	case VIEW_NETNS:
		return text(to, size, texts, key->netns);
	}
	return 0;
}
