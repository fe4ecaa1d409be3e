/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "host/addresses.h"
#include "intake/intake.h"
#include "pipeline/closing.h"
#include "pipeline/emit.h"
#include "pipeline/enabling.h"
#include "pipeline/event_lines.h"
#include "pipeline/every_netns.h"
#include "pipeline/labelling.h"
#include "pipeline/look.h"
#include "pipeline/loop.h"
#include "pipeline/pipeline.h"
#include "pipeline/privileges.h"
#include "pipeline/publishing.h"
#include "pipeline/serving.h"
#include "pipeline/setup.h"
#include "pipeline/statistics.h"
#include "pipeline/tables.h"
#include "pipeline/watching.h"
#include "pipeline/writing.h"

#define NS_PER_S 1000000000ULL

/* With --early-close there is a tick every so many nanoseconds: the loop has to look more often
 * than once a second how full the kernel table is. */
#define LOOK_NS 100000000ULL

/* Who is wired to whom.
 *
 * addresses    of this host, or of whoever --own names; NULL: of neither
 * every_netns  in place of `addresses', with --netns=all
 * lines      with --events: events become lines here
 * alarm      the number of the alarm that wakes the loop at closing_wake_ns()
 * alarm_ns   the time that the alarm is set to; 0: the alarm is not set
 * ticks      how many ticks there were since the work of every second was done last
 * asked      somebody has told the program to stop
 */
struct pipeline {
	const struct options *opts;
	const struct pipeline_parts *parts;
	struct loop *loop;
	struct clock clock;
	struct addresses *addresses;
	struct every_netns *every_netns;
	struct enable *enabled;
	struct labelling labelling;
	struct intake intake;
	struct tables tables;
	struct emit emit;
	struct closing closing;
	struct event_lines lines;
	struct writing writing;
	struct publishing publishing;
	struct serving serving;
	struct look look;
	struct watching watching;
	int alarm;
	uint64_t alarm_ns;
	uint64_t ticks;
	bool asked;
};

#define SOURCE_ROW(open) open,
static source_open_fn *const host_sources[] = { SOURCES(SOURCE_ROW) };

static const struct pipeline_parts host_parts = {
	.sources = host_sources,
	.n_sources = sizeof(host_sources) / sizeof(host_sources[0]),
};

/* --- what wakes the loop ------------------------------------------------------ */

/* The first time, stop after the open window. The second time, or when a source is broken, exit at
 * once: closing the output takes half a line back from a full disk, and closing the loop frees a
 * descriptor, which putting sysctls back needs when all descriptors are in use. */
static void stop(struct pipeline *p)
{
	if (p->asked || p->closing.broken) {
		emit_close(&p->emit);
		loop_close(p->loop);
		every_netns_put_back(p->every_netns);
		enabling_end(p->enabled);
		repeat_end();
		_exit(FAILED);
	}
	p->asked = true;
	closing_stop(&p->closing);
}

static void take_signal(void *arg, int signal)
{
	struct pipeline *p = arg;

	switch (signal) {
	case SIGHUP:
		serving_reloading();
		outputs_reopen(&p->emit.outputs);
		writing_reopened(&p->writing);
		if (!labelling_reload(&p->labelling))
			serving_reloaded();
		break;
	case SIGUSR1:
		statistics_print(&p->closing, &p->emit, memory_rows(p->tables.open),
				 p->opts->max_flows);
		break;
	case SIGUSR2:
		closing_flush(&p->closing);
		break;
	default:
		stop(p);
		break;
	}
}

/* The alarm follows the wall clock. If somebody set the wall clock, or the program's clock goes
 * slower, the alarm rings too early and is set anew. */
static void take_alarm(void *arg)
{
	struct pipeline *p = arg;

	if (clock_now(&p->clock) < closing_wake_ns(&p->closing))
		p->alarm_ns = 0;
}

static void set_alarm(struct pipeline *p)
{
	uint64_t wake_ns = closing_wake_ns(&p->closing);

	if (clock_is_told(&p->clock) || wake_ns == p->alarm_ns)
		return;
	p->alarm_ns = wake_ns;
	loop_alarm_set(p->loop, p->alarm, clock_wall_at(&p->clock, wake_ns));
}

static void take_tick(void *arg, uint64_t times)
{
	struct pipeline *p = arg;

	p->ticks += times;
	if (p->opts->early_close && p->ticks < NS_PER_S / LOOK_NS)
		return;
	p->ticks = 0;
	if (outputs_tick(&p->emit.outputs))
		writing_reopened(&p->writing);
	closing_tell_clock(&p->closing);
	watching_tick(&p->watching);
}

static void take_addresses(void *arg, uint32_t events)
{
	struct pipeline *p = arg;
	int err = addresses_update(p->addresses);

	(void)events;
	if (err < 0)
		repeat_say(p->addresses, err, LOG_KIND_NOTICE, "cannot read the addresses of this host anew: %s; directions follow the old ones",
			   strerror(-err));
	else
		repeat_over(p->addresses, "the addresses of this host are read again");
	if (err > 0)
		tables_addresses(&p->tables, p->addresses);
}

/* Whether the loop needs another turn: until the last window is closed and its lines are written,
 * or until lines cannot be written any more. */
static bool go_on(const struct pipeline *p, enum writing_state state)
{
	return state != WRITING_GONE && state != WRITING_LOST &&
	       !(state == WRITING_DONE && p->closing.state == CLOSING_IS_DONE &&
		 !p->closing.handing.pending);
}

/* Lines that found no room in the outputs are given to them before these write, and what is written
 * makes room for more of such lines. */
static enum writing_state write_lines(struct pipeline *p)
{
	enum writing_state state;

	event_lines_step(&p->lines);
	state = writing_step(&p->writing, p->closing.state != CLOSING_GOES_ON);
	return state == WRITING_DONE && event_lines_wait(&p->lines) ? WRITING_MORE : state;
}

/* Returns the exit status. The alarm is set before the loop waits, and windows are closed before
 * lines are written, so that the lines of a window are made in the turn that closes it. */
static int run(struct pipeline *p)
{
	enum writing_state state = WRITING_WAITS;

	while (go_on(p, state)) {
		closing_read_held(&p->closing);
		watching_resume(&p->watching);
		set_alarm(p);
		loop_turn(p->loop, state != WRITING_MORE && !closing_pending(&p->closing) &&
				   !labelling_reads(&p->labelling));
		if (labelling_step(&p->labelling))
			serving_reloaded();
		closing_turn(&p->closing);
		state = write_lines(p);
		publishing_turn(&p->publishing);
		serving_turn(&p->serving, state);
	}
	publishing_end(&p->publishing);
	return state == WRITING_LOST || closing_failed(&p->closing) ||
	       outputs_refused(&p->emit.outputs) ? FAILED : DONE;
}

/* --- setting up --------------------------------------------------------------- */

/* Whether events come from this host's kernel, not from a list that somebody plays. */
static bool of_this_host(const struct pipeline *p)
{
	return p->parts == &host_parts;
}

/* Signals come through the loop as events do. Signals that nobody is expected to send are among
 * them: each would end the program before it has put back what --enable switched on. SIGPIPE and
 * SIGXFSZ are ignored: writing to a closed pipe or past a file size limit returns an error. */
static int open_signals(struct pipeline *p)
{
	static const int taken[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGQUIT, SIGALRM,
				     SIGPOLL, SIGPROF, SIGPWR, SIGVTALRM, SIGXCPU };
	int err;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	err = loop_open(&p->loop);
	if (!err)
		err = loop_signals(p->loop, taken, sizeof(taken) / sizeof(taken[0]), take_signal, p);
	return err ? setup_fail(FAILED, "cannot receive signals", err, "") : DONE;
}

static int open_output(struct pipeline *p)
{
	int status;

	if (!p->parts->output)
		return setup_output(&p->emit, p->opts);
	status = setup_emit(&p->emit, p->opts);
	outputs_add(&p->emit.outputs, p->parts->output);
	return status;
}

static int open_labels(struct pipeline *p)
{
	return labelling_open(&p->labelling, p->opts);
}

static int try_labels(struct pipeline *p)
{
	return labelling_try(&p->labelling);
}

static int enter_netns(struct pipeline *p)
{
	return setup_netns(&p->emit.origin, p->opts);
}

static int switch_on(struct pipeline *p)
{
	return of_this_host(p) ? enabling_begin(&p->enabled, p->opts) : DONE;
}

static int open_tables(struct pipeline *p)
{
	return tables_open(&p->tables, p->opts) ? FAILED : DONE;
}

static int open_every_netns(struct pipeline *p, const struct flow_spec *spec)
{
	if (every_netns_open(&p->every_netns, p->opts, p->tables.kernel))
		return FAILED;
	intake_init(&p->intake, spec, &p->opts->select, NULL);
	p->intake.namespaces = every_netns_list(p->every_netns);
	p->emit.record.netns_name = every_netns_name;
	p->emit.record.netns_names = p->every_netns;
	return tables_labels(&p->tables, p->opts, &p->intake, p->labelling.current) ? FAILED : DONE;
}

static int open_intake(struct pipeline *p)
{
	const struct options *opts = p->opts;
	struct flow_spec spec = tables_spec(opts);
	int err = 0;

	if (opts->netns_all)
		return open_every_netns(p, &spec);
	if (of_this_host(p))
		err = addresses_open(&p->addresses);
	else if (opts->n_own)
		err = addresses_of(&p->addresses, opts->own, opts->n_own);
	if (err)
		return setup_fail(FAILED, "cannot read the addresses of this host", err, "");
	intake_init(&p->intake, &spec, &opts->select, p->addresses);
	if (p->addresses)
		tables_addresses(&p->tables, p->addresses);
	return tables_labels(&p->tables, opts, &p->intake, p->labelling.current) ? FAILED : DONE;
}

/* Open all sources, then the first window, then start the sources: the window is open before the
 * first event arrives. The kernel table is told what time it is before anything is counted. */
static int open_sources(struct pipeline *p)
{
	struct source_setup setup = {
		.opts = p->opts, .intake = &p->intake, .kernel = p->tables.kernel, .arg = p->parts->arg,
		.every_netns = p->every_netns,
	};

	closing_init(&p->closing, p->opts, &p->clock, &p->intake, &p->tables, &p->emit,
		     &p->labelling);
	p->lines.outputs = &p->emit.outputs;
	p->lines.origin = &p->emit.origin;
	p->lines.anonymizer = p->emit.anonymizer;
	p->lines.labelling = &p->labelling;
	p->lines.every_netns = p->every_netns;
	p->closing.feed.lines = p->opts->events ? &p->lines : NULL;
	closing_tell_clock(&p->closing);
	for (size_t i = 0; i < p->parts->n_sources; i++) {
		struct source *source = NULL;
		int err = p->parts->sources[i](&source, &setup);

		if (source)
			closing_add(&p->closing, source);
		if (err)
			return FAILED;
	}
	p->emit.record.labels = setup.labels;
	p->lines.labels = setup.labels;
	p->emit.record.drop_reasons = p->lines.drop_reasons = setup.drop_reasons;
	if (closing_open(&p->closing, setup.labels))
		return FAILED;
	for (size_t i = 0; i < p->closing.n_sources; i++)
		if (source_call(p->closing.sources[i].source, start, 0))
			return FAILED;
	return DONE;
}

static int open_timers(struct pipeline *p)
{
	int err = loop_every(p->loop, p->opts->early_close ? LOOK_NS : NS_PER_S, take_tick, p);

	if (!err)
		p->alarm = loop_alarm(p->loop, take_alarm, p);
	if (!err && p->alarm < 0)
		err = p->alarm;
	if (!err)
		err = serving_watch(&p->serving, p->loop, &p->closing, &p->emit);
	return err ? setup_fail(FAILED, "cannot make a timer", err, "") : DONE;
}

static int watch_all(struct pipeline *p)
{
	int err = 0;

	if (of_this_host(p) && p->addresses)
		err = loop_watch(p->loop, addresses_fd(p->addresses), EPOLLIN, take_addresses, p);
	if (!err)
		err = watching_init(&p->watching, &p->closing, p->loop);
	writing_init(&p->writing, &p->emit, p->loop);
	return err ? setup_fail(FAILED, "cannot wait for events", err, "") : DONE;
}

static int choose_user(struct pipeline *p)
{
	return privileges_begin(p->opts);
}

/* Events that somebody plays need no privileges, and whoever plays them keeps what it has. */
static int reduce_privileges(struct pipeline *p)
{
	if (of_this_host(p))
		return privileges_reduce(PRIVILEGES_LIVE, p->opts, p->tables.kernel);
	return p->opts->read ? privileges_reduce(PRIVILEGES_READ, p->opts, NULL) : DONE;
}

static int open_metrics(struct pipeline *p)
{
	if (p->opts->metrics)
		p->emit.metrics = &p->publishing.windows;
	return publishing_open(&p->publishing, p->opts, &p->emit.origin, p->tables.kernel);
}

/* The steps of setting up, in an order that matters. Signals are taken over first, so that none
 * ends the program in the middle of a later step. Wrong usage (of an output, of --netns) is found
 * before --enable changes the system. --enable comes before the sources, so that its sysctls are
 * on when the first event comes. Privileges are given up before the file of --metrics is made, which
 * has to be replaced without them. */
static int open_all(struct pipeline *p)
{
	static int (*const steps[])(struct pipeline *) = {
		open_signals, choose_user, open_output, open_labels, enter_netns, switch_on,
		open_tables, open_intake, open_sources, open_timers, watch_all,
		reduce_privileges, try_labels, open_metrics,
	};
	int status = DONE;

	serving_open();
	clock_init(&p->clock, p->parts->read, p->parts->arg);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !status; i++)
		status = steps[i](p);
	return status;
}

/* The reading of rules alone has no receive buffer. */
static void say_ready(const struct pipeline *p)
{
	size_t bytes = statistics_sum(&p->closing).buffer;
	char buffer[64] = "";

	if (bytes)
		snprintf(buffer, sizeof(buffer), ", receive buffer %zu bytes", bytes);
	if (p->opts->read && p->opts->events)
		log_verbose("ready: reads %s, a line for each event", p->opts->read);
	else if (p->opts->read)
		log_verbose("ready: reads %s, up to %u flows", p->opts->read, p->opts->max_flows);
	else if (p->opts->events)
		log_verbose("ready: a line for each event%s", buffer);
	else
		log_verbose("ready: table %s, up to %u flows%s",
			    tables_name(&p->tables), p->opts->max_flows, buffer);
}

/* Returns DONE, or FAILED when the system is not as it was before. */
static int close_all(struct pipeline *p)
{
	int status;

	look_end(&p->look, p->asked);
	for (size_t i = 0; i < p->closing.n_sources; i++)
		p->closing.sources[i].source->fn->close(p->closing.sources[i].source);
	closing_close(&p->closing);
	addresses_close(p->addresses);
	every_netns_put_back(p->every_netns);
	every_netns_close(p->every_netns);
	tables_close(&p->tables);
	emit_close(&p->emit);
	labelling_close(&p->labelling);
	publishing_close(&p->publishing);
	status = enabling_end(p->enabled);
	loop_close(p->loop);
	serving_close();
	return status;
}

/* The options of --events: windows are seconds, after each of which losses are written, and the
 * tables stay empty. */
static struct options seconds_of(const struct options *asked)
{
	struct options opts = *asked;

	opts.window_ns = NS_PER_S;
	opts.max_flows = 1;
	opts.table = OPTIONS_TABLE_HASH;
	return opts;
}

int pipeline_run_parts(const struct options *opts, const struct pipeline_parts *parts)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct options second = seconds_of(opts);
	int status, close_status;

	if (!p)
		return setup_fail(FAILED, "cannot start", -ENOMEM, "");
	if (opts->events)
		opts = &second;
	p->opts = opts;
	p->parts = parts;
	status = open_all(p);
	if (!status) {
		closing_begin(&p->closing);
		if (of_this_host(p) && !opts->netns_all)
			look_begin(&p->look, p->loop, opts);
		say_ready(p);
		serving_ready();
		status = run(p);
	}
	close_status = close_all(p);
	status = setup_strict(&p->emit, opts, status ? status : close_status);
	free(p);
	return status;
}

int pipeline_run(const struct options *opts)
{
	return pipeline_run_parts(opts, &host_parts);
}
