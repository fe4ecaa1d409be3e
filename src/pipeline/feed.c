/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "pipeline/feed.h"

#define NS_PER_US 1000ULL

void feed_begin(struct feed *f, const struct kernel_starts *starts)
{
	f->starts = *starts;
	memset(f->late, 0, sizeof(f->late));
	memset(f->late_events, 0, sizeof(f->late_events));
	f->unselected = f->injected = f->clash = 0;
	f->last_event_ns = 0;
}

/* Read a batch and keep the selected events. Returns how many events are left, or a negative
 * number as read() does. */
static ssize_t read_batch(struct feed *f, struct source *s)
{
	ssize_t n = s->fn->read(s, f->events, f->batch), kept;

	if (n < 0)
		return n;
	kept = intake_choose(f->intake, f->events, n);
	f->unselected += n - kept;
	return kept;
}

/* Give an event that is counted in the open window a time in this window, no later than latest_ns.
 * Only an end with the kernel's stop time may keep a time before the window: it is late. */
static void set_time(const struct feed *f, struct flow_event *ev, uint64_t latest_ns)
{
	if (!ev->has_time || ev->time_ns > latest_ns)
		ev->time_ns = latest_ns;
	else if (!ev->timed && ev->time_ns < f->starts.ns[0])
		ev->time_ns = f->starts.ns[0];
}

/* The window of a level never begins after the open window, so an end that is not late for the open
 * window is late for no level. */
static void count_late(struct feed *f, const struct flow_event *ev)
{
	if (!ev->timed || ev->time_ns >= f->starts.ns[0])
		return;
	for (size_t i = 0; i < KERNEL_STARTS; i++)
		f->late[i] += ev->time_ns < f->starts.ns[i];
}

static void count_late_event(struct feed *f, const struct flow_event *ev)
{
	for (size_t i = 0; i < KERNEL_STARTS; i++)
		f->late_events[i] += ev->time_ns < f->starts.ns[i];
}

/* With --events nobody counts: the numbers of rules are held by nobody, and mean the same rules
 * until the second window from now (labels_find()). */
static void add(struct feed *f, struct source *s, const struct flow_event *events, size_t n)
{
	if (f->lines) {
		event_lines_add(f->lines, events, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		f->injected += events[i].injected;
		f->clash += events[i].clash;
	}
	intake_add(f->intake, f->tables->open, events, n);
	source_do(s, added, events, n);
}

/* Add the first n events of the batch; later times than latest_ns become latest_ns. */
static void add_batch(struct feed *f, struct source *s, size_t n, uint64_t latest_ns)
{
	if (n)
		f->last_event_ns = latest_ns;
	for (size_t i = 0; i < n && f->recorded; i++)
		count_late_event(f, &f->events[i]);
	for (size_t i = 0; i < n && !f->recorded; i++) {
		set_time(f, &f->events[i], latest_ns);
		count_late(f, &f->events[i]);
	}
	add(f, s, f->events, n);
}

/* Of the batch just read, carry over the events whose times lie in the next window. The source's
 * events come in order, so no event of the open window follows this batch. A time later than now
 * proves nothing: the event happened before the clock was set back, and stays. Returns how many
 * events are left for the open window. */
static size_t carry_over(struct feed *f, struct feed_source *from, size_t n, uint64_t end_ns,
			 uint64_t now_ns)
{
	size_t kept = 0;

	if (!from->source->fn->carries || f->stopping)
		return n;
	for (size_t i = 0; i < n; i++) {
		uint64_t time_ns = f->events[i].time_ns;

		if (f->events[i].has_time && time_ns >= end_ns && time_ns <= now_ns)
			from->carried[from->n_carried++] = f->events[i];
		else
			f->events[kept++] = f->events[i];
	}
	return kept;
}

/* The latest time that an event of the window that ends at end_ns can have. Whoever reads event
 * lines counts an event at end_ns in the next window, and lines have microseconds. */
static uint64_t latest(const struct feed *f, uint64_t end_ns)
{
	return f->lines && end_ns > f->starts.ns[0] ? end_ns - NS_PER_US : end_ns;
}

/* The caller begins no read when the window is due. If the window becomes due during a read, the
 * events were queued before, and those without a time get the window's end as their time. */
int feed_read(struct feed *f, struct feed_source *from, uint64_t end_ns)
{
	ssize_t n = read_batch(f, from->source);
	uint64_t now_ns;

	if (n < 0)
		return n;
	now_ns = clock_now(f->clock);
	n = carry_over(f, from, n, end_ns, now_ns);
	add_batch(f, from->source, n, now_ns < end_ns ? now_ns : latest(f, end_ns));
	return 0;
}

void feed_carried(struct feed *f, struct feed_source *from, uint64_t latest_ns)
{
	for (size_t i = 0; i < from->n_carried; i++) {
		set_time(f, &from->carried[i], latest_ns);
		if (from->carried[i].time_ns > f->last_event_ns)
			f->last_event_ns = from->carried[i].time_ns;
	}
	add(f, from->source, from->carried, from->n_carried);
	from->n_carried = 0;
}

/* The bound is a number of messages, fixed before the first read: all messages that are queued now
 * are read, and no more than a batch of those that arrive meanwhile. */
int feed_queued(struct feed *f, struct feed_source *from, uint64_t end_ns)
{
	struct source *s = from->source;
	ssize_t n = 0;

	if (f->stopping)
		feed_carried(f, from, latest(f, end_ns));
	if (!s->fn->queued)
		return 0;
	if (!from->until)
		from->until = s->fn->messages(s) + s->fn->queued(s);
	while (n >= 0 && !from->n_carried && s->fn->messages(s) < from->until && feed_has_room(f)) {
		n = read_batch(f, s);
		if (n > 0) {
			n = carry_over(f, from, n, end_ns, clock_now(f->clock));
			add_batch(f, s, n, latest(f, end_ns));
		}
	}
	if (n < 0 || feed_has_room(f) || !f->stopping)
		from->until = 0;
	return n == -EAGAIN || n >= 0 ? 0 : n;
}
