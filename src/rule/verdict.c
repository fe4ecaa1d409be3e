/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdint.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */
#include <string.h>

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rule/step.h"
#include "rule/verdict.h"

static enum step verdict_step(uint32_t code)
{
	switch ((int)code) {
	case NF_DROP:
		return STEP_DROP;
	case NF_ACCEPT:
		return STEP_ACCEPT;
	case NFT_CONTINUE:
		return STEP_ON;
	}
	return STEP_AWAY;
}

static bool one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

enum step step_target(const char *target)
{
	static const char *const on[] = { "NFLOG", "LOG", "MARK", "CONNMARK", "CT", "DSCP",
					  "TCPMSS", "CLASSIFY", "SET", "AUDIT", NULL };
	static const char *const accept[] = { "DNAT", "SNAT", "MASQUERADE", "REDIRECT", NULL };

	if (one_of(target, on))
		return STEP_ON;
	if (one_of(target, accept))
		return STEP_ACCEPT;
	return strcmp(target, "REJECT") ? STEP_AWAY : STEP_DROP;
}

static enum step expr_step(const struct nftnl_expr *e)
{
	static const char *const on[] = { "counter", "log", "last", "notrack", NULL };
	static const char *const accept[] = { "nat", "masq", "redir", NULL };
	static const char *const away[] = { "queue", "tproxy", "synproxy", "fwd", "dup", NULL };
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);

	if (!name)
		return STEP_MAYBE;
	if (!strcmp(name, "immediate")) {
		if (!nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT))
			return STEP_ON;	/* a value for a later expression */
		return verdict_step(nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT));
	}
	if (!strcmp(name, "target")) {
		name = nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME);
		return name ? step_target(name) : STEP_AWAY;
	}
	if (!strcmp(name, "reject"))
		return STEP_DROP;
	if (one_of(name, on))
		return STEP_ON;
	if (one_of(name, accept))
		return STEP_ACCEPT;
	/* A look-up in a map of verdicts (vmap) can send the packet anywhere. */
	if (one_of(name, away) ||
	    (!strcmp(name, "lookup") && nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG) &&
	     nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT))
		return STEP_AWAY;
	return STEP_MAYBE;
}

void fate_rule(struct fate *f, const struct nftnl_rule *rule, unsigned int from, bool same)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(rule);
	struct nftnl_expr *e;
	bool maybe = false, over = false;
	unsigned int i = 0;

	if (!iter) {
		f->unknown = true;
		return;
	}
	while (!f->settled && !over && (e = nftnl_expr_iter_next(iter))) {
		enum step step = i++ < from ? STEP_ON : expr_step(e);

		f->drops |= step == STEP_DROP;
		f->accepts |= step == STEP_ACCEPT;
		f->unknown |= step == STEP_AWAY;
		maybe |= step == STEP_MAYBE && !same;
		over = step != STEP_ON && step != STEP_MAYBE;
		f->settled = over && !maybe;
	}
	nftnl_expr_iter_destroy(iter);
}

void fate_end(struct fate *f, int policy)
{
	if (f->settled)
		return;
	f->drops |= policy == NF_DROP;
	f->accepts |= policy == NF_ACCEPT;
	f->unknown |= policy < 0;
	f->settled = true;
}

enum rule_verdict fate_verdict(const struct fate *f)
{
	if (f->unknown || f->drops == f->accepts)
		return RULE_UNKNOWN;
	return f->drops ? RULE_DROPS : RULE_ACCEPTS;
}
