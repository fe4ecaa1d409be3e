/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "played.h"

/* The source. The list outlives it. */
struct player {
	struct source source;
	struct played *played;
};

static struct played *of(const struct source *s)
{
	return ((const struct player *)s)->played;
}

void played_init(struct played *p, uint64_t at_ns)
{
	p->now = (struct clock_reading){ at_ns, at_ns };
}

void played_clock(void *arg, struct clock_reading *out)
{
	*out = ((struct played *)arg)->now;
}

static bool signal_is_pending(void)
{
	sigset_t pending;

	sigpending(&pending);
	return !sigisemptyset(&pending);
}

/* Until a signal has been handled nothing happens. */
static bool held(const struct source *s)
{
	(void)s;
	return !signal_is_pending();
}

static void go_on_to(struct played *p, uint64_t at_ns)
{
	p->now.real_ns += at_ns - p->now.boot_ns;
	p->now.boot_ns = at_ns;
}

/* What is no event: 0, or an error for the reader. */
static int play_other(struct played *p, const struct played_event *e)
{
	p->now.real_ns += e->set_ns;
	p->lost += e->lost;
	if (e->signal)
		kill(getpid(), e->signal);
	if (e->err)
		return -e->err;
	return e->signal || e->set_ns || e->turn ? -EAGAIN : 0;
}

static bool is_event(const struct played_event *e)
{
	return !e->nothing && !e->turn && !e->set_ns && !e->signal && !e->err && !e->lost;
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	struct played *p = of(s);
	size_t n = 0;

	if (p->next == p->n)
		return SOURCE_END;
	if (p->events[p->next].at_ns > p->now.boot_ns) {
		go_on_to(p, p->events[p->next].at_ns);
		if (!p->at_once)
			return 0;
	}
	for (; n < max && p->next < p->n && p->events[p->next].at_ns <= p->now.boot_ns; p->next++) {
		const struct played_event *e = &p->events[p->next];

		if (is_event(e))
			events[n++] = e->event;
		else
			break;
	}
	if (!n && p->next < p->n && p->events[p->next].at_ns <= p->now.boot_ns)
		return play_other(p, &p->events[p->next++]);
	return n;
}

static void stop(struct source *s)
{
	of(s)->stopped = true;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct played *p = of(s);

	(void)into, (void)end_ns, (void)last;
	p->windows++;
	p->ended_lost = p->lost;
	p->lost = 0;
}

static void describe(const struct source *s, struct window_record *w)
{
	w->lost_events.n += of(s)->ended_lost;
	if (of(s)->ended_lost)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

static void close_source(struct source *s)
{
	of(s)->closed = true;
	free(s);
}

static const struct source_functions waits = {
	.waits = true,
	.held = held,
	.read = read_events,
	.stop = stop,
	.end_window = end_window,
	.describe = describe,
	.close = close_source,
};

static const struct source_functions carries = {
	.carries = true,
	.held = held,
	.read = read_events,
	.stop = stop,
	.end_window = end_window,
	.describe = describe,
	.close = close_source,
};

int played_open(struct source **out, struct source_setup *setup)
{
	struct player *player = calloc(1, sizeof(*player));

	if (!player)
		return -ENOMEM;
	player->played = setup->arg;
	player->source.fn = player->played->at_once ? &carries : &waits;
	*out = &player->source;
	return 0;
}
