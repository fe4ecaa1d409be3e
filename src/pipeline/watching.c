/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <sys/epoll.h>

#include "pipeline/watching.h"

static void take_events(void *arg, uint32_t events);
static void take_change(void *arg, uint32_t events);

/* The source is not read at the moment: the last window is closed, or a slow reader of the output
 * keeps the next window from being opened. Events still come, so the descriptors stay readable, and
 * a loop that watched them would spin for as long as that lasts. */
static void pause_watch(struct watching_source *s)
{
	loop_forget(s->watching->loop, take_events, s);
	loop_forget(s->watching->loop, take_change, s);
	s->paused = true;
}

static void take_events(void *arg, uint32_t events)
{
	struct watching_source *s = arg;

	(void)events;
	if (closing_reads(s->watching->closing, s->source))
		closing_read(s->watching->closing, s->source);
	else
		pause_watch(s);
}

static void take_change(void *arg, uint32_t events)
{
	struct watching_source *s = arg;

	(void)events;
	if (closing_reads(s->watching->closing, s->source))
		closing_changed(s->watching->closing, s->source);
	else
		pause_watch(s);
}

static int watch_events(struct watching_source *s)
{
	int fd = source_call(s->source->source, fd, -1);

	return fd < 0 ? 0 : loop_watch(s->watching->loop, fd, EPOLLIN, take_events, s);
}

static int watch_changes(struct watching_source *s)
{
	int fd = source_call(s->source->source, change_fd, -1);

	return fd < 0 ? 0 : loop_watch(s->watching->loop, fd, EPOLLIN, take_change, s);
}

static int watch(struct watching_source *s)
{
	int err = watch_events(s);

	s->paused = false;
	return err ? err : watch_changes(s);
}

int watching_init(struct watching *w, struct closing *closing, struct loop *loop)
{
	int err = 0;

	w->closing = closing;
	w->loop = loop;
	for (size_t i = 0; i < closing->n_sources && !err; i++) {
		w->sources[i] = (struct watching_source){ w, &closing->sources[i], false };
		err = watch(&w->sources[i]);
	}
	return err;
}

static void resume_watch(struct watching_source *s)
{
	int err = watch(s);

	if (err)
		closing_break(s->watching->closing, err);
}

void watching_resume(struct watching *w)
{
	for (size_t i = 0; i < w->closing->n_sources; i++)
		if (w->sources[i].paused && closing_reads(w->closing, &w->closing->sources[i]))
			resume_watch(&w->sources[i]);
}

/* After a tick a source may have another descriptor: watch that one. */
static void tick(struct watching_source *s)
{
	bool other = source_call(s->source->source, tick, false);
	int err = other && !s->paused ? watch_events(s) : 0;

	if (err)
		closing_break(s->watching->closing, err);
}

void watching_tick(struct watching *w)
{
	for (size_t i = 0; i < w->closing->n_sources; i++)
		tick(&w->sources[i]);
}
