/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/list.h"
#include "cli/number.h"
#include "cli/options_flow.h"

static const struct {
	const char *name;
	enum flow_field field;
} fields[] = {
	{ "src", FIELD_SRC }, { "dst", FIELD_DST }, { "sport", FIELD_SPORT },
	{ "dport", FIELD_DPORT }, { "proto", FIELD_PROTO }, { "icmp", FIELD_ICMP },
	{ "icmp-code", FIELD_ICMP_CODE }, { "dir", FIELD_DIR }, { "nat-src", FIELD_NAT_SRC },
	{ "nat-sport", FIELD_NAT_SPORT }, { "nat-dst", FIELD_NAT_DST },
	{ "nat-dport", FIELD_NAT_DPORT }, { "zone", FIELD_ZONE }, { "mark", FIELD_MARK },
	{ "rule", FIELD_RULE },
};

static struct flow_prefix *prefix_of(struct flow_spec *spec, __u32 field)
{
	switch (field) {
	case FIELD_SRC:
		return &spec->src;
	case FIELD_DST:
		return &spec->dst;
	case FIELD_NAT_SRC:
		return &spec->nat_src;
	case FIELD_NAT_DST:
		return &spec->nat_dst;
	}
	return NULL;
}

/* 24 or 24/64. */
static int take_prefix(char *text, struct flow_prefix *prefix)
{
	char *v6 = strchr(text, '/');
	uint64_t bits;

	if (v6)
		*v6++ = '\0';
	if (options_number(text, 0, 32, &bits))
		return -EINVAL;
	prefix->v4 = bits;
	if (v6 && options_number(v6, 0, 128, &bits))
		return -EINVAL;
	if (v6)
		prefix->v6 = bits;
	return 0;
}

static int take_field(char *item, struct flow_spec *spec)
{
	char *bits = strchr(item, '/');
	struct flow_prefix *prefix;

	if (bits)
		*bits++ = '\0';
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(item, fields[i].name))
			continue;
		if (spec->fields & fields[i].field)
			return -EINVAL;
		spec->fields |= fields[i].field;
		if (fields[i].field == FIELD_ICMP_CODE)
			spec->fields |= FIELD_ICMP;
		prefix = prefix_of(spec, fields[i].field);
		if (bits)
			return prefix ? take_prefix(bits, prefix) : -EINVAL;
		return 0;
	}
	return -EINVAL;
}

int options_key(const char *text, struct flow_spec *spec)
{
	char item[OPTIONS_ITEM_SIZE];

	*spec = flow_spec_default;
	spec->fields = 0;
	while (text)
		if (options_item(&text, item) || take_field(item, spec))
			return -EINVAL;
	return 0;
}
