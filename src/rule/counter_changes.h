/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_COUNTER_CHANGES_H
#define CTAGG_RULE_COUNTER_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "rule/counters.h"

/* Follows, through notifications of nf_tables, which rules that drop what they count are added and
 * removed: a rule that replaces another one has its handle, so that readings alone do not tell one
 * from the other. */
struct counter_changes;

/* Subscribe, in the network namespace of the calling thread. Returns 0 and a handle the caller owns,
 * or -errno with *out untouched: -EPERM no CAP_NET_ADMIN. */
int counter_changes_open(struct counter_changes **out);

/* Readable when there are notifications. */
int counter_changes_fd(const struct counter_changes *ch);

/* The ruleset of this generation has been read: older notifications, and those of this generation,
 * are passed over. */
void counter_changes_since(struct counter_changes *ch, uint16_t generation);

/* Whether all changes up to this generation have been read. */
bool counter_changes_know(const struct counter_changes *ch, uint16_t generation);

/* Read the notifications that are queued, and tell c what has changed. When notifications were lost,
 * c restarts. Returns 0 or -errno. */
int counter_changes_read(struct counter_changes *ch, struct rule_counters *c);

void counter_changes_close(struct counter_changes *ch);	/* NULL is fine */

#endif
