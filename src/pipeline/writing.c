/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <sys/epoll.h>

#include "pipeline/writing.h"

void writing_init(struct writing *w, struct emit *emit, struct loop *loop)
{
	w->emit = emit;
	w->loop = loop;
	w->gone = false;
	for (size_t i = 0; i < OUTPUTS_MAX; i++)
		w->outputs[i] = (struct writing_output){ w, i, -1, false };
}

void writing_reopened(struct writing *w)
{
	for (size_t i = 0; i < OUTPUTS_MAX; i++)
		w->outputs[i].fd = -1;
}

/* The loop says that an output is ready or that its reader has gone. Only a gone reader needs work
 * here: writing_step() comes in each turn of the loop and finds out whether there is room. */
static void take_output(void *arg, uint32_t events)
{
	struct writing_output *o = arg;

	if (events & (EPOLLHUP | EPOLLERR) &&
	    outputs_hung_up(&o->writing->emit->outputs, o->i, events & EPOLLHUP))
		o->writing->gone = true;
}

/* Wait for the reader of an output to be ready, or only to go away. A device that cannot be
 * waited for is always ready. */
static void watch(struct writing *w, struct writing_output *o)
{
	int fd = outputs_poll_fd(&w->emit->outputs, o->i);
	bool ready = w->emit->outputs.list[o->i].blocked;

	if (fd == o->fd && ready == o->ready)
		return;
	if (fd >= 0)
		loop_watch(w->loop, fd, ready ? EPOLLOUT : 0, take_output, o);
	else if (o->fd >= 0)	/* the reader has gone, but other outputs still have theirs */
		loop_forget(w->loop, take_output, o);
	o->fd = fd;
	o->ready = ready;
}

static void watch_all(struct writing *w)
{
	for (size_t i = 0; i < w->emit->outputs.n; i++)
		watch(w, &w->outputs[i]);
}

/* A failure is tried again every second, but not after the last line: a program that was
 * told to stop must not wait for somebody to make room. */
static enum writing_state failing(struct writing *w, bool last)
{
	watch_all(w);
	if (!last)
		return WRITING_WAITS;
	outputs_say_lost(&w->emit->outputs);
	return WRITING_LOST;
}

static enum writing_state write_some(struct writing *w, bool last)
{
	switch (emit_step(w->emit)) {
	case EMIT_IDLE:
		watch_all(w);
		return w->emit->busy ? WRITING_WAITS : WRITING_DONE;
	case EMIT_MORE:
		return WRITING_MORE;
	case EMIT_BLOCKED:
		watch_all(w);
		return WRITING_WAITS;
	case EMIT_FAILING:
		return failing(w, last);
	case EMIT_GONE:
		break;
	}
	return WRITING_GONE;
}

enum writing_state writing_step(struct writing *w, bool last)
{
	enum writing_state state = write_some(w, last);

	return w->gone && state != WRITING_LOST ? WRITING_GONE : state;
}
