/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_VERDICT_H
#define CTAGG_RULE_VERDICT_H

#include <stdbool.h>
#include <stdio.h>	/* libnftnl wants it */

#include <libnftnl/rule.h>

#include "rule/ruleset.h"

/* What can become of a packet from some place in a chain on. All zero is the
 * beginning: nothing is known yet. */
struct fate {
	bool drops, accepts, unknown;	/* what may happen */
	bool settled;			/* no later rule sees the packet */
};

/* Go on with the expressions of a rule, from number `from` on. */
void fate_rule(struct fate *f, const struct nftnl_rule *rule, unsigned int from);

/* The end of the chain: policy is that of a base chain, NF_ACCEPT or NF_DROP, or
 * -1 for a chain that others jump to. */
void fate_end(struct fate *f, int policy);

enum rule_verdict fate_verdict(const struct fate *f);

#endif
