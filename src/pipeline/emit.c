/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "pipeline/emit.h"

#define BUFFER_SIZE (1 << 20)

/* Rows to look at before other work gets its turn: while the window is added to longer
 * ones, and while the largest are chosen. */
#define STEP_ROWS 16384

int emit_open(struct emit *e, const char *path, const char *host)
{
	memset(e, 0, sizeof(*e));
	e->name = path ? path : "standard output";
	record_init(&e->record, host);
	return file_open(&e->file, path, BUFFER_SIZE);
}

/* Keep the largest apart. Where there is no memory to choose them, all are. */
static void begin_top(struct emit *e, const struct emit_job *job)
{
	top_close(e->chosen);
	e->chosen = NULL;
	e->choosing = false;
	e->rows = memory_rows(job->table);
	if (!e->top || e->rows <= e->top)
		return;
	if (top_open(&e->chosen, job->table, e->top, e->top_by)) {
		log_error("--top: not enough memory to choose from %zu flows: all are written", e->rows);
		return;
	}
	e->choosing = true;
	e->rows = e->top;
}

/* Begin with the next job, if there is one. */
static void next_job(struct emit *e)
{
	struct emit_job *job = &e->jobs[e->job];

	e->busy = e->job < e->n_jobs;
	if (!e->busy) {
		e->job = e->n_jobs = 0;
		return;
	}
	begin_top(e, job);
	/* Said here for all windows: the table of a longer one is whole only now. */
	job->window.total = memory_total(job->table);
	if (memory_folded(job->table))
		window_status_at_least(&job->window.status, WINDOW_PARTIAL);
	if (!job->window.rotated)
		job->window.table_rows = memory_rows(job->table);
	job->window.max_error = memory_max_error(job->table);
	job->window.max_error_counter = memory_error_counter(job->table);
	job->window.records = e->rows + (e->chosen != NULL) + (memory_folded(job->table) > 0) +
			      rule_totals_n(job->rules);
	e->next = 0;
	record_begin(&e->record, job->start_ns, job->end_ns, job->window.level_ns);
}

void emit_add(struct emit *e, struct memory *to, const struct memory *from)
{
	e->additions[e->n_additions++] = (struct emit_addition){ to, from, 0 };
}

void emit_begin(struct emit *e, struct memory *table, struct rule_totals *rules,
		uint64_t start_ns, uint64_t end_ns, const struct window_record *w)
{
	e->jobs[e->n_jobs++] = (struct emit_job){ table, rules, start_ns, end_ns, *w };
	if (!e->busy)
		next_job(e);
}

/* The next line of the window at p: a flow, after them what others add up to, then the
 * rules, then the window's own. */
static char *next_line(struct emit *e, char *p)
{
	struct emit_job *job = &e->jobs[e->job];
	size_t i = e->next++, n_rules = rule_totals_n(job->rules), left;

	if (i < e->rows)
		return record_flow(&e->record, p,
				   e->chosen ? top_row(e->chosen, i) : memory_row(job->table, i));
	if (i == e->rows && e->chosen)
		return record_other(&e->record, p, top_rest(e->chosen), "top",
				    memory_rows(job->table) - e->rows);
	left = job->window.records - i;
	if (left > n_rules)
		return record_other(&e->record, p, memory_other(job->table), "table_full",
				    memory_folded(job->table));
	if (left)
		return record_rule(&e->record, p, rule_totals_get(job->rules, n_rules - left));
	job->window.write_errors = e->write_errors;
	p = record_window(&e->record, p, &job->window);
	memory_clear(job->table);
	rule_totals_clear(job->rules);
	e->job++;
	next_job(e);
	return p;
}

/* What comes before the lines, a step of it. Returns whether there is more to do. */
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

/* Returns whether there is something to do before more lines can be made. */
static bool fill(struct emit *e)
{
	char *p;

	while (e->busy) {
		if (prepare(e))
			return true;
		p = file_room(e->file, RECORD_MAX);
		if (!p)
			break;
		file_commit(e->file, next_line(e, p) - p);
	}
	return false;
}

static void write_failed(struct emit *e, int err)
{
	e->write_errors++;
	e->err = err;
	if (!e->failing)
		log_error("cannot write to %s: %s; trying again every second, up to %d bytes wait and the window stays open",
			  e->name, strerror(-err), BUFFER_SIZE);
	e->failing = true;
}

/* Lines that no datagram holds are missing for good. */
static void count_refused(struct emit *e)
{
	uint64_t refused = file_refused(e->file);

	if (refused && !e->refused)
		log_error("%s takes no datagram as long as a record: records are left out, and counted as write errors; write to a file or a pipe",
			  e->name);
	e->write_errors += refused - e->refused;
	e->refused = refused;
}

static enum emit_state flush(struct emit *e)
{
	int err;

	if (e->failing && !e->retry)
		return EMIT_FAILING;
	e->retry = false;
	err = file_flush(e->file);
	count_refused(e);
	if (err == -EAGAIN)
		return EMIT_BLOCKED;
	if (err == -EPIPE)
		return EMIT_GONE;
	if (err) {
		write_failed(e, err);
		return EMIT_FAILING;
	}
	if (e->failing)
		log_notice("writing to %s again", e->name);
	e->failing = false;
	return e->busy ? EMIT_MORE : EMIT_IDLE;
}

enum emit_state emit_step(struct emit *e)
{
	bool preparing = fill(e);
	enum emit_state state = e->busy ? EMIT_MORE : EMIT_IDLE;

	if (file_pending(e->file))
		state = flush(e);
	/* A reader that is not ready holds up no preparations. */
	return preparing && state != EMIT_GONE ? EMIT_MORE : state;
}

void emit_retry(struct emit *e)
{
	e->retry = true;
}

bool emit_gone(struct emit *e)
{
	int err = file_error(e->file);

	if (err && err != -EPIPE)
		write_failed(e, err);
	return err == -EPIPE;
}

/* --- opening anew ----------------------------------------------------------- */

static const char *user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : "(no name)";
}

static const char *group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return group ? group->gr_name : "(no name)";
}

/* The right to pass over owners and modes was given up after setting up. */
static void say_reopen_failed(const struct emit *e, int err)
{
	char needed[160] = "";

	if (err == -EACCES)
		snprintf(needed, sizeof(needed), "; it must be writable for %s, in logrotate: create 0640 %s %s",
			 user_name(geteuid()), user_name(geteuid()), group_name(getegid()));
	log_error("cannot open %s anew: %s; still writing to the old file and trying again every second%s",
		  e->name, strerror(-err), needed);
}

static int reopen(struct emit *e)
{
	int err = file_reopen(e->file);

	if (err && err != e->reopen_err)
		say_reopen_failed(e, err);
	else if (!err && e->reopen_err)
		log_notice("opened %s anew", e->name);
	else if (!err)
		log_verbose("opened %s anew", e->name);
	e->reopen_err = err;
	e->retry |= !err;
	return err;
}

void emit_reopen(struct emit *e)
{
	reopen(e);
}

bool emit_tick(struct emit *e)
{
	e->retry = true;
	return e->reopen_err && !reopen(e);
}

void emit_close(struct emit *e)
{
	file_close(e->file);
	top_close(e->chosen);
	e->chosen = NULL;
	e->file = NULL;
}
