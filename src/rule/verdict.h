/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_VERDICT_H
#define CTAGG_RULE_VERDICT_H

#include <stdbool.h>
#include <stdio.h>	/* the headers of libnftnl name FILE */

#include <libnftnl/rule.h>

#include "rule/ruleset.h"

/* What can become of a packet that has come to some place in a chain, as far as the rules from
 * there on have been read. All zero is the beginning.
 *
 * drops, accepts  a rule that was read may drop, may accept the packet
 * unknown         the packet may go where the chain does not show its fate
 * settled         no later rule of the chain sees the packet
 */
struct fate {
	bool drops, accepts, unknown;
	bool settled;
};

/* Take in the next rule of the chain: its expressions from number `from' on. For the first
 * rule, `from' is the expression behind the statement that logs; for later rules it is 0. same:
 * the rule matches every packet that was logged. */
void fate_rule(struct fate *f, const struct nftnl_rule *rule, unsigned int from, bool same);

/* Take in the end of the chain. policy is NF_ACCEPT or NF_DROP for a base chain; or -1 for a
 * chain that other chains jump to: there the packet returns to the calling chain. */
void fate_end(struct fate *f, int policy);

/* The one thing that can become of the packet, or RULE_UNKNOWN. */
enum rule_verdict fate_verdict(const struct fate *f);

#endif
