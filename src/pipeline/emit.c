/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/emit.h"
#include "window/clock.h"

/* How many rows emit_step() looks at before other work gets its turn, while a table is added to
 * longer windows' tables and while the largest flows are chosen. */
#define STEP_ROWS 16384

void emit_init(struct emit *e)
{
	memset(e, 0, sizeof(*e));
	record_init(&e->record, &e->origin);
	e->record.label_of = labels_get;
	e->key = FLOW_KEY_DEFAULT;
}

/* With --top: begin to choose the largest flows. When there is no memory for the choice, all flows
 * are written: too many lines are better than none. */
static void begin_top(struct emit *e, const struct emit_job *job)
{
	top_close(e->chosen);
	e->chosen = NULL;
	e->choosing = false;
	e->rows = e->changes ? 0 : memory_rows(job->table);
	if (!e->top || e->rows <= e->top)
		return;
	if (top_open(&e->chosen, job->table, e->top, e->top_by)) {
		repeat_say(&e->chosen, 0, LOG_KIND_ERROR, "--top: not enough memory to choose from %zu flows: all are written", e->rows);
		return;
	}
	repeat_over(&e->chosen, "--top: enough memory again");
	e->choosing = true;
	e->rows = e->top;
}

static void begin_outputs(struct emit *e, const struct emit_job *job)
{
	outputs_begin(&e->outputs, &(struct output_window){
		.start_ns = job->start_ns,
		.nominal_ns = job->window.nominal_ns,
		.seq = job->window.seq,
		.host = e->origin.host,
		.run = e->origin.run,
	});
}

/* Begin with the next job, if there is one. The fields that follow from the job's table are filled
 * in now, not in emit_begin(): the table of a longer window is whole only when all additions have
 * been made. */
static void next_job(struct emit *e)
{
	struct emit_job *job = &e->jobs[e->job];

	e->busy = e->job < e->n_jobs;
	if (!e->busy) {
		e->job = e->n_jobs = 0;
		return;
	}
	begin_top(e, job);
	job->window.total = memory_total(job->table);
	if (memory_folded(job->table) || memory_capped(job->table))
		window_status_at_least(&job->window.status, WINDOW_PARTIAL);
	if (!job->window.rotated)
		job->window.table_rows = memory_rows(job->table);
	job->window.max_error = memory_max_error(job->table);
	job->window.max_error_counter = memory_error_counter(job->table);
	if (rule_totals_incomplete(job->beside.rules) || socket_totals_full(job->beside.sockets))
		window_status_at_least(&job->window.status, WINDOW_PARTIAL);
	e->rules = rule_totals_lines(job->beside.rules);
	e->sockets = socket_totals_lines(job->beside.sockets);
	job->window.records = e->rows + (e->chosen != NULL) + (memory_folded(job->table) > 0) +
			      e->rules + e->sockets;
	e->next = 0;
	begin_outputs(e, job);
	e->record.netlabels = job->labels;
	record_begin(&e->record, job->start_ns, job->end_ns, job->window.nominal_ns);
}

void emit_add(struct emit *e, struct memory *to, const struct memory *from)
{
	e->additions[e->n_additions++] = (struct emit_addition){ to, from, 0 };
}

void emit_begin(struct emit *e, struct memory *table, const struct emit_beside *beside,
		uint64_t start_ns, uint64_t end_ns, const struct window_record *w)
{
	e->jobs[e->n_jobs++] = (struct emit_job){
		table, *beside, netlabel_set_hold(e->labels), start_ns, end_ns, *w,
	};
	if (!e->busy)
		next_job(e);
}

/* Line i of the job's flows. */
static char *flow_line(struct emit *e, char *p, size_t i)
{
	const struct memory *table = e->jobs[e->job].table;
	size_t number = e->chosen ? top_row(e->chosen, i) : i;
	const struct flow_row *row = memory_row(table, number);

	if (e->record.distinct)
		e->record.values = memory_distinct_row(table, number);
	return e->snapshot ? record_live(&e->record, p, row) : record_flow(&e->record, p, row);
}

static char *other_line(struct emit *e, char *p, const struct flow_sums *sum, const char *reason,
			uint64_t folded)
{
	return e->snapshot ? record_live_other(&e->record, p, sum, reason, folded) :
			     record_other(&e->record, p, sum, reason, folded);
}

/* The flows that --top left out. */
static char *left_out_line(struct emit *e, char *p, const struct memory *table)
{
	if (e->record.distinct)
		e->record.values = top_rest_distinct(e->chosen);
	return other_line(e, p, top_rest(e->chosen), "top", memory_rows(table) - e->rows);
}

/* The flows that found no room. */
static char *folded_line(struct emit *e, char *p, const struct memory *table)
{
	if (e->record.distinct)
		e->record.values = memory_distinct_other(table);
	return other_line(e, p, memory_other(table), "table_full", memory_folded(table));
}

static void note_shortest(struct emit *e, const struct emit_job *job)
{
	const struct window_record *w = &job->window;
	uint64_t events = flow_sums_events(w->total) - flow_sums_entries(w->total);

	e->last = (struct emit_last){ true, w->seq, w->records, events, w->status };
	if (e->metrics)
		metrics_windows_add(e->metrics, w, job->end_ns, memory_folded(job->table));
}

static char *window_line(struct emit *e, char *p, struct emit_job *job)
{
	struct window_record *w = &job->window;

	w->write_errors = e->outputs.write_errors;
	w->version = PACKAGE_VERSION;
	w->key = e->key;
	w->selection = e->selection;
	e->partial |= w->status == WINDOW_PARTIAL;
	if (w->nominal_ns == e->shortest_ns)
		note_shortest(e, job);
	if (e->record.distinct)
		e->record.values = memory_distinct_total(job->table);
	return e->snapshot ? record_snapshot(&e->record, p, w, e->snapshot) :
			     record_window(&e->record, p, w);
}

/* The next change at p, or NULL when there are no more. The number of changes is not known
 * before, so each one is added to the records of the window here. */
static char *change_line(struct emit *e, char *p)
{
	char *end = e->changes ? e->changes(e->arg, &e->record, p) : NULL;

	e->jobs[e->job].window.records += end != NULL;
	return end;
}

/* One of the last `left` lines of the job: rules, sockets, the window. */
static char *line_beside(struct emit *e, char *p, struct emit_job *job, size_t left)
{
	struct socket_line socket;
	struct rule_line rule;

	if (!left)
		return window_line(e, p, job);
	if (left <= e->sockets) {
		socket = socket_totals_next(job->beside.sockets);
		return record_socket(&e->record, p, &socket);
	}
	rule = rule_totals_next(job->beside.rules);
	return record_rule(&e->record, p, rule.total, rule.moved);
}

/* Make the next line of the job at p, in the order that emit.h gives. Line i is a flow for
 * i < rows; behind the flows, `left` counts down to the `window` line, which is number
 * window.records, and rules and sockets are the last lines before it. */
static char *next_line(struct emit *e, char *p)
{
	struct emit_job *job = &e->jobs[e->job];
	char *end = change_line(e, p);
	size_t i, left;

	i = e->next++;
	if (end)
		return end;
	if (i < e->rows)
		return flow_line(e, p, i);
	if (i == e->rows && e->chosen)
		return left_out_line(e, p, job->table);
	left = job->window.records - i;
	if (left > e->rules + e->sockets)
		return folded_line(e, p, job->table);
	return line_beside(e, p, job, left);
}

static void drop_labels(struct emit *e, struct emit_job *job)
{
	e->record.netlabels = NULL;
	netlabel_set_drop(job->labels);
	job->labels = NULL;
}

/* The window's last line has been made: the table, the rules and the sockets are free again. */
static void end_job(struct emit *e)
{
	struct emit_job *job = &e->jobs[e->job];

	outputs_window_done(&e->outputs);
	drop_labels(e, job);
	memory_clear(job->table);
	rule_totals_clear(job->beside.rules);
	socket_totals_clear(job->beside.sockets);
	e->job++;
	next_job(e);
}

/* One step of what must be complete before the job's lines can be made: additions first, as the
 * job's table may be the sum of one, then the choice of the largest flows. Returns whether there
 * is more to do. */
static bool prepare(struct emit *e)
{
	struct emit_addition *a = &e->additions[e->addition];

	if (e->addition < e->n_additions) {
		e->addition += memory_add_some(a->to, a->from, &a->next, STEP_ROWS);
		return true;
	}
	e->addition = e->n_additions = 0;
	if (e->choosing)
		e->choosing = !top_step(e->chosen, STEP_ROWS);
	return e->choosing;
}

/* Make lines until the outputs have no room. Returns whether something must be prepared before
 * more lines can be made. */
static bool fill(struct emit *e)
{
	char *p;

	while (e->busy) {
		if (prepare(e))
			return true;
		p = outputs_room(&e->outputs, RECORD_MAX);
		if (!p)
			break;
		outputs_commit(&e->outputs, next_line(e, p) - p);
		if (e->next > e->jobs[e->job].window.records)
			end_job(e);
	}
	return false;
}

static enum outputs_state flush(struct emit *e)
{
	uint64_t begin_ns = clock_monotonic_ns();
	enum outputs_state state = outputs_flush(&e->outputs);

	if (e->metrics)
		e->metrics->write_ns += clock_monotonic_ns() - begin_ns;
	return state;
}

enum emit_state emit_step(struct emit *e)
{
	bool preparing = fill(e);

	switch (flush(e)) {
	case OUTPUTS_GONE:
		return EMIT_GONE;
	case OUTPUTS_BLOCKED:
		/* Preparing needs no room in the outputs, so it goes on meanwhile. */
		return preparing ? EMIT_MORE : EMIT_BLOCKED;
	case OUTPUTS_FAILING:
		return preparing ? EMIT_MORE : EMIT_FAILING;
	case OUTPUTS_WRITTEN:
		break;
	}
	return preparing || e->busy ? EMIT_MORE : EMIT_IDLE;
}

void emit_close(struct emit *e)
{
	outputs_close(&e->outputs);
	for (size_t i = e->job; i < e->n_jobs; i++)
		drop_labels(e, &e->jobs[i]);
	top_close(e->chosen);
	e->chosen = NULL;
	anonymize_close(e->anonymizer);
	e->anonymizer = NULL;
	e->record.map_address = NULL;
}
