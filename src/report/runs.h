/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_RUNS_H
#define CTAGG_REPORT_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/cover.h"
#include "report/keys.h"
#include "view/window.h"

/* Which windows are counted: of each run of ctagg those of one level, since the longer levels repeat
 * the shortest one. The level is the one that was asked for, or the run's shortest.
 *
 * A run writes its shortest level first. Only where lines begin in the middle of a run, a window of
 * a longer level can come before. So the first window of a level is kept back until the second one,
 * and is left out when one of a shorter level comes between. */

/* host      number of the report's host
 * level_ms  the run's level; 0 while that is not certain: then `kept' can be a window
 * counted   how many windows were counted
 * longer    the run has windows of a shorter level, which came too late; this one is counted
 */
struct report_run {
	struct report_key key;
	uint32_t host, run;
	uint64_t level_ms, counted;
	bool longer;
	struct view_window *kept;
	struct report_stretches stretches;
};

/* A level: how many windows were counted, and how many left out. */
struct report_level {
	uint64_t ms, counted, left_out;
};

/* keys       the runs, by number: struct report_run
 * levels     of which there are windows, in the order in which they came. ctagg knows eight of a
 *            run at most
 * others     windows of further levels, all left out
 * snapshots  windows that are none of time, left out
 */
#define REPORT_MAX_LEVELS 64
struct report_runs {
	uint64_t asked_ms;
	struct report_keys keys;
	size_t kept_bytes;
	struct report_level levels[REPORT_MAX_LEVELS];
	size_t n_levels;
	uint64_t others, snapshots;
};

/* Counts a window, which stays the caller's. Returns 0 or -errno. */
typedef int report_window_fn(void *arg, struct report_run *run, const struct view_window *w);

static inline struct report_run *report_runs_get(const struct report_runs *r, size_t number)
{
	return report_keys_item(&r->keys, number);
}

int report_runs_open(struct report_runs *r, uint64_t level_ms);	/* 0 or -ENOMEM */
void report_runs_close(struct report_runs *r);

/* Take a window of a host, and show fn all windows that are now to be counted. Frees the window some
 * time. Returns 0, -ENOMEM, or what fn returned. */
int report_runs_take(struct report_runs *r, uint32_t host, struct view_window *w, report_window_fn *fn,
		     void *arg);

/* No window will come any more: show fn those that were kept back. */
int report_runs_end(struct report_runs *r, report_window_fn *fn, void *arg);

#endif
