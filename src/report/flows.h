/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_FLOWS_H
#define CTAGG_REPORT_FLOWS_H

#include "report/totals.h"

/* The groups of the report: what their keys are made of. */

/* How many rows a group keeps apart. */
#define REPORT_MAX_ROWS ((size_t)1 << 17)

int report_flows_open(struct report_totals *t);	/* 0 or -ENOMEM */

/* A flow or other record that is to be added, by its keys in all groups. */
struct report_flow {
	struct report_key keys[REPORT_N_GROUPS];
	uint64_t hashes[REPORT_N_GROUPS];
	struct report_counts counts;
};

/* Fill in the keys of a record, whose counters are there already. */
void report_flows_expect(const struct report_totals *t, const struct view_flow *f, struct report_flow *to);

/* Add n records, which are selected, to all groups of flows. A few at a time are faster than one: the
 * memory that holds their rows comes while others are added. Returns 0 or -ENOMEM. */
int report_flows_add(struct report_totals *t, const struct report_flow *flows, size_t n);

/* Add a rule record of a host. What the rule's counter has counted stands in orig_packets and
 * orig_bytes. Returns 0 or -ENOMEM. */
int report_rules_add(struct report_totals *t, uint32_t host, const struct view_rule *r);

#endif
