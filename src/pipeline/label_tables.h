/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LABEL_TABLES_H
#define CTAGG_PIPELINE_LABEL_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "intake/intake.h"
#include "netlabel/set.h"
#include "table/kernel.h"

/* Keys with labels (--key=src-label): by which labels the events of a window are counted. That is by
 * those in force in the window; and, when they are other labels than those that an open level began
 * with, by the level's labels as well, in a table of its own. So the labels of each level are the same
 * from its beginning to its end, and counting costs more only while levels have older labels. */

/* The tables of one window besides the window's own.
 *
 * labels  in force in the window; held
 * list    the n older sets, held, each once, and their tables
 * tables  NULL where none has been made yet
 */
struct label_bank {
	struct netlabel_set *labels;
	struct netlabel_set *sets[OPTIONS_MAX_LEVELS];
	struct labelled list[OPTIONS_MAX_LEVELS];
	size_t n;
	struct memory *tables[OPTIONS_MAX_LEVELS];
};

/* banks     of the open window and of the window before, in turn
 * open      which of them is the open window's
 * kernel    the kernel table; NULL: all events are counted in memory. Lent, as are opts and intake
 * prepared  labels have been prepared, and are not in force yet
 * waiting   a view for the kernel table, which has not begun to take it; NULL: none
 */
struct label_tables {
	const struct options *opts;
	struct intake *intake;
	struct kernel *kernel;
	struct label_bank banks[2];
	int open;
	bool prepared;
	struct netlabel_view *waiting;
};

/* Whether keys have labels. Otherwise none of the functions below does anything. */
bool label_tables_needed(const struct options *opts);

/* Begin with these labels, before the first window is opened. Returns 0, or -errno: -E2BIG for more
 * networks than the kernel table takes, -ENOMEM. After a failure with a kernel table, call again
 * without one. label_tables_close() is due in any case. */
int label_tables_open(struct label_tables *l, const struct options *opts, struct kernel *kernel,
		      struct intake *intake, struct netlabel_set *labels);

/* Labels have been read that shall be in force from the next window on. Prepare what they need: then
 * label_tables_step() until it returns 0. It returns 1 when there is more to do, for a millisecond or
 * so each. Both return -errno when these labels cannot be used, as label_tables_open() does; -EBUSY: not
 * before the end of another window. */
int label_tables_prepare(struct label_tables *l, struct netlabel_set *next);
int label_tables_step(struct label_tables *l);

/* What an error of these functions means; a static text. */
const char *label_tables_why(int err);

/* The labels that were prepared are in force from the next window on: call before the kernel table is
 * rotated. */
void label_tables_use(struct label_tables *l);

/* The next window begins, with these labels; and of the levels that it is a part of, those that are
 * open already began with the n older sets (some may be the same, or NULL: not open). */
void label_tables_turn(struct label_tables *l, struct netlabel_set *labels,
		       struct netlabel_set *const *older, size_t n);

/* The table of the window that was closed last by the labels of this set; window: the window's own
 * table. */
struct memory *label_tables_closed(const struct label_tables *l, const struct netlabel_set *labels,
				   struct memory *window);

void label_tables_close(struct label_tables *l);	/* a struct that is all zero is fine */

#endif
