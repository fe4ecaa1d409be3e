/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_STEP_H
#define CTAGG_RULE_STEP_H

/* Where a part of a rule sends the packet. */
enum step {
	STEP_ON,	/* to the next expression, or the next rule */
	STEP_MAYBE,	/* to the next expression or, if it does not match, the next rule */
	STEP_DROP,
	STEP_ACCEPT,
	STEP_AWAY,	/* to another chain, back to the calling chain, into a queue */
};

/* Where a target of iptables sends the packet, by its name. Targets that are not known may do
 * anything: STEP_AWAY. */
enum step step_target(const char *target);

#endif
