/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_EMIT_H
#define CTAGG_PIPELINE_EMIT_H

#include <stdbool.h>

#include "pipeline/outputs.h"
#include "rule/totals.h"
#include "sink/record.h"
#include "sink/snapshot_record.h"
#include "table/memory.h"
#include "table/top.h"

/* A window to be made into lines. */
struct emit_job {
	struct memory *table;		/* both lent until it is done, then empty */
	struct rule_totals *rules;	/* NULL: there are none */
	uint64_t start_ns, end_ns;
	struct window_record window;
};

#define EMIT_JOBS 16

/* A closed window to be added to a longer one. */
struct emit_addition {
	struct memory *to;
	const struct memory *from;
	size_t next;	/* of its rows */
};

/* Write the next line at p, which has RECORD_MAX bytes of room. Returns where the line
 * ends, or NULL when there are no more lines. */
typedef char *emit_line_fn(void *arg, struct record *r, char *p);

/* Turns closed windows' tables into lines, a bufferful at a time, so that the
 * events of the next window are read in between. */
struct emit {
	struct record record;
	struct outputs outputs;
	const struct record_snapshot *snapshot;	/* lines are a snapshot's; NULL: windows' */
	emit_line_fn *changes;	/* of a snapshot, in place of its flows; NULL: flows */
	void *arg;
	uint64_t top;		/* rows to write of a window; 0: all */
	enum top_by top_by;
	struct emit_job jobs[EMIT_JOBS];
	size_t n_jobs, job;	/* and which is in hand */
	struct emit_addition additions[EMIT_JOBS];
	size_t n_additions, addition;
	size_t rows, next;	/* of that: how many, and which is next */
	struct top *chosen;	/* which of its rows; NULL: all as they are */
	bool choosing;		/* which is not yet done */
	bool busy;		/* lines of a window are still to be made */
};

/* Begin, in the name of host, without an output: outputs_add() gives it some. */
void emit_init(struct emit *e, const char *host);

/* Before any line is made, and in steps, add all that `from` holds to another table (up
 * to EMIT_JOBS additions); `from` is that of the window which emit_begin() is called for
 * next. While emit is busy, both stay as they are. */
void emit_add(struct emit *e, struct memory *to, const struct memory *from);

/* Begin with a window, or queue it behind others (up to EMIT_JOBS): table and
 * rules (NULL: none) are emptied when the last line has been made, and must stay as
 * they are until then. Of w the total and what else the table tells is taken from there. */
void emit_begin(struct emit *e, struct memory *table, struct rule_totals *rules,
		uint64_t start_ns, uint64_t end_ns, const struct window_record *w);

enum emit_state {
	EMIT_IDLE,	/* all is written */
	EMIT_MORE,	/* there is more to do at once */
	EMIT_BLOCKED,	/* the reader is not ready: wait for POLLOUT */
	EMIT_FAILING,	/* writing failed, which has been said: wait for outputs_retry() */
	EMIT_GONE,	/* nobody reads any more */
};

/* Make lines while there is room, and write them. */
enum emit_state emit_step(struct emit *e);

void emit_close(struct emit *e);

#endif
