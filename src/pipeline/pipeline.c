/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cli/log.h"
#include "host/addresses.h"
#include "host/sysctl.h"
#include "intake/intake.h"
#include "pipeline/drops.h"
#include "pipeline/emit.h"
#include "pipeline/enabling.h"
#include "pipeline/levels.h"
#include "pipeline/live.h"
#include "pipeline/loop.h"
#include "pipeline/pipeline.h"
#include "pipeline/setup.h"
#include "pipeline/tables.h"
#include "pipeline/tracked.h"
#include "privilege/privilege.h"
#include "source/conntrack.h"
#include "window/clock.h"
#include "window/window.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

/* A window that is closed because the table is full is at least so long. */
#define EARLY_NS 100000000ULL

/* Events decoded at a time, and times in a row before other work gets a turn. */
#define BATCH 256
#define BATCHES 16

/* An output, as far as the loop knows. */
struct polled {
	struct pipeline *pipeline;
	size_t output;
	int fd;
	bool ready;
};

struct pipeline {
	const struct options *opts;
	struct loop *loop;
	int alarm;			/* for the window: next_wake_ns() */
	struct conntrack *conntrack;	/* NULL: connections are not counted */
	struct drops drops;
	struct addresses *addresses;
	struct enable *enabled;
	struct intake intake;
	struct live live;
	struct tables tables;
	struct levels levels;
	struct emit emit;
	struct clock clock;
	struct window window;
	uint64_t unselected;		/* events left out of the open window */
	uint64_t windows;		/* closed so far */
	uint64_t last_event_ns;		/* latest time counted in the open window */
	bool held;			/* it was due and could not be closed */
	struct kernel_starts starts;	/* of the open window, then of the levels */
	int64_t clock_step_ms;		/* as it began; 0: none */
	uint64_t late[KERNEL_STARTS];	/* ends from before each, as far as read here */
	struct conntrack_stats before;	/* as the open window began */
	struct conntrack_stats ended;	/* as the window that is being closed ended */
	bool flush, stopping, closed_last, gone;
	bool broken;			/* a source: what it still holds is not counted */
	uint64_t ticks;			/* since there was time for what is done every second */
	uint64_t flush_ns;		/* when a flush that was asked for may happen */
	struct polled polled[OUTPUTS_MAX];
	int status;
	struct flow_event events[BATCH];
	/* Read while a window was closed, and of the next one. */
	struct flow_event carried[BATCH];
	size_t n_carried;
};

static uint64_t now_ns(struct pipeline *p)
{
	return clock_now(&p->clock);
}

/* --- reading ------------------------------------------------------------ */

typedef ssize_t read_fn(struct pipeline *p);

/* Of the batch just read, keep what is selected. Returns how many events are left. */
static ssize_t choose(struct pipeline *p, ssize_t n)
{
	ssize_t kept = intake_choose(&p->intake, p->events, n);

	p->unselected += n - kept;
	return kept;
}

static ssize_t read_connections(struct pipeline *p)
{
	ssize_t n = conntrack_read(p->conntrack, p->events, BATCH), kept;

	if (n < 0)
		return n;
	kept = choose(p, n);
	live_read(&p->live, n);
	return kept;
}

static ssize_t read_drops(struct pipeline *p)
{
	ssize_t n = drops_read(&p->drops, p->events, BATCH);

	return n < 0 ? n : choose(p, n);
}

static void add_events(struct pipeline *p, const struct flow_event *events, size_t n)
{
	intake_add(&p->intake, p->tables.open, events, n);
	drops_count(&p->drops, events, n);
}

_Static_assert(KERNEL_STARTS == OPTIONS_MAX_LEVELS + 1, "a window and its levels");

/* What happened in the open window, or is counted there, has a time in it, no later than
 * latest_ns; but for ends, which may be late. */
static void set_time(const struct pipeline *p, struct flow_event *ev, uint64_t latest_ns)
{
	if (!ev->has_time || ev->time_ns > latest_ns)
		ev->time_ns = latest_ns;
	else if (!ev->timed && ev->time_ns < p->starts.ns[0])
		ev->time_ns = p->starts.ns[0];
}

/* No longer window begins after the open one. */
static void count_late(struct pipeline *p, const struct flow_event *ev)
{
	if (!ev->timed || ev->time_ns >= p->starts.ns[0])
		return;
	for (size_t i = 0; i < KERNEL_STARTS; i++)
		p->late[i] += ev->time_ns < p->starts.ns[i];
}

/* Add one batch to the open window, or to the one that is being closed and ends at
 * end_ns (else 0). What is read after the window was due, while it can be closed,
 * was queued before: its time is the window's end. */
static void add_batch(struct pipeline *p, size_t n, uint64_t end_ns)
{
	uint64_t handled_ns = end_ns ? end_ns : now_ns(p);

	if (!p->emit.busy && handled_ns > p->window.due_ns && !end_ns)
		handled_ns = p->window.due_ns;
	if (n)
		p->last_event_ns = handled_ns;
	for (size_t i = 0; i < n; i++) {
		set_time(p, &p->events[i], handled_ns);
		count_late(p, &p->events[i]);
	}
	add_events(p, p->events, n);
}

/* Of the batch just read, keep for the next window what says that it happened
 * there: the queue is in order, so nothing of this one follows. What happened before
 * the clock was set back has a time that is still to come, and says nothing. When
 * ctagg was told to stop there is no next window. Returns how many are left. */
static size_t carry_over(struct pipeline *p, size_t n, uint64_t end_ns)
{
	uint64_t latest_ns = now_ns(p);
	size_t kept = 0;

	if (p->stopping)
		return n;
	for (size_t i = 0; i < n; i++) {
		uint64_t time_ns = p->events[i].time_ns;

		if (p->events[i].has_time && time_ns >= end_ns && time_ns <= latest_ns)
			p->carried[p->n_carried++] = p->events[i];
		else
			p->events[kept++] = p->events[i];
	}
	return kept;
}

/* Add them, with no time after latest_ns. */
static void add_carried(struct pipeline *p, uint64_t latest_ns)
{
	for (size_t i = 0; i < p->n_carried; i++)
		set_time(p, &p->carried[i], latest_ns);
	add_events(p, p->carried, p->n_carried);
	p->n_carried = 0;
}

static int read_batch(struct pipeline *p, read_fn *read_source)
{
	ssize_t n = read_source(p);

	if (n < 0)
		return n;
	if (read_source == read_drops && !p->emit.busy)
		n = carry_over(p, n, p->window.due_ns);
	add_batch(p, n, 0);
	return 0;
}

static bool window_over(struct pipeline *p)
{
	return !p->emit.busy && now_ns(p) >= p->window.due_ns;
}

static void source_broken(struct pipeline *p, int err)
{
	log_error("cannot read from the kernel: %s", strerror(-err));
	p->status = FAILED;
	p->broken = p->stopping = true;
	outputs_retry(&p->emit.outputs);
}

/* Returns whether all has been read. */
static bool read_some(struct pipeline *p, read_fn *read_source)
{
	int err = 0;

	for (int i = 0; i < BATCHES && !err && !p->n_carried && !window_over(p); i++)
		err = read_batch(p, read_source);
	if (err && err != -EAGAIN)
		source_broken(p, err);
	return err;
}

/* What is queued when a window ends belongs to it. Bounded, because under load
 * the queue may never be seen empty. */
static void read_queued_connections(struct pipeline *p, uint64_t end_ns)
{
	const struct conntrack_stats *stats = conntrack_stats(p->conntrack);
	uint64_t until = stats->received + stats->undecoded + stats->foreign +
			 conntrack_waiting_max(p->conntrack);
	ssize_t n = 0;

	while (n >= 0 && stats->received + stats->undecoded + stats->foreign < until) {
		n = read_connections(p);
		if (n > 0)
			add_batch(p, n, end_ns);
	}
	if (n < 0 && n != -EAGAIN)
		source_broken(p, n);
}

static void read_queued_drops(struct pipeline *p, uint64_t end_ns)
{
	uint64_t left = drops_queued(&p->drops);
	ssize_t n = 0;

	while (n >= 0 && left && !p->n_carried) {
		n = read_drops(p);
		if (n < 0)
			break;
		left -= (uint64_t)n < left ? (uint64_t)n : left;
		add_batch(p, carry_over(p, n, end_ns), end_ns);
	}
	if (n < 0 && n != -EAGAIN)
		source_broken(p, n);
}

static void read_queued(struct pipeline *p, uint64_t end_ns)
{
	if (p->conntrack)
		read_queued_connections(p, end_ns);
	if (!p->drops.nflog)
		return;
	read_queued_drops(p, end_ns);
}

/* --- windows ------------------------------------------------------------ */

/* When something is to be done about the open window. */
static uint64_t next_wake_ns(const struct pipeline *p)
{
	uint64_t at_ns = p->window.due_ns;

	if (p->drops.nflog && !p->drops.hurried)
		at_ns -= DROPS_HURRY_NS < at_ns ? DROPS_HURRY_NS : at_ns;
	if (p->flush && p->flush_ns < at_ns)
		at_ns = p->flush_ns;
	return at_ns;
}

static void arm_window_timer(struct pipeline *p)
{
	loop_alarm_set(p->loop, p->alarm, clock_wall_at(&p->clock, next_wake_ns(p)));
}

/* The window that is being closed, but for what the emitter adds. */
static struct window_record describe(struct pipeline *p, const struct memory *closed,
				     enum window_closed_by closed_by)
{
	const struct kernel_rotation *r = &p->tables.rotation;
	const struct conntrack_stats *now = &p->ended, *then = &p->before;
	struct drops_window drops = drops_close_window(&p->drops);
	uint64_t events = flow_sums_events(memory_total(closed));
	struct window_record w = {
		.seq = p->windows,
		.closed_by = closed_by,
		.status = WINDOW_OK,
		.table = tables_name(&p->tables),
		.lost_events = now->lost - then->lost,
		.folded_events = r->events,
		.passed_events = now->received - then->received,
		.table_rows = r->rows,
		.table_capacity = p->opts->max_flows,
		.rotated = p->tables.kernel,
		.rotate_us = r->rotate_ns / 1000,
		.drain_us = r->drain_ns / 1000,
		.undecoded_events = now->undecoded - then->undecoded + drops.undecoded,
		.foreign_messages = now->foreign - then->foreign + drops.foreign,
		.unselected_events = p->unselected + r->unselected,
		.lost_drops = { drops.lost, drops.loss_known, drops.loss_pending },
		.late_ends = p->late[0],
		.clock_step_ms = p->clock_step_ms,
		.level_ns = p->levels.n ? p->opts->window_ns : 0,
		.odd_drops = drops.odd,
		.truncated_drops = drops.truncated,
		.reopens = now->reopens - then->reopens,
		.accounting = setup_switch("nf_conntrack_acct"),
		.timestamps = setup_switch("nf_conntrack_timestamp"),
	};

	/* What was refused is known to be lost before it is known how much it was. */
	if (w.lost_events || w.lost_drops.n || drops.refused || drops.unsure || w.odd_drops ||
	    w.undecoded_events || w.reopens || p->broken || p->tables.unread ||
	    rule_totals_mixed(p->drops.closed))
		w.status = WINDOW_PARTIAL;
	else if (!events && p->conntrack && tracked_explains_silence())
		w.status = WINDOW_NODATA;
	p->before = p->ended;
	p->unselected = 0;
	return w;
}

/* The events that come while connections are read, and are lost, belong to the next
 * window. The last one wants to know of their ends. */
static void count_live(struct pipeline *p, uint64_t end_ns)
{
	if (!p->conntrack)
		return;
	p->ended = *conntrack_stats(p->conntrack);
	live_count(&p->live, p->tables.open, end_ns, p->closed_last);
	if (p->closed_last)
		p->ended.lost = conntrack_stats(p->conntrack)->lost;
}

static void describe_live(struct pipeline *p, struct window_record *w)
{
	struct interim_losses losses = live_losses(&p->live, p->closed_last);

	w->vanished = losses.vanished;
	if (p->live.failed || losses.vanished || losses.zeroed)
		w->status = WINDOW_PARTIAL;
}

static void say_passed(const struct kernel_rotation *r)
{
	if (r->passed[PASSED_LAYOUT] || r->passed[PASSED_FULL] || r->passed[PASSED_ERROR] ||
	    r->passed[PASSED_END])
		log_verbose("the kernel table passed on: of unknown layout %" PRIu64
			    ", no room %" PRIu64 ", error %" PRIu64 ", ends %" PRIu64,
			    r->passed[PASSED_LAYOUT], r->passed[PASSED_FULL],
			    r->passed[PASSED_ERROR], r->passed[PASSED_END]);
}

static void hint(struct pipeline *p, const struct memory *closed)
{
	if (p->windows == 1 && !flow_sums_events(memory_total(closed)) && isatty(STDERR_FILENO))
		log_notice("nothing to count so far; `ctagg --check' says what keeps data away");
}

/* Where the window ends: when it was due, unless it was held open and took in
 * more; what the kernel has counted may be as late as now. */
static uint64_t end_of_window(struct pipeline *p)
{
	uint64_t now = now_ns(p);

	if (p->tables.kernel && p->held)
		p->last_event_ns = now;
	p->held = false;
	return window_end(&p->window, now, p->last_event_ns);
}

/* The open window, as it ends at end_ns; the next one begins at next_ns. */
static struct kernel_window ended_window(const struct pipeline *p, uint64_t end_ns,
					 uint64_t next_ns)
{
	struct kernel_window w = { p->window.start_ns, end_ns, .next = { .ns = { next_ns } } };

	levels_starts(&p->levels, p->window.origin_ns, end_ns, next_ns != end_ns, &w.next);
	return w;
}

static void tell_clock(struct pipeline *p)
{
	tables_clock(&p->tables, now_ns(p), sysctl_netfilter("nf_conntrack_timestamp") > 0);
}

/* The clock was set by so much that it is not followed slowly: the open window ends
 * where the old time stood, and p->window is the one that begins with the new time. */
static struct kernel_window follow_clock(struct pipeline *p)
{
	int64_t step_ns = clock_step_ns(&p->clock);
	uint64_t end_ns = window_end_early(&p->window, p->clock.now_ns);
	struct kernel_window ended;
	struct window next;

	p->held = false;
	window_open(&next, clock_follow(&p->clock), p->opts->window_ns, p->opts->align);
	ended = ended_window(p, end_ns, next.start_ns);
	p->window = next;
	log_notice("the clock was set by %+.3f s: the window is closed, and the next one begins with the new time",
		   (double)step_ns / NS_PER_S);
	tell_clock(p);	/* before the next table is there */
	return ended;
}

/* Where the next window and the levels begin, when the open one is closed as ever. */
static struct kernel_window follow_timer(struct pipeline *p)
{
	uint64_t end_ns = end_of_window(p);
	struct kernel_window ended = ended_window(p, end_ns, end_ns);

	window_next(&p->window, end_ns);
	return ended;
}

static void begin_window(struct pipeline *p, const struct kernel_starts *starts)
{
	p->starts = *starts;
	memset(p->late, 0, sizeof(p->late));
	p->last_event_ns = 0;
	p->flush = false;
	add_carried(p, now_ns(p));
	if (p->drops.nflog && p->opts->window_ns > 2 * DROPS_HURRY_NS)
		drops_hurry(&p->drops, false);
	tell_clock(p);
	arm_window_timer(p);
}

static void end_levels(struct pipeline *p, uint64_t end_ns, int64_t step_ns)
{
	enum window_closed_by by = p->closed_last ? CLOSED_BY_STOP :
				   step_ns ? CLOSED_BY_CLOCK : CLOSED_BY_TIMER;

	levels_emit(&p->levels, &p->emit, p->window.origin_ns, end_ns, by);
	if (step_ns)
		levels_restart(&p->levels, p->window.start_ns, step_ns / (int64_t)NS_PER_MS);
}

/* step_ns: by how much the clock was set, which is what closes it; else 0. */
static void close_window(struct pipeline *p, enum window_closed_by closed_by, int64_t step_ns)
{
	struct kernel_window bounds;
	struct window_record w;
	struct memory *closed;

	/* The last one: what the kernel has kept back comes now, nothing later. */
	if (p->drops.nflog && p->stopping)
		nflog_unbind(p->drops.nflog);
	p->windows++;
	if (p->stopping || p->windows == p->opts->count) {
		closed_by = CLOSED_BY_STOP;
		p->closed_last = true;
		outputs_retry(&p->emit.outputs);	/* there may be room again by now */
	}
	bounds = step_ns && !p->closed_last ? follow_clock(p) : follow_timer(p);
	tables_rotate(&p->tables, &bounds, p->closed_last);
	if (p->tables.unread && p->closed_last)
		p->status = FAILED;
	if (p->stopping)
		add_carried(p, bounds.end_ns);
	read_queued(p, bounds.end_ns);
	count_live(p, bounds.end_ns);
	closed = tables_take(&p->tables);
	for (size_t i = 0; i < KERNEL_STARTS; i++)
		p->late[i] += p->tables.rotation.late[i];
	w = describe(p, closed, closed_by);
	describe_live(p, &w);
	say_passed(&p->tables.rotation);
	hint(p, closed);
	levels_add(&p->levels, &p->emit, closed, p->drops.closed, &w, p->late + 1);
	emit_begin(&p->emit, closed, p->drops.closed, bounds.start_ns, bounds.end_ns, &w);
	end_levels(p, bounds.end_ns, step_ns);
	p->clock_step_ms = step_ns / (int64_t)NS_PER_MS;
	begin_window(p, &bounds.next);
}

/* With --early-close: so much of the table is used that the window is closed now. */
static bool is_nearly_full(struct pipeline *p)
{
	uint64_t rows;

	if (!p->opts->early_close || now_ns(p) < p->window.start_ns + EARLY_NS)
		return false;
	rows = memory_rows(p->tables.open);	/* with a kernel table: of what it passes on */
	if (p->tables.kernel && kernel_rows(p->tables.kernel) > rows)
		rows = kernel_rows(p->tables.kernel);
	return rows * 100 >= (uint64_t)p->opts->max_flows * p->opts->early_close;
}

/* Close the window if it is time to and the last one has been made into lines.
 * While it has not, the open one stays open: that is all a slow reader does. */
static void close_when_due(struct pipeline *p)
{
	uint64_t now;

	if (p->drops.nflog && !p->drops.hurried && now_ns(p) >= next_wake_ns(p)) {
		drops_hurry(&p->drops, true);
		arm_window_timer(p);
	}
	if (p->emit.busy)
		p->held |= now_ns(p) >= p->window.due_ns;
	if (p->emit.busy || p->closed_last)
		return;
	now = now_ns(p);
	if (p->stopping)
		close_window(p, CLOSED_BY_STOP, 0);
	else if (clock_step_ns(&p->clock))
		close_window(p, CLOSED_BY_CLOCK, clock_step_ns(&p->clock));
	else if (p->flush && now >= p->flush_ns)
		close_window(p, CLOSED_BY_SIGNAL, 0);
	else if (now >= p->window.due_ns)
		close_window(p, CLOSED_BY_TIMER, 0);
	else if (is_nearly_full(p))
		close_window(p, CLOSED_BY_FULL, 0);
}

/* --- writing ------------------------------------------------------------ */

static void take_output(void *arg, uint32_t events)
{
	struct polled *polled = arg;
	struct pipeline *p = polled->pipeline;

	if (events & (EPOLLHUP | EPOLLERR) &&
	    outputs_hung_up(&p->emit.outputs, polled->output, events & EPOLLHUP))
		p->gone = true;
}

static void forget_polled(struct pipeline *p)
{
	for (size_t i = 0; i < OUTPUTS_MAX; i++)
		p->polled[i].fd = -1;
}

/* Wait for the reader of an output to be ready, or only to go away. A device that cannot
 * be waited for is always ready. */
static void poll_output(struct pipeline *p, size_t i)
{
	int fd = outputs_poll_fd(&p->emit.outputs, i);
	bool ready = p->emit.outputs.list[i].blocked;

	if (fd == p->polled[i].fd && ready == p->polled[i].ready)
		return;
	if (fd >= 0)
		loop_watch(p->loop, fd, ready ? EPOLLOUT : 0, take_output, &p->polled[i]);
	else if (p->polled[i].fd >= 0)	/* its reader has gone; others are left */
		loop_forget(p->loop, take_output, &p->polled[i]);
	p->polled[i].fd = fd;
	p->polled[i].ready = ready;
}

static void poll_outputs(struct pipeline *p)
{
	for (size_t i = 0; i < p->emit.outputs.n; i++)
		poll_output(p, i);
}

static void lines_lost(struct pipeline *p)
{
	outputs_say_lost(&p->emit.outputs);
	p->status = FAILED;
	p->gone = true;
}

/* Returns whether there is more to write at once. */
static bool write_some(struct pipeline *p)
{
	switch (emit_step(&p->emit)) {
	case EMIT_IDLE:
		poll_outputs(p);
		p->gone |= p->closed_last && !p->emit.busy;
		return false;
	case EMIT_MORE:
		return true;
	case EMIT_BLOCKED:
		poll_outputs(p);
		return false;
	case EMIT_FAILING:
		poll_outputs(p);
		if (p->stopping || p->closed_last)
			lines_lost(p);
		return false;
	case EMIT_GONE:
		p->gone = true;
		return false;
	}
	return false;
}

/* --- waking up ---------------------------------------------------------- */

static void print_statistics(struct pipeline *p)
{
	static const struct conntrack_stats no_events;
	static const struct nflog_stats no_drops;
	const struct conntrack_stats *s = p->conntrack ? conntrack_stats(p->conntrack) : &no_events;
	const struct nflog_stats *d = p->drops.nflog ? nflog_stats(p->drops.nflog) : &no_drops;

	log_error("statistics: windows %" PRIu64 ", events read %" PRIu64 ", lost events %" PRIu64
		  ", undecoded %" PRIu64 ", foreign %" PRIu64 ", reopens %" PRIu64
		  ", logged packets %" PRIu64 ", lost packets %" PRIu64
		  " (without those in %" PRIu64 " refused messages), odd packets %" PRIu64
		  ", flows in memory %zu of %u, waiting to be written %zu bytes, write errors %" PRIu64,
		  p->windows, s->received, s->lost, s->undecoded + d->undecoded,
		  s->foreign + d->foreign, s->reopens, d->received, d->lost, d->pending, d->odd,
		  memory_rows(p->tables.open), p->opts->max_flows, outputs_pending(&p->emit.outputs),
		  p->emit.outputs.write_errors);
}

/* The kernel may keep drops back that happened before the signal. */
static void ask_for_flush(struct pipeline *p)
{
	if (p->flush)
		return;
	p->flush = true;
	p->flush_ns = now_ns(p);
	if (!p->drops.nflog || p->drops.hurried)
		return;
	drops_hurry(&p->drops, true);
	p->flush_ns += DROPS_HURRY_NS;
	arm_window_timer(p);
}

/* Asked twice: at once. */
static void stop(struct pipeline *p)
{
	if (p->stopping) {
		emit_close(&p->emit);	/* half a line on a full disk is taken back */
		loop_close(p->loop);	/* a descriptor to write a sysctl with */
		enabling_end(p->enabled);
		_exit(FAILED);
	}
	p->stopping = true;
	outputs_retry(&p->emit.outputs);
}

static void take_signal(void *arg, int signal)
{
	struct pipeline *p = arg;

	switch (signal) {
	case SIGHUP:
		outputs_reopen(&p->emit.outputs);
		forget_polled(p);
		break;
	case SIGUSR1:
		print_statistics(p);
		break;
	case SIGUSR2:
		ask_for_flush(p);
		break;
	default:
		stop(p);
		break;
	}
}

/* The alarm rang before its time when the wall clock was set, or goes faster than ours. */
static void take_alarm(void *arg)
{
	struct pipeline *p = arg;

	if (now_ns(p) < next_wake_ns(p))
		arm_window_timer(p);
}

static void take_connections(void *arg, uint32_t events)
{
	struct pipeline *p = arg;

	(void)events;
	if (!p->closed_last)
		read_some(p, read_connections);
}

static void take_drops(void *arg, uint32_t events)
{
	struct pipeline *p = arg;

	(void)events;
	if (!p->closed_last)
		read_some(p, read_drops);
}

/* What is queued was logged by the rules as they were, and is read first: more than one
 * turn when there is much. */
static void take_rules(void *arg, uint32_t events)
{
	struct pipeline *p = arg;
	bool emptied;

	(void)events;
	drops_rules_due(&p->drops, false);
	emptied = p->closed_last || read_some(p, read_drops);
	if (drops_rules_due(&p->drops, emptied))
		drops_rules_changed(&p->drops);
}

static void take_tick(void *arg, uint64_t times)
{
	struct pipeline *p = arg;
	int err;

	/* With --early-close there are more of them, to look at the table. */
	p->ticks += times;
	if (p->opts->early_close && p->ticks < NS_PER_S / EARLY_NS)
		return;
	p->ticks = 0;
	if (outputs_tick(&p->emit.outputs))
		forget_polled(p);
	tell_clock(p);
	if (!p->conntrack)
		return;
	err = conntrack_watch(p->conntrack);
	if (err < 0)
		log_error("cannot replace the event socket, which receives nothing any more: %s; trying again",
			  strerror(-err));
	if (err <= 0)
		return;
	log_notice("the event socket had stopped receiving and was replaced; the window says what was lost");
	err = loop_watch(p->loop, conntrack_fd(p->conntrack), EPOLLIN, take_connections, p);
	if (err)
		source_broken(p, err);
}

static void take_addresses(void *arg, uint32_t events)
{
	struct pipeline *p = arg;
	int err = addresses_update(p->addresses);

	(void)events;
	if (err < 0)
		log_notice("cannot read the addresses of this host anew: %s; directions follow the old ones",
			   strerror(-err));
	else if (err)
		tables_addresses(&p->tables, p->addresses);
}

/* Events that epoll does not tell of. */
static bool held_events(const struct pipeline *p)
{
	return p->conntrack && !p->closed_last && conntrack_held(p->conntrack);
}

static void run(struct pipeline *p)
{
	bool more = false;

	while (!p->gone) {
		if (held_events(p))
			read_some(p, read_connections);
		loop_turn(p->loop, !more && !held_events(p));
		close_when_due(p);
		more = write_some(p);
	}
}

/* --- setting up --------------------------------------------------------- */

static int open_output(struct pipeline *p)
{
	return setup_output(&p->emit, p->opts);
}

static int enter_netns(struct pipeline *p)
{
	return setup_netns(p->opts);
}

static int open_levels(struct pipeline *p)
{
	int err = levels_open(&p->levels, p->opts, p->drops.labels, p->window.start_ns);

	return err ? setup_fail(FAILED, "cannot make the table", err,
				"; try a smaller --max-flows, or fewer levels") : DONE;
}

/* The first window is there before the first event. */
static int open_window(struct pipeline *p)
{
	window_open(&p->window, now_ns(p), p->opts->window_ns, p->opts->align);
	if (open_levels(p))
		return FAILED;
	for (size_t i = 0; i <= p->levels.n; i++)
		p->starts.ns[i] = p->window.start_ns;
	return tables_begin(&p->tables, &p->starts) ? FAILED : DONE;
}

static int open_sources(struct pipeline *p)
{
	size_t asked = p->opts->buffer_bytes, granted;
	int err = addresses_open(&p->addresses);

	if (err)
		return setup_fail(FAILED, "cannot read the addresses of this host", err, "");
	intake_init(&p->intake, &p->opts->spec, &p->opts->select, p->addresses);
	tables_addresses(&p->tables, p->addresses);
	tell_clock(p);
	if (p->opts->n_groups && drops_open(&p->drops, p->opts))
		return FAILED;
	p->emit.record.labels = p->drops.labels;
	err = open_window(p);
	if (err || !p->opts->conntrack)
		return err;
	err = conntrack_open(&p->conntrack, asked, p->tables.kernel ? kernel_attach : NULL,
			     p->tables.kernel);
	if (err == -EPERM)
		return setup_fail(FAILED, "cannot subscribe to connection tracking events", err,
			    "; needs CAP_NET_ADMIN: run as root, or setcap cap_net_admin+ep on the program");
	if (err)
		return setup_fail(FAILED, "cannot subscribe to connection tracking events", err,
			    "; is the module nf_conntrack_netlink there?");
	if (p->opts->interim)
		err = live_open(&p->live, &p->intake, p->conntrack);
	if (err)
		return setup_fail(FAILED, "--interim", err, "");
	granted = conntrack_buffer(p->conntrack);
	if (granted < asked)
		log_notice("the kernel granted a receive buffer of %zu bytes, not %zu: raise net.core.rmem_max, or give CAP_NET_ADMIN",
			   granted, asked);
	return DONE;
}

static int switch_on(struct pipeline *p)
{
	return enabling_begin(&p->enabled, p->opts);
}

static int open_tables(struct pipeline *p)
{
	return tables_open(&p->tables, p->opts) ? FAILED : DONE;
}

/* The last step of setting up: what has been opened stays usable. */
static int drop_privileges(struct pipeline *p)
{
	unsigned int keep = 0;
	int err;

	if (p->tables.kernel && privilege_needed(kernel_works, p->tables.kernel))
		keep |= PRIVILEGE_BPF;
	err = privilege_drop(keep);
	if (err)
		return setup_fail(FAILED, "cannot give up privileges", err, "");
	return DONE;
}

/* Signals come through the loop like everything else, also those that nobody is
 * expected to send and that would end the program with --enable's work not put back.
 * Writing to a closed pipe or past a file size limit is an error to handle, not a
 * reason to die. */
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

/* A look at how full the table in the kernel is takes more ticks than one a second. */
static int open_timers(struct pipeline *p)
{
	int err = loop_every(p->loop, p->opts->early_close ? EARLY_NS : NS_PER_S, take_tick, p);

	if (!err)
		p->alarm = loop_alarm(p->loop, take_alarm, p);
	if (!err && p->alarm < 0)
		err = p->alarm;
	return err ? setup_fail(FAILED, "cannot make a timer", err, "") : DONE;
}

static int watch_all(struct pipeline *p)
{
	int err = loop_watch(p->loop, addresses_fd(p->addresses), EPOLLIN, take_addresses, p);

	if (!err && p->conntrack)
		err = loop_watch(p->loop, conntrack_fd(p->conntrack), EPOLLIN, take_connections, p);
	if (!err && p->drops.nflog)
		err = loop_watch(p->loop, nflog_fd(p->drops.nflog), EPOLLIN, take_drops, p);
	if (!err && p->drops.ruleset)
		err = loop_watch(p->loop, ruleset_fd(p->drops.ruleset), EPOLLIN, take_rules, p);
	if (err)
		return setup_fail(FAILED, "cannot wait for events", err, "");
	poll_outputs(p);
	return DONE;
}

/* Usage errors first; signals before anything that they could leave half done. */
static int open_all(struct pipeline *p)
{
	static int (*const steps[])(struct pipeline *) = {
		open_signals, open_output, enter_netns, switch_on, open_tables,
		open_sources, open_timers, watch_all, drop_privileges,
	};
	int status = DONE;

	forget_polled(p);
	for (size_t i = 0; i < OUTPUTS_MAX; i++) {
		p->polled[i].pipeline = p;
		p->polled[i].output = i;
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !status; i++)
		status = steps[i](p);
	return status;
}

static void close_all(struct pipeline *p)
{
	conntrack_close(p->conntrack);
	live_close(&p->live);
	drops_close(&p->drops);
	addresses_close(p->addresses);
	tables_close(&p->tables);
	levels_close(&p->levels);
	emit_close(&p->emit);
	if (enabling_end(p->enabled))
		p->status = FAILED;
	loop_close(p->loop);
}

int pipeline_run(const struct options *opts)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int status;

	if (!p)
		return setup_fail(FAILED, "cannot start", -ENOMEM, "");
	p->opts = opts;
	clock_init(&p->clock, NULL, NULL);
	status = open_all(p);
	if (!status) {
		begin_window(p, &p->starts);
		log_verbose("ready: table %s, up to %u flows, receive buffer %zu bytes",
			    tables_name(&p->tables), opts->max_flows,
			    p->conntrack ? conntrack_buffer(p->conntrack) :
					   nflog_buffer(p->drops.nflog));
		run(p);
		status = outputs_refused(&p->emit.outputs) ? FAILED : DONE;
	}
	close_all(p);
	if (!status)
		status = p->status;
	free(p);
	return status;
}
