/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LEVELS_H
#define CTAGG_PIPELINE_LEVELS_H

#include "cli/options.h"
#include "pipeline/emit.h"
#include "pipeline/labelling.h"
#include "table/layout.h"
#include "table/memory.h"

/* Longer windows (-w with a list). A level adds up the shortest windows as these are closed; the
 * level's own window is closed together with the last of its shortest windows.
 *
 * ns             how long the level's windows are
 * start_ns       when the level's open window began
 * seq            the number of the level's window that was closed last
 * clock_step_ms  of the open window, as in struct window_record
 * table, beside  the sums of the open window so far
 * labels         those in force when the open window began; held; NULL: without --labels
 * sum            the records of the shortest windows since start_ns, added up
 */
struct level {
	uint64_t ns;
	uint64_t start_ns, seq;
	int64_t clock_step_ms;
	struct memory *table;
	struct emit_beside beside;
	struct netlabel_set *labels;
	struct window_record sum;
};

/* whole  windows begin and end at their level's boundaries, also when they are opened later or
 *        closed earlier (--read)
 * labelling  says which labels are in force; lent
 * idle   the record of the shortest window that was added last, without what it had dropped
 */
struct levels {
	struct level list[OPTIONS_MAX_LEVELS];
	size_t n;
	bool whole;
	const struct labelling *labelling;
	struct window_record idle;
};

/* Open the levels that the options ask for, which may be none. labels are lent, NULL when drops are not counted. labelling is lent. Returns 0, or -errno with levels
 * that levels_close() takes. */
int levels_open(struct levels *l, const struct options *opts, struct labels *labels,
		const struct labelling *labelling);

/* The first windows of all levels begin at start_ns; or, where windows are whole, at the boundary
 * before, of those that origin_ns and each level's length make. */
void levels_begin(struct levels *l, uint64_t origin_ns, uint64_t start_ns);

/* A shortest window ends at end_ns, and the next one begins at starts->ns[0]. Fill in the rest of
 * starts->ns: for each level, when the level's window begins that the next shortest window is
 * part of. A level whose window ends now begins another one at starts->ns[0]; the window of any
 * other level goes on. origin_ns as for levels_emit(). all: the windows of all levels end now. */
void levels_starts(const struct levels *l, uint64_t origin_ns, uint64_t end_ns, bool all,
		   struct kernel_starts *starts);

/* Add a shortest window that has been closed to every level; tables has the same window by
 * the labels of each level, where keys have labels. Call while emit is not busy, and before
 * emit_begin() is called with the same table and beside: emit adds the table to the levels' tables in steps. late_ends and late_events: for each
 * level, how many were late for the level's window; what is late for the shortest window need not
 * be late for a longer one. */
void levels_add(struct levels *l, struct emit *e, const struct label_tables *tables,
		struct memory *closed, const struct emit_beside *beside, const struct window_record *w,
		const uint64_t *late_ends, const uint64_t *late_events);

/* A shortest window has ended at end_ns: give emit the windows of the levels that end too. With
 * CLOSED_BY_TIMER, a level's window ends when one of the level's boundaries has been passed:
 * origin_ns plus whole multiples of the level's length. For any other reason the windows of all
 * levels end. */
void levels_emit(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t end_ns,
		 enum window_closed_by by);

/* Where windows are whole: the open shortest window begins at start_ns, behind a gap in which
 * windows of levels have ended that nothing was added to. levels_are_behind() says whether there
 * are any; levels_catch_up() gives emit the next one of each level, a whole gap's when there are
 * more than LEVELS_MAX_EMPTY. Call the latter while emit is not busy. */
#define LEVELS_MAX_EMPTY 1000
bool levels_are_behind(const struct levels *l, uint64_t origin_ns, uint64_t start_ns);
void levels_catch_up(struct levels *l, struct emit *e, uint64_t origin_ns, uint64_t start_ns);

/* The clock was set by clock_step_ms, and all levels have ended: the next windows begin at
 * start_ns, on the new time. */
void levels_restart(struct levels *l, uint64_t start_ns, int64_t clock_step_ms);

void levels_close(struct levels *l);

#endif
