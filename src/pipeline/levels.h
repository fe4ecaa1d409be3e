/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LEVELS_H
#define CTAGG_PIPELINE_LEVELS_H

#include "cli/options.h"
#include "pipeline/emit.h"
#include "table/layout.h"
#include "table/memory.h"

/* Longer windows, made by adding closed shorter ones. */
struct level {
	uint64_t ns, start_ns, seq;
	int64_t clock_step_ms;		/* as in struct window_record */
	struct memory *table;
	struct rule_totals *rules;	/* NULL without drops */
	struct window_record sum;	/* of the windows in it */
};

struct levels {
	struct level list[OPTIONS_MAX_LEVELS];
	size_t n;
};

/* Returns 0 or -errno. labels are lent, NULL without drops; start_ns is where the first
 * window begins. */
int levels_open(struct levels *l, const struct options *opts, struct labels *labels,
		uint64_t start_ns);

/* Fill in, behind the window's own, where each level begins that is open when the window
 * after the one that ends at end_ns is; origin_ns as for levels_emit(). all: every level
 * begins anew with that window. */
void levels_starts(const struct levels *l, uint64_t origin_ns, uint64_t end_ns, bool all,
		   struct kernel_starts *starts);

/* Add a window that has been closed, with its totals by rule (NULL without drops),
 * before these are given to emit, which is not busy: emit adds the table, in steps.
 * late_ends are those of each level. */
void levels_add(struct levels *l, struct emit *e, const struct memory *closed,
		const struct rule_totals *rules, const struct window_record *w,
		const uint64_t *late_ends);

/* Give emit what ends with the window that ended at end_ns; boundaries are origin_ns
 * and multiples of each level's length from there. CLOSED_BY_TIMER ends the levels that
 * have a boundary there, anything else ends all of them. */
void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by);

/* When everything has ended because the clock was set: go on at start_ns. */
void levels_restart(struct levels *l, uint64_t start_ns, int64_t clock_step_ms);

void levels_close(struct levels *l);

#endif
