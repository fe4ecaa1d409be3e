/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_EMIT_H
#define CTAGG_PIPELINE_EMIT_H

#include <stdbool.h>

#include "anonymize/anonymize.h"
#include "metrics/windows.h"
#include "pipeline/outputs.h"
#include "rule/totals.h"
#include "sink/record.h"
#include "sink/snapshot_record.h"
#include "socket/totals.h"
#include "state/selection.h"
#include "table/memory.h"
#include "table/top.h"

/* What a window has records of beside its flows; NULL: it has no such records. */
struct emit_beside {
	struct rule_totals *rules;
	struct socket_totals *sockets;
};

/* A window whose lines are to be made. Table, rules and sockets are lent until the last line has been
 * made, and are emptied then. */
struct emit_job {
	struct memory *table;
	struct emit_beside beside;
	struct netlabel_set *labels;	/* of networks and marks; held; NULL: without --labels */
	uint64_t start_ns, end_ns;
	struct window_record window;
};

#define EMIT_JOBS 16

/* The shortest window whose last line was made last.
 *
 * fresh   there is one that nobody has looked at; whoever does clears this
 * events  that were counted in it; connections that --interim found open are none
 */
struct emit_last {
	bool fresh;
	uint64_t seq, records, events;
	enum window_status status;
};

/* The table of a closed window, to be added to the table of a longer one. */
struct emit_addition {
	struct memory *to;
	const struct memory *from;
	size_t next;	/* see memory_add_some() */
};

/* Write the next line at p, which has RECORD_MAX bytes of room. Returns where the line
 * ends, or NULL when there are no more lines. */
typedef char *emit_line_fn(void *arg, struct record *r, char *p);

/* Makes the lines of closed windows and writes them, a buffer at a time, so that events of the
 * next window can be read in between. The lines of one window come in this order: a `flow` for
 * each row, `other` for the flows that --top left out, `other` for the flows that found no room,
 * a `rule` for each rule, a `socket` for each socket and for those without one, the `window`. */
struct emit {
	struct origin origin;	/* of all records */
	struct record record;
	struct outputs outputs;
	struct metrics_windows *metrics;	/* gets the shortest windows and the time of writing;
						 * lent, or NULL */
	uint64_t shortest_ns;	/* nominal length of the shortest windows; for metrics and `last' */
	struct emit_last last;
	const struct record_snapshot *snapshot;	/* records are a snapshot's; NULL: windows' */
	emit_line_fn *changes;	/* with a snapshot: makes lines in place of its flows; or NULL */
	void *arg;		/* of changes */
	const char *key;	/* as --key gives it; lent */
	char selection[SELECTION_NAME];
	uint64_t top;		/* write only so many flows of a window, the largest; 0: all */
	enum top_by top_by;	/* by which counter flows are large */
	struct netlabel_set *labels;	/* of the windows that emit_begin() gets next; lent, or NULL */
	struct anonymizer *anonymizer;	/* NULL: addresses are shown */
	struct emit_job jobs[EMIT_JOBS];
	size_t n_jobs, job;	/* how many jobs there are; which one's lines are being made */
	struct emit_addition additions[EMIT_JOBS];
	size_t n_additions, addition;	/* how many additions there are; which one is under way */
	size_t rows, rules, sockets;	/* `flow`, `rule` and `socket` lines of the job */
	size_t next;		/* the number of the job's next line, of any type; from 0 */
	struct top *chosen;	/* the largest flows of the job; NULL: all rows are written */
	bool choosing;		/* chosen is not complete yet */
	bool busy;		/* there is a job */
	bool partial;		/* the record of a window, of any level, has said partial */
};

/* No jobs, no outputs and no origin; outputs_add() adds outputs, origin_init() the origin. The key
 * is the default, the name of the selection is empty. */
void emit_init(struct emit *e);

/* Add all rows of the table `from` to the table `to`, in steps, before the next line is made; up
 * to EMIT_JOBS additions can wait. `from` is the table that emit_begin() is called with next,
 * or one that stays as it is until emit is not busy.
 * The caller changes neither table while emit is busy. */
void emit_add(struct emit *e, struct memory *to, const struct memory *from);

/* Make the lines of a window, behind those of the windows that wait already (up to EMIT_JOBS).
 * table and beside must not change until the last line has been made; then they are emptied. w is copied. The fields that follow from the table are filled in when the job begins:
 * records, total, max_error and its counter, without a kernel table also table_rows, and the
 * status becomes partial when flows or sockets found no room or a counter stopped at FLOW_SUMS_MAX. */
void emit_begin(struct emit *e, struct memory *table, const struct emit_beside *beside,
		uint64_t start_ns, uint64_t end_ns, const struct window_record *w);

enum emit_state {
	EMIT_IDLE,	/* there is no job, and all lines are written */
	EMIT_MORE,	/* call emit_step() again when other work has had its turn */
	EMIT_BLOCKED,	/* the reader is not ready: wait for POLLOUT */
	EMIT_FAILING,	/* writing failed, which has been said: wait for outputs_retry() */
	EMIT_GONE,	/* nobody reads any more */
};

/* Make lines while there is room, and write them. */
enum emit_state emit_step(struct emit *e);

void emit_close(struct emit *e);

#endif
