/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_FLOWS_H
#define CTAGG_REPORT_FLOWS_H

#include "report/totals.h"

/* The groups of the report: what their keys are made of. */

/* How many rows a group keeps apart. */
#define REPORT_MAX_ROWS ((size_t)1 << 17)

int report_flows_open(struct report_totals *t);	/* 0 or -ENOMEM */

/* Add a flow or other record, which is selected, to all groups of flows. Returns 0 or -ENOMEM. */
int report_flows_add(struct report_totals *t, const struct view_flow *f, const struct report_counts *counts);

/* Add a rule record of a host. What the rule's counter has counted stands in orig_packets and
 * orig_bytes. Returns 0 or -ENOMEM. */
int report_rules_add(struct report_totals *t, uint32_t host, const struct view_rule *r);

#endif
