/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LEVELS_H
#define CTAGG_PIPELINE_LEVELS_H

#include "cli/options.h"
#include "pipeline/emit.h"
#include "table/layout.h"
#include "table/memory.h"

/* Longer windows (-w with a list). A level adds up the shortest windows as they close; its own
 * window is closed together with the last of them. */
struct level {
	uint64_t ns;			/* how long its windows are */
	uint64_t start_ns, seq;		/* of the open one; seq of the last closed one */
	int64_t clock_step_ms;		/* as in struct window_record */
	struct memory *table;
	struct rule_totals *rules;	/* NULL without drops */
	struct window_record sum;	/* of the shortest windows since start_ns */
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

/* A window ends at end_ns, and starts->ns[0] says where the next one begins. Fill in behind that
 * value where the window of each level begins that the next window is part of: at the same time
 * for a level that ends now, else where it began. origin_ns as for levels_emit(). all: every
 * level ends now. */
void levels_starts(const struct levels *l, uint64_t origin_ns, uint64_t end_ns, bool all,
		   struct kernel_starts *starts);

/* Add a window that has been closed to every level, before emit_begin() is called with the same
 * table and rules (NULL without drops), while emit is not busy: emit adds the table in steps.
 * late_ends: for each level the ends from before its window began, since an end can be late for
 * the shortest window and not for a longer one. */
void levels_add(struct levels *l, struct emit *e, const struct memory *closed,
		const struct rule_totals *rules, const struct window_record *w,
		const uint64_t *late_ends);

/* A window has ended at end_ns: give emit the windows of the levels that end with it. With
 * CLOSED_BY_TIMER a level ends when a boundary has been passed, which are origin_ns and whole
 * multiples of its length from there; for any other reason all levels end. */
void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by);

/* The clock was set by clock_step_ms, and all levels have ended: the next windows begin at
 * start_ns, on the new time. */
void levels_restart(struct levels *l, uint64_t start_ns, int64_t clock_step_ms);

void levels_close(struct levels *l);

#endif
