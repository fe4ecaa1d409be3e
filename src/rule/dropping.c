/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables_compat.h>

#include "rule/attributes.h"
#include "rule/dropping.h"
#include "rule/step.h"

/* What an expression means to a counter before it. */
enum effect {
	EFFECT_COUNTS,	/* the expression is a counter: it takes the place of the one before */
	EFFECT_NONE,	/* each packet that was counted comes to the next expression */
	EFFECT_SOME,	/* some packets may not come there, or may go elsewhere */
	EFFECT_DROPS,	/* each packet is dropped or rejected */
	EFFECT_OTHER,	/* no packet is dropped by this rule */
};

/* The verdict of `immediate', or a value for a later expression. */
static enum effect effect_of_immediate(const struct nlattr *expr)
{
	const struct nlattr *data = expression_data(expr, NFTA_IMMEDIATE_DATA), *verdict, *code;

	verdict = data ? attribute_in(data, NFTA_DATA_VERDICT) : NULL;
	if (!verdict)
		return EFFECT_NONE;
	code = attribute_in(verdict, NFTA_VERDICT_CODE);
	if (!code)
		return EFFECT_OTHER;
	switch ((int)ntohl(mnl_attr_get_u32(code))) {
	case NF_DROP:
		return EFFECT_DROPS;
	case NFT_CONTINUE:
		return EFFECT_NONE;
	}
	return EFFECT_OTHER;
}

static enum effect effect_of_target(const struct nlattr *expr)
{
	const struct nlattr *name = expression_data(expr, NFTA_TARGET_NAME);

	switch (name ? step_target(mnl_attr_get_str(name)) : STEP_AWAY) {
	case STEP_ON:
		return EFFECT_NONE;
	case STEP_DROP:
		return EFFECT_DROPS;
	default:
		return EFFECT_OTHER;
	}
}

/* `counter name X' is a reference to an object. References to objects of other kinds, and those by
 * a map, let some packets pass by. */
static enum effect effect_of_reference(const struct nlattr *expr)
{
	const struct nlattr *type = expression_data(expr, NFTA_OBJREF_IMM_TYPE);

	return type && ntohl(mnl_attr_get_u32(type)) == NFT_OBJECT_COUNTER &&
	       expression_data(expr, NFTA_OBJREF_IMM_NAME) ? EFFECT_COUNTS : EFFECT_SOME;
}

/* A match of iptables is a condition, but not a comment. */
static enum effect effect_of_match(const struct nlattr *expr)
{
	const struct nlattr *name = expression_data(expr, NFTA_MATCH_NAME);

	return name && !strcmp(mnl_attr_get_str(name), "comment") ? EFFECT_NONE : EFFECT_SOME;
}

static enum effect effect_of(const struct nlattr *expr)
{
	static const char *const none[] = { "log", "last", "notrack", NULL };
	/* With a source register they set something of the packet, and go on. */
	static const char *const set[] = { "meta", "ct", NULL };
	const char *name = expression_name(expr);

	if (!strcmp(name, "counter"))
		return EFFECT_COUNTS;
	if (!strcmp(name, "objref"))
		return effect_of_reference(expr);
	if (!strcmp(name, "immediate"))
		return effect_of_immediate(expr);
	if (!strcmp(name, "target"))
		return effect_of_target(expr);
	if (!strcmp(name, "match"))
		return effect_of_match(expr);
	if (!strcmp(name, "reject"))
		return EFFECT_DROPS;
	if (is_one_of(name, none) ||
	    (is_one_of(name, set) &&
	     expression_data(expr, *name == 'm' ? NFTA_META_SREG : NFTA_CT_SREG)))
		return EFFECT_NONE;
	return EFFECT_SOME;
}

/* The counter of all packets that the rule drops, and of no others; NULL: there is none. */
static const struct nlattr *find_counter(const struct nlattr *expressions)
{
	const struct nlattr *expr, *counter = NULL;

	mnl_attr_for_each_nested(expr, expressions) {
		switch (effect_of(expr)) {
		case EFFECT_COUNTS:
			counter = expr;
			break;
		case EFFECT_NONE:
			break;
		case EFFECT_SOME:
			counter = NULL;
			break;
		case EFFECT_DROPS:
			return counter;
		case EFFECT_OTHER:
			return NULL;
		}
	}
	return NULL;
}

void dropping_shows(const struct nlattr *data, uint64_t *packets, uint64_t *bytes)
{
	const struct nlattr *p = attribute_in(data, NFTA_COUNTER_PACKETS);
	const struct nlattr *b = attribute_in(data, NFTA_COUNTER_BYTES);

	*packets = p ? be64toh(mnl_attr_get_u64(p)) : 0;
	*bytes = b ? be64toh(mnl_attr_get_u64(b)) : 0;
}

static void show_counter(const struct nlattr *counter, struct dropping *out)
{
	const struct nlattr *name = expression_data(counter, NFTA_OBJREF_IMM_NAME);
	const struct nlattr *data = attribute_in(counter, NFTA_EXPR_DATA);

	out->counter = NULL;
	out->packets = out->bytes = 0;
	if (!strcmp(expression_name(counter), "objref"))
		out->counter = mnl_attr_get_str(name);
	else if (data)
		dropping_shows(data, &out->packets, &out->bytes);
}

bool dropping_parse(const struct nlmsghdr *nlh, struct dropping *out)
{
	const struct nlattr *expressions = attribute_of(nlh, NFTA_RULE_EXPRESSIONS);
	const struct nlattr *table = attribute_of(nlh, NFTA_RULE_TABLE);
	const struct nlattr *chain = attribute_of(nlh, NFTA_RULE_CHAIN);
	const struct nlattr *handle = attribute_of(nlh, NFTA_RULE_HANDLE), *counter;

	if (!expressions || !table || !chain || !handle)
		return false;
	counter = find_counter(expressions);
	if (!counter)
		return false;
	out->family = message_head(nlh)->nfgen_family;
	out->handle = be64toh(mnl_attr_get_u64(handle));
	out->table = mnl_attr_get_str(table);
	out->chain = mnl_attr_get_str(chain);
	show_counter(counter, out);
	return true;
}
