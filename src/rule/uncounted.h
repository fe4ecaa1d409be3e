/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_UNCOUNTED_H
#define CTAGG_RULE_UNCOUNTED_H

#include <stdbool.h>

/* Whether packets pass this network namespace that connection tracking does not count, because a flow
 * table without `counter' forwards them (rule/flowtable.h). */
struct uncounted;

/* Begin to follow changes of the ruleset; where that is impossible, flow tables are only read by
 * uncounted_update(). Returns 0 and a handle the caller owns, or -ENOMEM. */
int uncounted_open(struct uncounted **out);

/* The descriptor that is readable when uncounted_update() has to be called; -1: there is none. */
int uncounted_fd(const struct uncounted *u);

/* Read the flow tables as they are now. Returns 0, or -errno, and then they are taken to be as they
 * were. */
int uncounted_update(struct uncounted *u);

/* Whether there was such a flow table since the last call, or is one now: at any uncounted_update()
 * between, or before. A flow table that no rule uses does not count, unless a rule has used it
 * since uncounted_open(): it may still have connections then. */
bool uncounted_since(struct uncounted *u);

void uncounted_close(struct uncounted *u);	/* NULL is fine */

#endif
