/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_AXIS_H
#define CTAGG_REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/totals.h"

/* The time axis of the report, which all hosts share, and what stands in its columns. */

#define REPORT_MAX_COLUMNS 480

/* start_ns, end_ns  what the axis shows
 * width_ns, n       of a column, and how many there are; the first one begins at first_ns, which is
 *                   a multiple of the width
 * elsewhere         windows that lie so far from the others that the axis leaves them out: a
 *                   clock that was wrong. Tables have them
 */
struct report_axis {
	uint64_t start_ns, end_ns, first_ns, width_ns;
	size_t n;
	uint64_t elsewhere;
};

/* The axis for all hosts, of which there is one at least with a window. Hosts whose windows begin
 * later than those of others, or end earlier, get an incident: nothing is known of them then. Call
 * it behind report_totals_end(). Returns 0 or -ENOMEM. */
int report_axis_of(struct report_axis *a, struct report_totals *t);

/* A column: of one host, or of several added up.
 *
 * hosts      how many of the hosts have a window in it. 0: a gap
 * whole      nothing of the column, as far as the axis shows it, lacks a window of any host
 * known      bytes of any host are known
 * marks      bits of enum report_mark of its windows
 * windows, sent, received, starts, drops  of the windows that begin in it; the sums are exact
 * rates      the same a second, by the time that the windows last; those of several hosts added up.
 *            Of a column in which no window begins, but which a long one covers, the rate of that
 */
enum report_rate { REPORT_SENT, REPORT_RECEIVED, REPORT_STARTS, REPORT_DROPS, REPORT_N_RATES };
struct report_column {
	uint32_t hosts, marks, windows;
	bool whole, known;
	uint64_t sums[REPORT_N_RATES];
	double rates[REPORT_N_RATES];
};

/* Add a host to columns, a->n of them that begin with {.whole = true}. */
void report_columns_add(struct report_column *columns, const struct report_axis *a, const struct report_host *h);

/* The place of a time on the axis, from 0 to 1. */
double report_axis_place(const struct report_axis *a, uint64_t ns);

/* The bounds of a column, as far as the axis shows it. */
struct report_span report_axis_bounds(const struct report_axis *a, size_t column);

#endif
