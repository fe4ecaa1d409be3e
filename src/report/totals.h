/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_TOTALS_H
#define CTAGG_REPORT_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/select.h"
#include "report/group.h"
#include "report/incident.h"
#include "report/runs.h"
#include "report/series.h"

/* All that the report says, added up window by window. Memory is bounded: rows of groups, points of
 * the time axis and incidents have their limits. For each host and each run of ctagg there is a
 * little, too, and for each time at which a run's windows do not follow one another. */

enum report_group_id {
	REPORT_SOURCES,
	REPORT_DESTINATIONS,
	REPORT_PORTS,
	REPORT_LABELS,
	REPORT_DIRECTIONS,
	REPORT_SERVICES,	/* destinations with their ports: how many of the connections failed */
	REPORT_RULES,
	REPORT_N_GROUPS
};

/* A group's key. Begin with all 0: fields that the group or the record has not stay so.
 *
 * what  REPORT_OTHERS: records of type other, which have no key
 * has   which fields the record has: bits of enum report_has
 * addr  of sources, destinations and services; bits: of its prefix (view/flow.h)
 * port  of ports and services: the destination port, or the type of ICMP
 * text  of labels: those of the source and of the destination; of rules: prefix, rule and comment
 * host  of rules: number of the report's host
 */
enum report_what { REPORT_KEYED, REPORT_OTHERS };
enum report_has {
	REPORT_HAS_ADDR = 1 << 0,
	REPORT_HAS_PROTO = 1 << 1,
	REPORT_HAS_PORT = 1 << 2,
	REPORT_HAS_ICMP = 1 << 3,
	REPORT_HAS_DIRECTION = 1 << 4,
};
struct report_field {
	uint8_t what, proto, bits, direction;
	uint16_t port, has;
	union {
		uint8_t addr[16];
		struct {
			uint32_t text[3], host;
		};
	};
};
_Static_assert(sizeof(struct report_field) == sizeof(struct report_key), "a key is looked at as fields");

/* host, netns     texts (view/texts.h)
 * total           of the window records; of windows without one the sums of their flows
 * windows, whole  how many windows were counted; those of them in which nothing is missing
 * lost_*          as far as windows know; *_unknown: a window does not know how many
 * start_ns, end_ns  first and last time
 * last_incident   see report_incidents_add()
 */
struct report_host {
	struct report_key key;
	uint32_t host, netns;
	struct report_counts total;
	uint64_t windows, whole, lost_windows;
	uint64_t lost_events, lost_drops;
	bool lost_events_unknown, lost_drops_unknown;
	uint64_t start_ns, end_ns;
	struct report_series series;
	struct report_spans spans;
	size_t last_incident;
};

/* hosts        by number: struct report_host
 * has          enum view_field: fields that any flow record had
 * others       how many records of type other there are, and how many flows they say are in them
 * unselected   flow records that are not selected; others too
 * selected     sums of the flows that are selected, and of other records when all are; total: of
 *              windows, as in struct report_host
 * interim      windows say how many connections were open (--interim)
 * rule_counters, rule_logs   whether any rule record has packets (--rules), or drops (-g)
 * width_ns     of the cells of all series
 */
struct report_totals {
	const struct flow_select *select;	/* NULL: all flows */
	struct report_group groups[REPORT_N_GROUPS];
	struct report_keys hosts;
	struct report_runs runs;
	struct report_incidents incidents;
	struct report_counts selected, total;
	uint32_t has;
	uint64_t windows, others, folded_flows, unselected;
	bool rule_counters, rule_logs, interim;
	uint64_t width_ns;
	size_t points, max_points;
};

static inline struct report_host *report_totals_host(const struct report_totals *t, size_t number)
{
	return report_keys_item(&t->hosts, number);
}

/* select is lent; NULL: all flows. Returns 0 or -ENOMEM. */
int report_totals_open(struct report_totals *t, const struct flow_select *select, uint64_t level_ms);
void report_totals_close(struct report_totals *t);

/* Add a window, which is freed some time. Returns 0 or -ENOMEM. */
int report_totals_take(struct report_totals *t, struct view_window *w);

/* There are no more windows: find the gaps, and sort what has an order. Returns 0 or -ENOMEM. */
int report_totals_end(struct report_totals *t);

#endif
