/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_TABLES_H
#define CTAGG_PIPELINE_TABLES_H

#include "cli/options.h"
#include "host/addresses.h"
#include "pipeline/label_tables.h"
#include "table/kernel.h"
#include "table/memory.h"

/* Where events are counted.
 *
 * kernel    the kernel table; NULL: all events are counted in memory
 * open      the open window's table in memory; with a kernel table it gets only the events
 *           that the filter passes on
 * closed    the table of the window that was closed last, until its lines are made
 * rotation  what the last rotation of the kernel table found
 * unread    the last rotation could not drain the whole kernel table
 * labelled  what keys with labels need besides
 */
struct tables {
	struct kernel *kernel;
	struct memory *open;
	struct memory *closed;
	struct kernel_rotation rotation;
	bool unread;
	struct label_tables labelled;
};

/* The counter by which one flow is larger than another: the counter of --top. Without --top,
 * the number of events; in a snapshot, the number of connections. */
enum top_by tables_largest_by(const struct options *opts);

/* The keys that tables are given: those of records; with --distinct finer ones. */
struct flow_spec tables_spec(const struct options *opts);

/* How a kernel table is opened in which --source=trace counts: KERNEL_TRACE and others of table/kernel.h. */
unsigned int tables_trace_flags(const struct options *opts);

/* Make a table in memory with the capacity and the key that the options ask for. Returns 0 and
 * a table the caller owns, or -errno. */
int tables_memory(struct memory **out, const struct options *opts);

/* Make the tables that the options ask for. Says what fails. When a kernel table cannot be
 * made, that is a failure only with --table=bpf; otherwise a message says why, and all events
 * are counted in memory. Returns 0 or -errno; also after a failure tables_close() is due. */
int tables_open(struct tables *t, const struct options *opts);

/* Where keys have labels: begin with these, before tables_begin(). intake is lent. When the kernel table
 * has no room for so many networks, this is as if it could not be made. Says what fails. Returns 0 or
 * -errno. */
int tables_labels(struct tables *t, const struct options *opts, struct intake *intake,
		  struct netlabel_set *labels);

/* Which table counts, as window records say: "bpf" with a kernel table, otherwise "hash". */
const char *tables_name(const struct tables *t);

/* Tell the kernel table, if there is one, the addresses of this namespace, from which the
 * filter takes directions; and the time of day (now_ns, since 1970), with event_times: the
 * kernel gives events a time (nf_conntrack_timestamp). */
void tables_addresses(struct tables *t, const struct addresses *a);
void tables_clock(struct tables *t, uint64_t now_ns, bool event_times);

/* Tell the kernel table, if there is one, when the first window and its levels begin; before
 * any event is counted. Says what fails. Returns 0 or -errno. */
int tables_begin(struct tables *t, const struct kernel_starts *first);

/* Close a window in two steps; `closed` must be empty.
 *
 * tables_rotate() ends window w in the kernel table, if there is one: events that the filter
 * takes from now on are the next window's, and the rows so far are drained into `closed`.
 * If draining fails, `unread` is set and a message says why; rows that are left in the kernel
 * come with a later window, or are missing if this window is the last one.
 *
 * The caller then adds to `open` the messages that the filter had passed on before the
 * rotation. Now the window is whole: tables_take() returns its table, lent until the caller
 * has emptied it, and `open` is empty for the next window. */
void tables_rotate(struct tables *t, const struct kernel_window *w, bool last);
struct memory *tables_take(struct tables *t);

void tables_close(struct tables *t);

#endif
