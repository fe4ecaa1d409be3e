/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "host/addresses.h"
#include "intake/intake.h"
#include "pipeline/emit.h"
#include "pipeline/setup.h"
#include "pipeline/snapshot.h"
#include "pipeline/tables.h"
#include "privilege/privilege.h"
#include "sink/snapshot_record.h"
#include "source/dump.h"
#include "state/state.h"
#include "table/memory.h"
#include "window/clock.h"

#define BATCH 256

struct snapshot {
	const struct options *opts;
	struct emit output;
	struct addresses *addresses;
	struct intake intake;
	struct memory *table;
	struct state *state;		/* NULL: nothing to compare with */
	struct dump_stats dump;
	uint64_t offloaded;
	struct flow_event events[BATCH];
	size_t n_events;
	struct flow_row *rows;		/* sorted, with a state */
	uint64_t records;
	uint64_t appeared, vanished, changed;
	bool stuck;			/* writing has failed, or nobody reads */
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
	s->offloaded += entry->offloaded;
	if (s->n_events == BATCH)
		add_batch(s);
}

static int read_table(struct snapshot *s)
{
	uint64_t start_ns = clock_wall_ns();
	int err = dump_connections(take_entry, NULL, s, &s->dump);

	add_batch(s);
	if (err == -EPERM)
		return setup_fail(FAILED, "cannot read the connection table", err,
				  "; needs CAP_NET_ADMIN: run as root, or setcap cap_net_admin+ep on the program");
	if (err)
		return setup_fail(FAILED, "cannot read the connection table", err,
				  "; is the module nf_conntrack_netlink there?");
	record_begin(&s->output.record, start_ns, clock_wall_ns(), 0);
	return DONE;
}

/* --- writing ---------------------------------------------------------------- */

/* Wait until every reader has taken all that waits. */
static void flush(struct snapshot *s)
{
	struct outputs *o = &s->output.outputs;
	struct pollfd ready[OUTPUTS_MAX];

	while (outputs_flush(o) == OUTPUTS_BLOCKED) {
		for (size_t i = 0; i < o->n; i++)
			ready[i] = (struct pollfd){
				.fd = o->list[i].blocked ? outputs_poll_fd(o, i) : -1,
				.events = POLLOUT,
			};
		poll(ready, o->n, -1);
	}
}

/* Where the next line goes; NULL when writing has failed, or nobody reads. */
static char *begin_line(struct snapshot *s)
{
	char *p = outputs_room(&s->output.outputs, RECORD_MAX);

	if (!p) {
		flush(s);
		p = outputs_room(&s->output.outputs, RECORD_MAX);
	}
	s->stuck = !p;
	return p;
}
#define WRITE(s, call)                                                                         \
	do {                                                                                   \
		char *p = begin_line(s);                                                       \
		if (p)                                                                         \
			outputs_commit(&(s)->output.outputs, (call) - p);                      \
	} while (0)

/* The largest with --top, where there are more; NULL: all are written. */
static struct top *choose_top(const struct snapshot *s)
{
	struct top *top;

	if (!s->opts->top || memory_rows(s->table) <= s->opts->top)
		return NULL;
	if (top_open(&top, s->table, s->opts->top, tables_largest_by(s->opts))) {
		log_error("--top: not enough memory to choose from %zu flows: all are written",
			  memory_rows(s->table));
		return NULL;
	}
	while (!top_step(top, SIZE_MAX))
		;
	return top;
}

static void write_flows(struct snapshot *s)
{
	struct record *r = &s->output.record;
	size_t rows = memory_rows(s->table);
	struct top *top = choose_top(s);

	if (top)
		rows = s->opts->top;
	s->records = rows + (top != NULL) + (memory_folded(s->table) > 0);
	for (size_t i = 0; i < rows && !s->stuck; i++)
		WRITE(s, record_live(r, p, top ? top_row(top, i) : memory_row(s->table, i)));
	if (top)
		WRITE(s, record_live_other(r, p, top_rest(top), "top", memory_rows(s->table) - rows));
	top_close(top);
	if (memory_folded(s->table))
		WRITE(s, record_live_other(r, p, memory_other(s->table), "table_full",
					   memory_folded(s->table)));
}

static bool same(const struct flow_sums *a, const struct flow_sums *b)
{
	return a->live == b->live && a->unreplied == b->unreplied && a->uncounted_live == b->uncounted_live &&
	       a->orig_packets == b->orig_packets && a->orig_bytes == b->orig_bytes &&
	       a->reply_packets == b->reply_packets && a->reply_bytes == b->reply_bytes;
}

static void write_change(struct snapshot *s, const struct flow_row *then, const struct flow_row *now)
{
	struct record *r = &s->output.record;

	if (then && now && same(&then->sum, &now->sum))
		return;
	s->appeared += !then;
	s->vanished += !now;
	s->changed += then && now;
	WRITE(s, record_change(r, p, then ? &then->key : &now->key, then ? &then->sum : NULL,
			       now ? &now->sum : NULL));
}

/* Both lists are sorted by key: walk them side by side. */
static void write_changes(struct snapshot *s)
{
	const struct flow_row *then, *now = s->rows;
	size_t n_then = state_rows(s->state, &then), n_now = memory_rows(s->table);
	const struct flow_row *then_end = then + n_then, *now_end = now + n_now;

	while ((then < then_end || now < now_end) && !s->stuck) {
		int order = then == then_end ? 1 : now == now_end ? -1 :
			    memcmp(&then->key, &now->key, sizeof(then->key));

		write_change(s, order <= 0 ? then : NULL, order >= 0 ? now : NULL);
		then += order <= 0;
		now += order >= 0;
	}
}

static void write_window(struct snapshot *s)
{
	uint64_t changes = s->appeared + s->vanished + s->changed;
	char digest[STATE_DIGEST] = "";
	struct record_snapshot w = {
		.status = s->dump.undecoded || memory_folded(s->table) ? WINDOW_PARTIAL : WINDOW_OK,
		.records = s->state ? changes : s->records,
		.total = memory_total(s->table),
		.duplicates = s->dump.duplicates,
		.undecoded_events = s->dump.undecoded,
		.offloaded = s->offloaded,
		.max_error = memory_max_error(s->table),
		.max_error_counter = memory_error_counter(s->table),
		.accounting = setup_switch("nf_conntrack_acct"),
		.timestamps = setup_switch("nf_conntrack_timestamp"),
		.compared = s->state,
		.appeared = s->appeared,
		.vanished = s->vanished,
		.changed = s->changed,
		.sha256 = digest,
	};

	if (s->state)
		state_digest(s->rows, memory_rows(s->table), digest);
	WRITE(s, record_snapshot(&s->output.record, p, &w));
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
	case -EINVAL:
		log_error("%s: was made with another --key or selection; use a file for each", path);
		return WRONG_USAGE;
	}
	return setup_fail(FAILED, path, err, "; --state wants a file that can be written");
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
	return DONE;
}

/* When all has been written: whoever reads it may miss nothing. */
static int save_state(struct snapshot *s)
{
	int err;

	if (!s->state)
		return DONE;
	err = state_save(s->state, s->rows, memory_rows(s->table));
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
	int err = addresses_open(&s->addresses);

	if (err)
		return setup_fail(FAILED, "cannot read the addresses of this host", err, "");
	intake_init(&s->intake, &s->opts->spec, &s->opts->select, s->addresses);
	err = tables_memory(&s->table, s->opts);
	if (err)
		return setup_fail(FAILED, "cannot make the table", err, "; try a smaller --max-flows");
	/* The new state is made in, and renamed within, a directory that may belong to
	 * somebody else; all other files are open. */
	err = privilege_drop(s->opts->state ? PRIVILEGE_FILES : 0);
	return err ? setup_fail(FAILED, "cannot give up privileges", err, "") : DONE;
}

/* Says which output has not got everything. Returns FAILED if one has not, else DONE. */
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

static int write_all(struct snapshot *s)
{
	int status;

	if (s->state)
		write_changes(s);
	else
		write_flows(s);
	write_window(s);
	flush(s);
	if (outputs_flush(&s->output.outputs) == OUTPUTS_GONE)
		return DONE;	/* nobody wants the rest */
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
	status = setup_output(&s->output, opts);
	s->output.outputs.quiet = true;
	if (!status)
		status = open_state(s);
	if (!status)
		status = setup_netns(opts);
	if (!status)
		status = open_sources(s);
	if (!status)
		status = read_table(s);
	if (!status)
		status = sort_rows(s);
	if (!status)
		status = write_all(s);
	emit_close(&s->output);
	addresses_close(s->addresses);
	memory_close(s->table);
	state_close(s->state);
	free(s->rows);
	free(s);
	return status;
}
