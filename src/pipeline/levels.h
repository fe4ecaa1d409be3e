/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LEVELS_H
#define CTAGG_PIPELINE_LEVELS_H

#include "cli/options.h"
#include "pipeline/emit.h"
#include "table/layout.h"
#include "table/memory.h"

/* Longer windows (-w with a list). A level adds up the shortest windows as these are closed; the
 * level's own window is closed together with the last of its shortest windows.
 *
 * ns             how long the level's windows are
 * start_ns       when the level's open window began
 * seq            the number of the level's window that was closed last
 * clock_step_ms  of the open window, as in struct window_record
 * table, rules   the sums of the open window so far; rules is NULL when drops are not counted
 * sum            the records of the shortest windows since start_ns, added up
 */
struct level {
	uint64_t ns;
	uint64_t start_ns, seq;
	int64_t clock_step_ms;
	struct memory *table;
	struct rule_totals *rules;
	struct window_record sum;
};

struct levels {
	struct level list[OPTIONS_MAX_LEVELS];
	size_t n;
};

/* Open the levels that the options ask for, which may be none. The first windows begin at
 * start_ns. labels are lent, NULL when drops are not counted. Returns 0, or -errno with levels
 * that levels_close() takes. */
int levels_open(struct levels *l, const struct options *opts, struct labels *labels,
		uint64_t start_ns);

/* A shortest window ends at end_ns, and the next one begins at starts->ns[0]. Fill in the rest of
 * starts->ns: for each level, when the level's window begins that the next shortest window is
 * part of. A level whose window ends now begins another one at starts->ns[0]; the window of any
 * other level goes on. origin_ns as for levels_emit(). all: the windows of all levels end now. */
void levels_starts(const struct levels *l, uint64_t origin_ns, uint64_t end_ns, bool all,
		   struct kernel_starts *starts);

/* Add a shortest window that has been closed to every level; rules is NULL when drops are not
 * counted. Call while emit is not busy, and before emit_begin() is called with the same table and
 * rules: emit adds the table to the levels' tables in steps. late_ends: for each level, how many
 * ends were late for the level's window; an end that is late for the shortest window need not be
 * late for a longer one. */
void levels_add(struct levels *l, struct emit *e, const struct memory *closed,
		const struct rule_totals *rules, const struct window_record *w,
		const uint64_t *late_ends);

/* A shortest window has ended at end_ns: give emit the windows of the levels that end too. With
 * CLOSED_BY_TIMER, a level's window ends when one of the level's boundaries has been passed:
 * origin_ns plus whole multiples of the level's length. For any other reason the windows of all
 * levels end. */
void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by);

/* The clock was set by clock_step_ms, and all levels have ended: the next windows begin at
 * start_ns, on the new time. */
void levels_restart(struct levels *l, uint64_t start_ns, int64_t clock_step_ms);

void levels_close(struct levels *l);

#endif
