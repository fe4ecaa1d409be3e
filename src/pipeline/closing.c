/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "host/sysctl.h"
#include "pipeline/closing.h"
#include "pipeline/setup.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

/* Recorded: so many empty windows in a row are written; more are one. */
#define MAX_EMPTY LEVELS_MAX_EMPTY

_Static_assert(KERNEL_STARTS == OPTIONS_MAX_LEVELS + 1, "a window and its levels");
_Static_assert(EVENT_LINES_HELD > (CLOSING_SOURCES + 1) * FEED_BATCH, "all that can come is held");

void closing_init(struct closing *c, const struct options *opts, struct clock *clock,
		  struct intake *intake, struct tables *tables, struct emit *emit,
		  struct labelling *labelling)
{
	c->opts = opts;
	c->clock = clock;
	c->tables = tables;
	c->emit = emit;
	c->labelling = labelling;
	labelling->tables = &tables->labelled;
	c->feed.clock = clock;
	c->feed.intake = intake;
	c->feed.tables = tables;
	c->feed.batch = FEED_BATCH;
	c->recorded = c->feed.recorded = opts->read;
}

void closing_add(struct closing *c, struct source *source)
{
	c->sources[c->n_sources++].source = source;
	if (source->fn->hurry_ns > c->hurry_ns)
		c->hurry_ns = source->fn->hurry_ns;
}

/* Open the first window at now_ns, or at the boundary before. */
static int open_window(struct closing *c, uint64_t now_ns)
{
	struct kernel_starts starts = { 0 };

	if (c->recorded && c->opts->align)
		now_ns -= now_ns % c->opts->window_ns;
	window_open(&c->window, now_ns, c->opts->window_ns, c->opts->align);
	levels_begin(&c->levels, c->window.origin_ns, c->window.start_ns);
	starts.ns[0] = c->window.start_ns;
	for (size_t i = 0; i < c->levels.n; i++)
		starts.ns[1 + i] = c->levels.list[i].start_ns;
	feed_begin(&c->feed, &starts);
	return tables_begin(c->tables, &starts);
}

int closing_open(struct closing *c, struct labels *labels)
{
	int err = levels_open(&c->levels, c->opts, labels, c->labelling);

	if (err) {
		setup_fail(FAILED, "cannot make the table", err,
			   "; try a smaller --max-flows, or fewer levels");
		return err;
	}
	c->unopened = c->recorded;
	return c->unopened ? 0 : open_window(c, clock_now(c->clock));
}

/* Levels that end with this window are still among those with older labels: their tables are one window
 * more in use than they need to be. */
static void switch_labels(struct closing *c)
{
	struct netlabel_set *older[OPTIONS_MAX_LEVELS];

	for (size_t i = 0; i < c->levels.n; i++)
		older[i] = c->levels.list[i].labels;
	labelling_switch(c->labelling);
	label_tables_turn(&c->tables->labelled, c->labelling->current, older, c->levels.n);
}

/* The first window begins with the labels that were read last: no event has been counted so far. */
static void open_first(struct closing *c)
{
	c->unopened = c->passed = false;
	if (c->labelling->next) {
		label_tables_use(&c->tables->labelled);
		switch_labels(c);
	}
	open_window(c, clock_now(c->clock));
}

/* Recorded: the first event has been read, and the clock shows its time; or nothing will be read,
 * and then there is no window. Returns whether a window is open. */
static bool is_open(struct closing *c)
{
	if (!c->unopened)
		return true;
	if (clock_now(c->clock))
		open_first(c);
	else if (c->state == CLOSING_STOPS)
		c->state = CLOSING_IS_DONE;
	return !c->unopened;
}

void closing_tell_clock(struct closing *c)
{
	if (!c->tables->kernel)
		return;
	tables_clock(c->tables, clock_now(c->clock), sysctl_netfilter("nf_conntrack_timestamp") > 0);
}

/* --- when --------------------------------------------------------------- */

/* A kernel may collect events and send them in batches. Sources hurry before a window ends, so
 * that the events of this window arrive before its end. */
static void hurry(struct closing *c, bool hurry)
{
	for (size_t i = 0; i < c->n_sources; i++)
		source_do(c->sources[i].source, hurry, hurry);
	c->hurried = hurry;
}

uint64_t closing_wake_ns(const struct closing *c)
{
	uint64_t at_ns = c->window.due_ns;

	if (!c->hurried)
		at_ns -= c->hurry_ns < at_ns ? c->hurry_ns : at_ns;
	if (c->flush_ns && c->flush_ns < at_ns)
		at_ns = c->flush_ns;
	return at_ns;
}

/* The kernel may still keep back events from before this call, so the window is closed only when
 * sources have hurried for hurry_ns. */
void closing_flush(struct closing *c)
{
	if (c->flush_ns)
		return;
	c->flush_ns = clock_now(c->clock);
	if (!c->hurry_ns || c->hurried)
		return;
	hurry(c, true);
	c->flush_ns += c->hurry_ns;
}

/* Outputs that fail are tried again at once, not at the next tick: the last window cannot be
 * closed before the lines of the window before it have been made. */
void closing_stop(struct closing *c)
{
	if (c->state == CLOSING_GOES_ON)
		c->state = CLOSING_STOPS;
	c->feed.stopping = true;
	outputs_retry(&c->emit->outputs);
}

bool closing_failed(const struct closing *c)
{
	return c->broken || (c->state == CLOSING_IS_DONE && c->tables->unread);
}

/* --- where the window ends ------------------------------------------------ */

/* Recorded: where the open window ends. */
static uint64_t end_of_slot(const struct closing *c, enum window_closed_by by, uint64_t now_ns)
{
	if (by == CLOSED_BY_GAP)
		return window_boundary(&c->window, now_ns);
	if ((by == CLOSED_BY_FULL || by == CLOSED_BY_SIGNAL) && now_ns < c->window.due_ns)
		return window_end_early(&c->window, now_ns);
	return c->window.due_ns;
}

/* Where the open window ends: at a boundary, unless the window was held open and has taken in later
 * events. The kernel table does not tell when it counted last, so in a window that was held its
 * last event may be as late as now. A clock that is told what time it is may have leapt over
 * several windows: then this window still ends when it was due, and the windows after it are
 * empty. */
static uint64_t end_of_window(struct closing *c, enum window_closed_by by)
{
	uint64_t now = clock_now(c->clock);

	if (c->recorded)
		return end_of_slot(c, by, now);
	if (clock_is_told(c->clock) && now > c->window.due_ns)
		now = c->window.due_ns;
	if (c->tables->kernel && c->held)
		c->feed.last_event_ns = now;
	return window_end(&c->window, now, c->feed.last_event_ns);
}

/* The open window, as it ends at end_ns; the next one begins at next_ns. */
static struct kernel_window ended_window(const struct closing *c, uint64_t end_ns,
					 uint64_t next_ns)
{
	struct kernel_window w = { c->window.start_ns, end_ns, .next = { .ns = { next_ns } } };

	levels_starts(&c->levels, c->window.origin_ns, end_ns, next_ns != end_ns, &w.next);
	return w;
}

/* The clock was set by more than CLOCK_STEP_NS. The open window ends at the old time of now, and
 * the window that begins at the new time becomes c->window. The kernel table is told the new time
 * here, before it is rotated, so that no event of the next window gets a time of the old clock. */
static struct kernel_window follow_clock(struct closing *c, int64_t step_ns)
{
	uint64_t end_ns = window_end_early(&c->window, c->clock->now_ns);
	struct kernel_window ended;
	struct window next;

	window_open(&next, clock_follow(c->clock), c->opts->window_ns, c->opts->align);
	ended = ended_window(c, end_ns, next.start_ns);
	c->window = next;
	repeat_say(c->clock, 0, LOG_KIND_NOTICE, "the clock was set by %+.3f s: the window is closed, and the next one begins with the new time",
		   (double)step_ns / NS_PER_S);
	closing_tell_clock(c);
	return ended;
}

/* The clock was not set: the next window becomes c->window, and begins where the open one ends. */
static struct kernel_window follow_timer(struct closing *c, enum window_closed_by by)
{
	uint64_t end_ns = end_of_window(c, by);
	struct kernel_window ended = ended_window(c, end_ns, end_ns);

	window_next(&c->window, end_ns);
	repeat_calm(c->clock);
	return ended;
}

/* --- closing -------------------------------------------------------------- */

/* Take from the tables and the sources the sums and counters of the window that ends: events that
 * they count from here on are the next window's. (describe() only reads.) Returns the window's
 * table.
 *
 * The order matters. First the kernel table is rotated: messages that the filter passed on before
 * the rotation belong to this window, messages that it passes on later to the next one. Then the
 * queue is read, up to the messages that are in it at this moment. Then the sources end the
 * window: a pass over open connections must come after the queue, which may hold the ends of some
 * of them. */
static struct memory *take(struct closing *c, const struct closing_end *e)
{
	uint64_t end_ns = e->bounds.end_ns;

	tables_rotate(c->tables, &e->bounds, e->last);
	closing_read_queued(c, end_ns);
	for (size_t i = 0; i < c->n_sources; i++)
		source_do(c->sources[i].source, end_window, c->tables->open, end_ns, e->last);
	for (size_t i = 0; i < KERNEL_STARTS; i++)
		c->feed.late[i] += c->tables->rotation.late[i];
	return tables_take(c->tables);
}

/* Recorded events say nothing of the sysctls of the host that they come from. */
static enum window_switch switch_of(const struct closing *c, const char *sysctl)
{
	return c->recorded ? SWITCH_UNKNOWN : setup_switch(sysctl);
}

/* The record of the window that is being closed, without the fields that emit fills in. */
static struct window_record describe(const struct closing *c, const struct closing_end *e)
{
	const struct kernel_rotation *r = &c->tables->rotation;
	struct window_record w = {
		.seq = c->windows,
		.closed_by = e->by,
		.status = c->broken || c->tables->unread ? WINDOW_PARTIAL : WINDOW_OK,
		.engine = tables_name(c->tables),
		.kernel_events = r->events,
		.table_rows = r->rows,
		.table_capacity = c->opts->max_flows,
		.rotated = c->tables->kernel,
		.rotate_us = r->rotate_ns / 1000,
		.drain_us = r->drain_ns / 1000,
		.unselected_events = c->feed.unselected + r->unselected,
		.injected_starts = c->feed.injected + r->injected,
		.clash_ends = c->feed.clash + r->clash,
		.lost_events = { .known = true },
		.lost_kernel_drops = { .known = true },
		.lost_drops = { .known = true },
		.late_ends = c->feed.late[0],
		.late_events = c->feed.late_events[0],
		.clock_step_ms = c->clock_step_ms,
		.nominal_ns = c->opts->window_ns,
		.accounting = switch_of(c, "nf_conntrack_acct"),
		.timestamps = switch_of(c, "nf_conntrack_timestamp"),
	};

	for (size_t i = 0; i < c->n_sources; i++)
		source_do(c->sources[i].source, describe, &w);
	outputs_dropped(&c->emit->outputs, e->last, &w.dropped_windows, &w.dropped_records);
	if (w.dropped_windows)
		window_status_at_least(&w.status, WINDOW_PARTIAL);
	return w;
}

/* Begin to count for c->window: first the events that were read too early and carried over. In
 * windows that are hardly longer than hurry_ns the sources hurry all the time. */
static void begin_window(struct closing *c, const struct kernel_starts *starts)
{
	feed_begin(&c->feed, starts);
	c->passed = c->recorded && clock_now(c->clock) >= c->window.due_ns;
	c->held = false;
	c->flush_ns = 0;
	for (size_t i = 0; i < c->n_sources; i++)
		feed_carried(&c->feed, &c->sources[i], clock_now(c->clock));
	if (c->hurry_ns && c->opts->window_ns > 2 * c->hurry_ns)
		hurry(c, false);
	closing_tell_clock(c);
}

void closing_begin(struct closing *c)
{
	struct kernel_starts starts = c->feed.starts;

	begin_window(c, &starts);
}

/* A stop makes the kernel send the packets that it has kept back, so that they are counted, and no
 * later ones. */
static void stop_sources(struct closing *c)
{
	for (size_t i = 0; i < c->n_sources && !c->stopped; i++)
		source_do(c->sources[i].source, stop);
	c->stopped = true;
}

/* Whether the window that is being closed is the last one: ctagg was told to stop, or all windows
 * of --count have been closed. Outputs that failed are tried once more: there may be room for the
 * last lines by now. */
static bool is_last(struct closing *c)
{
	if (c->state == CLOSING_STOPS)
		stop_sources(c);
	else if (c->windows != c->opts->count)
		return false;
	outputs_retry(&c->emit->outputs);
	return true;
}

static void close_window(struct closing *c, enum window_closed_by by, int64_t step_ns)
{
	struct closing_end e = { .by = by, .step_ns = step_ns };
	struct netlabel_set *labels = netlabel_set_hold(c->labelling->current);
	struct window_record w;
	struct memory *table;

	c->windows++;
	e.last = is_last(c);
	if (e.last)
		e.by = CLOSED_BY_STOP;
	e.bounds = step_ns && !e.last ? follow_clock(c, step_ns) : follow_timer(c, e.by);
	if (c->labelling->next)
		label_tables_use(&c->tables->labelled);
	table = take(c, &e);
	w = describe(c, &e);
	switch_labels(c);
	closing_hand_over(c, &e, table, &w, labels);
	if (e.last)
		c->state = CLOSING_IS_DONE;
	begin_window(c, &e.bounds.next);
}

/* Recorded: whether the open window and many after it are empty. */
static bool is_gap(const struct closing *c, uint64_t now_ns)
{
	return c->passed && (window_boundary(&c->window, now_ns) - c->window.start_ns) /
				    c->window.duration_ns > MAX_EMPTY;
}

/* With --events the lines of events that are queued may find no room: then this takes more than
 * one turn, and the window is closed when the events have been read. */
static void stop_window(struct closing *c)
{
	bool all_read = true;

	if (c->feed.lines) {
		stop_sources(c);
		closing_read_queued(c, clock_now(c->clock));
		for (size_t i = 0; i < c->n_sources; i++)
			all_read &= !c->sources[i].until;
	}
	if (all_read)
		close_window(c, CLOSED_BY_STOP, 0);
}

void closing_turn(struct closing *c)
{
	uint64_t now = clock_now(c->clock);

	if (c->hurry_ns && !c->hurried && now >= closing_wake_ns(c))
		hurry(c, true);
	closing_finish(c);
	if (closing_is_busy(c))
		c->held |= now >= c->window.due_ns;
	if (closing_is_busy(c) || !feed_has_room(&c->feed) || c->state == CLOSING_IS_DONE || !is_open(c))
		return;
	if (levels_are_behind(&c->levels, c->window.origin_ns, c->window.start_ns))
		levels_catch_up(&c->levels, c->emit, c->window.origin_ns, c->window.start_ns);
	else if (c->state == CLOSING_STOPS)
		stop_window(c);
	else if (clock_step_ns(c->clock))
		close_window(c, CLOSED_BY_CLOCK, clock_step_ns(c->clock));
	else if (c->flush_ns && now >= c->flush_ns)
		close_window(c, CLOSED_BY_SIGNAL, 0);
	else if (now >= c->window.due_ns)
		close_window(c, is_gap(c, now) ? CLOSED_BY_GAP : CLOSED_BY_TIMER, 0);
	else if (closing_nearly_full(c))
		close_window(c, CLOSED_BY_FULL, 0);
}

/* Whether closing_turn() has something to do besides the stop. */
static bool is_due(const struct closing *c)
{
	if (c->state != CLOSING_GOES_ON)
		return false;
	if (c->unopened)
		return clock_now(c->clock);
	return clock_now(c->clock) >= c->window.due_ns || (c->recorded && closing_nearly_full(c)) ||
	       levels_are_behind(&c->levels, c->window.origin_ns, c->window.start_ns);
}

bool closing_pending(const struct closing *c)
{
	if (closing_holds(c) || c->handing.pending)
		return true;
	if (c->emit->busy || !feed_has_room(&c->feed))
		return false;
	return c->state == CLOSING_STOPS || is_due(c);
}

void closing_close(struct closing *c)
{
	netlabel_set_drop(c->handing.labels);
	levels_close(&c->levels);
}
