/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "cli/log.h"
#include "notify/notify.h"
#include "pipeline/serving.h"

#define NS_PER_S 1000000000ULL

/* A stop that gets on is given so much more time. */
#define EXTEND_NS (30 * NS_PER_S)

void serving_open(void)
{
	int err = notify_open();

	if (err)
		log_notice(NOTIFY_NOT_OPENED, strerror(-err));
}

/* Whether lines have been made or written since the last beat. */
static bool got_on(struct serving *s)
{
	const struct emit *e = s->emit;
	size_t pending = outputs_pending(&e->outputs);
	bool same = s->windows == s->closing->windows && s->job == e->job && s->next == e->next &&
		    s->pending == pending;

	s->windows = s->closing->windows;
	s->job = e->job;
	s->next = e->next;
	s->pending = pending;
	return !same;
}

static void beat(void *arg, uint64_t times)
{
	struct serving *s = arg;

	(void)times;
	notify_alive();
	if (s->stopping && got_on(s))
		notify_extend(EXTEND_NS);
}

/* At least once a second, so that a stop asks for more time early enough. */
int serving_watch(struct serving *s, struct loop *loop, const struct closing *closing,
		  struct emit *emit)
{
	uint64_t every_ns = notify_alive_ns();

	s->closing = closing;
	s->emit = emit;
	if (!notify_is_open())
		return 0;
	return loop_every(loop, every_ns && every_ns < NS_PER_S ? every_ns : NS_PER_S, beat, s);
}

void serving_ready(void)
{
	notify_ready();
	notify_alive();
}

void serving_reloading(void)
{
	notify_reloading();
}

void serving_reloaded(void)
{
	notify_ready();
}

static void say_stopping(struct serving *s)
{
	if (s->stopping || s->closing->state == CLOSING_GOES_ON)
		return;
	s->stopping = true;
	notify_stopping();
}

/* A window is said when its last line has left the program. While the reader takes no lines, the
 * status is still of the last window that was written. */
void serving_turn(struct serving *s, enum writing_state state)
{
	struct emit_last *w = &s->emit->last;

	if (!notify_is_open())
		return;
	say_stopping(s);
	if (!w->fresh || state != WRITING_DONE)
		return;
	w->fresh = false;
	notify_status("window %" PRIu64 " written: %" PRIu64 " records, %" PRIu64 " events, %s",
		      w->seq, w->records, w->events, window_status_name(w->status));
}

void serving_close(void)
{
	notify_close();
}
