/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_TABLES_H
#define CTAGG_PIPELINE_TABLES_H

#include "cli/options.h"
#include "host/addresses.h"
#include "table/kernel.h"
#include "table/memory.h"

/* Where events are counted. With a kernel table, `open` gets only what the
 * filter passes on; without one, everything. */
struct tables {
	struct kernel *kernel;	/* NULL: counting in memory */
	struct memory *open;	/* the open window's */
	struct memory *closed;	/* the last closed window's, until its lines are made */
	struct kernel_rotation rotation;
	bool unread;		/* the kernel table could not be read, or only in part */
};

/* By what flows are large: the counter of --top; without, events, and in a snapshot
 * what is alive. */
enum top_by tables_largest_by(const struct options *opts);

/* A table in memory for what the options ask for. Returns 0 or -errno. */
int tables_memory(struct memory **out, const struct options *opts);

/* Make the tables that the options ask for. Says what fails, and why there is no
 * kernel table where one would have been used. Returns 0 or -errno. */
int tables_open(struct tables *t, const struct options *opts);

/* What the window records call it. */
const char *tables_name(const struct tables *t);

/* Tell the kernel table, if there is one, what it needs to know. */
void tables_addresses(struct tables *t, const struct addresses *a);
void tables_clock(struct tables *t, uint64_t now_ns, bool event_times);

/* Where the first window begins, and the longer ones with it, before anything is counted.
 * Says what fails. Returns 0 or -errno. */
int tables_begin(struct tables *t, const struct kernel_starts *first);

/* Close a window in two steps. First, what the kernel counts
 * from now on is the next window's; `unread` and a message say where that fails, and
 * what it holds then comes with a later window, unless this one is the last. Then, when
 * all that the filter had passed on has been read into `open`, the window is
 * whole: returns its table, which is lent until it is empty, and `open` is empty
 * for the next. `closed` must be empty. */
void tables_rotate(struct tables *t, const struct kernel_window *w, bool last);
struct memory *tables_take(struct tables *t);

void tables_close(struct tables *t);

#endif
