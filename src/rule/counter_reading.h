/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_COUNTER_READING_H
#define CTAGG_RULE_COUNTER_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/counter_row.h"

/* Reads, a step at a time, what the counters of all rules of nftables show that drop what they count
 * (rule/dropping.h). Never waits, so that a ruleset of many thousand rules can be read while other
 * work goes on. In the network namespace of the thread that opens the handle. */
struct counter_reading;

/* Returns 0 and a handle the caller owns, or -errno with *out untouched. */
int counter_reading_open(struct counter_reading **out);

/* Begin to read; what was read before is forgotten. Returns 0 or -errno as counter_reading_step(). */
int counter_reading_begin(struct counter_reading *r);

/* Read on: about as many rules as find room in 32 KiB. Returns 0 when there is more, 1 when all has
 * been read; or -errno: -EPERM no CAP_NET_ADMIN, -EPROTONOSUPPORT, -EOPNOTSUPP or -EINVAL a kernel
 * without nf_tables, -ENOMEM. After an error, begin anew. */
int counter_reading_step(struct counter_reading *r);

/* counter_reading_step() returned 1. Whether all counters were read: rules that change meanwhile
 * make the kernel's list of rules incomplete. Such a list is read up to three times. */
bool counter_reading_whole(const struct counter_reading *r);

/* Whether the reading has shown a generation of the ruleset, and which is the last one of those. */
bool counter_reading_generation(const struct counter_reading *r, uint16_t *generation);

/* How many counters were read; and the one with index i, in any order: lent until the next call of
 * counter_reading_begin(). A rule that shares its counter with others is not among them. */
size_t counter_reading_n(const struct counter_reading *r);
struct counter_row counter_reading_row(const struct counter_reading *r, size_t i);

void counter_reading_close(struct counter_reading *r);	/* NULL is fine */

#endif
