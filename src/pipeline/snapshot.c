/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "flow/change.h"
#include "host/addresses.h"
#include "intake/intake.h"
#include "pipeline/emit.h"
#include "pipeline/labelling.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "pipeline/snapshot.h"
#include "pipeline/tables.h"
#include "pipeline/tracked.h"
#include "rule/tracks.h"
#include "sink/snapshot_record.h"
#include "source/dump.h"
#include "state/state.h"
#include "table/memory.h"
#include "window/clock.h"

#define BATCH 256

/* One snapshot.
 *
 * output    makes and writes the lines
 * state     the last snapshot; NULL: without --state
 * start_ns  when the dump began; end_ns: when it was over
 * events    read from the dump and not yet in the table, n_events of them
 * rows      with --state: the flows of this snapshot, sorted by key, n_rows of them
 * then      up to then_end: the flows of the last snapshot that have not been compared yet;
 *           now, up to now_end: those of this snapshot
 */
struct snapshot {
	const struct options *opts;
	struct emit output;
	struct labelling labelling;
	struct addresses *addresses;
	struct intake intake;
	struct memory *table;
	struct state *state;
	struct dump_stats dump;
	uint64_t start_ns, end_ns;
	struct record_snapshot record;
	struct flow_event events[BATCH];
	size_t n_events;
	struct flow_row *rows;
	size_t n_rows;
	const struct flow_row *then, *then_end, *now, *now_end;
	char digest[STATE_DIGEST], digest_keys[STATE_DIGEST];
};

/* --- reading ---------------------------------------------------------------- */

static void add_batch(struct snapshot *s)
{
	intake_add(&s->intake, s->table, s->events, s->n_events);
	s->n_events = 0;
}

static void take_entry(void *arg, const struct conntrack_entry *entry)
{
	struct snapshot *s = arg;
	struct flow_event *ev = &s->events[s->n_events];

	*ev = entry->event;
	ev->unreplied_live = true;
	if (!intake_choose(&s->intake, ev, 1))
		return;
	s->n_events++;
	s->record.offloaded += entry->offloaded;
	if (s->n_events == BATCH)
		add_batch(s);
}

static int read_table(struct snapshot *s)
{
	int err;

	s->start_ns = clock_wall_ns();
	err = dump_connections(take_entry, NULL, s, &s->dump);
	add_batch(s);
	s->end_ns = clock_wall_ns();
	if (err == -EPERM)
		return setup_fail(FAILED, "cannot read the connection table", err,
				  privileges_net_admin());
	if (err)
		return setup_fail(FAILED, "cannot read the connection table", err,
				  "; is the module nf_conntrack_netlink there?");
	return DONE;
}

/* --- writing ---------------------------------------------------------------- */

/* The lists of the last snapshot and of this one are sorted by key. Take the smaller of their two
 * next keys: *then is its flow in the last snapshot and *now its flow in this one, NULL in a
 * snapshot without this key. Returns false at the end of both lists. */
static bool next_pair(struct snapshot *s, const struct flow_row **then, const struct flow_row **now)
{
	bool old = s->then < s->then_end, new = s->now < s->now_end;
	int order = !old ? 1 : !new ? -1 : memcmp(&s->then->key, &s->now->key, sizeof(s->now->key));

	*then = old && order <= 0 ? s->then++ : NULL;
	*now = new && order >= 0 ? s->now++ : NULL;
	return old || new;
}

/* Count the change of a flow that is not as it was. Returns whether --changes has it printed. */
static bool count_change(struct snapshot *s, const struct flow_row *then, const struct flow_row *now)
{
	enum change_what what = !then ? CHANGE_APPEARED : !now ? CHANGE_VANISHED : CHANGE_CHANGED;
	bool printed = s->opts->changes & what;

	s->record.appeared += what == CHANGE_APPEARED;
	s->record.vanished += what == CHANGE_VANISHED;
	s->record.changed += what == CHANGE_CHANGED;
	if (what == CHANGE_CHANGED)
		printed &= flow_change_reaches(&then->sum, &now->sum, s->opts->change_share);
	s->record.unprinted_changes += !printed;
	return printed;
}

/* Write the next flow that has appeared, vanished or changed, and is to be printed, at p: see
 * emit_line_fn. */
static char *next_change(void *arg, struct record *r, char *p)
{
	struct snapshot *s = arg;
	const struct flow_row *then, *now;

	do
		if (!next_pair(s, &then, &now))
			return NULL;
	while ((then && now && flow_change_none(&then->sum, &now->sum)) ||
	       !count_change(s, then, now));
	return record_change(r, p, then ? &then->key : &now->key, then ? &then->sum : NULL,
			     now ? &now->sum : NULL);
}

/* With --state: let emit write, in place of the flows, the changes since the last snapshot. */
static void begin_changes(struct snapshot *s)
{
	size_t n_then = state_rows(s->state, &s->then);

	/* Without rows `then' is NULL, to which C adds nothing, not even 0. */
	s->then_end = n_then ? s->then + n_then : s->then;
	s->now = s->rows;
	s->now_end = s->rows + s->n_rows;
	state_digest(s->rows, s->n_rows, s->digest);
	state_digest_keys(s->rows, s->n_rows, s->digest_keys);
	if (s->output.anonymizer) {
		anonymize_digest(s->output.anonymizer, s->digest);
		anonymize_digest(s->output.anonymizer, s->digest_keys);
	}
	s->record.compared = true;
	s->output.changes = next_change;
	s->output.arg = s;
}

/* Where nothing is tracked there is nothing to read. */
static enum window_status status(const struct snapshot *s)
{
	if (s->dump.undecoded)
		return WINDOW_PARTIAL;
	return !s->dump.entries && tracked_by_rules() == TRACKS_NONE ? WINDOW_NODATA : WINDOW_OK;
}

static void begin_lines(struct snapshot *s)
{
	struct window_record w = {
		.seq = 1,
		.closed_by = CLOSED_BY_STOP,
		.status = status(s),
		.undecoded_events = s->dump.undecoded,
		.accounting = setup_switch("nf_conntrack_acct"),
		.timestamps = setup_switch("nf_conntrack_timestamp"),
	};

	outputs_dropped(&s->output.outputs, true, &w.dropped_windows, &w.dropped_records);
	if (w.dropped_windows)
		window_status_at_least(&w.status, WINDOW_PARTIAL);
	s->record.duplicates = s->dump.duplicates;
	s->record.sha256 = s->digest;
	s->record.sha256_keys = s->digest_keys;
	if (s->state)
		begin_changes(s);
	s->output.snapshot = &s->record;
	s->output.labels = s->labelling.current;
	emit_begin(&s->output, s->table, &(struct emit_beside){ 0 }, s->start_ns, s->end_ns, &w);
}

/* --- with a state ----------------------------------------------------------- */

static int open_state(struct snapshot *s)
{
	const char *path = s->opts->state;
	int damaged, err;

	if (!path)
		return DONE;
	err = state_open(&s->state, path, &s->opts->spec, &s->opts->select, &damaged);
	if (damaged)
		log_error("%s: damaged, or of another version: set aside as %s.damaged; all that is there counts as new",
			  path, path);
	switch (err) {
	case 0:
		return DONE;
	case -EWOULDBLOCK:
		log_error("%s: another ctagg is comparing with it; try again when that is done", path);
		return FAILED;
	case -ENOMEM:
		return setup_fail(FAILED, path, err, "; it is as it was, make room in memory");
	case -EIO:
		return setup_fail(FAILED, path, err, "; it is as it was, and nothing was compared with it: try again");
	case -EINVAL:
		log_error("%s: was made with another --key or selection; use a file for each", path);
		return WRONG_USAGE;
	}
	return setup_fail_path(FAILED, "", path, DENIED_OPEN, err,
			       "; --state wants a file that can be written");
}

static int sort_rows(struct snapshot *s)
{
	size_t n = memory_rows(s->table);

	if (!s->state)
		return DONE;
	if (memory_folded(s->table)) {
		log_error("--state: %zu flows and more than --max-flows has room for cannot be compared; raise it (nothing is written, the state is as it was)",
			  n);
		return FAILED;
	}
	s->rows = calloc(n + 1, sizeof(*s->rows));
	if (!s->rows)
		return setup_fail(FAILED, "--state", -ENOMEM, "");
	for (size_t i = 0; i < n; i++)
		s->rows[i] = *memory_row(s->table, i);
	state_sort(s->rows, n);
	s->n_rows = n;
	return DONE;
}

/* Say at once that the state cannot be replaced at the end, before anything is read or written: the
 * right to files of other users is gone. */
static int try_state(const struct snapshot *s)
{
	int err = s->state ? state_try(s->state) : 0;

	return err ? setup_fail_path(FAILED, "", s->opts->state, DENIED_REPLACE, err,
				     "; --state wants a file that can be replaced") : DONE;
}

/* Replace the state, but only when all lines have been written: if the reader did not get all
 * lines, the next snapshot reports the same changes again. */
static int save_state(struct snapshot *s)
{
	int err;

	if (!s->state)
		return DONE;
	err = state_save(s->state, s->rows, s->n_rows);
	if (err == -ESTALE)
		return setup_fail(FAILED, s->opts->state, err,
				  "; somebody has moved it or put another in its place, which stays as it is");
	if (err)
		return setup_fail(FAILED, s->opts->state, err,
				  "; the state is as it was, the same changes will come again");
	return DONE;
}

/* --- all of it -------------------------------------------------------------- */

static int open_sources(struct snapshot *s)
{
	struct flow_spec spec = tables_spec(s->opts);
	int err = addresses_open(&s->addresses);

	if (err)
		return setup_fail(FAILED, "cannot read the addresses of this host", err, "");
	intake_init(&s->intake, &spec, &s->opts->select, s->addresses);
	s->intake.labels.set = s->labelling.current;
	err = tables_memory(&s->table, s->opts);
	if (err)
		return setup_fail(FAILED, "cannot make the table", err, "; try a smaller --max-flows");
	err = privileges_reduce(PRIVILEGES_SNAPSHOT, s->opts, NULL);
	return err ? err : try_state(s);
}

/* Say which outputs have not got all lines. Returns FAILED if there is one, else DONE. */
static int say_unwritten(const struct outputs *o)
{
	int status = DONE;

	for (size_t i = 0; i < o->n; i++) {
		const struct outputs_one *one = &o->list[i];
		int err = one->failing ? one->err : one->refused ? -EMSGSIZE : 0;

		if (err)
			status = setup_fail(FAILED, one->output->name, err, "; not all was written");
	}
	return status;
}

/* Make all lines and wait until every reader has taken them. */
static int write_all(struct snapshot *s)
{
	enum emit_state state;
	int status;

	begin_lines(s);
	while ((state = emit_step(&s->output)) == EMIT_MORE || state == EMIT_BLOCKED)
		if (state == EMIT_BLOCKED)
			outputs_wait(&s->output.outputs);
	if (state == EMIT_GONE)
		return DONE;	/* the reader has read as much as it wanted (| head) */
	status = say_unwritten(&s->output.outputs);
	return status ? status : save_state(s);
}

int snapshot_run(const struct options *opts)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	int status;

	if (!s)
		return setup_fail(FAILED, "cannot start", -ENOMEM, "");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	s->opts = opts;
	status = privileges_begin(opts);
	if (!status)
		status = setup_output(&s->output, opts);
	s->output.outputs.quiet = true;
	if (!status)
		status = labelling_open(&s->labelling, opts);
	if (!status)
		status = open_state(s);
	if (!status)
		status = setup_netns(&s->output.origin, opts);
	if (!status)
		status = open_sources(s);
	if (!status)
		status = read_table(s);
	if (!status)
		status = sort_rows(s);
	if (!status)
		status = setup_strict(&s->output, opts, write_all(s));
	emit_close(&s->output);
	labelling_close(&s->labelling);
	addresses_close(s->addresses);
	memory_close(s->table);
	state_close(s->state);
	free(s->rows);
	free(s);
	return status;
}
