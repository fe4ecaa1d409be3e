/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "cli/log.h"
#include "pipeline/closing.h"

/* How the open window reads its sources. */

/* How many batches of one source are read in a row before other work gets a turn. */
#define BATCHES 16

/* A window that is closed because the table is full is at least so long. */
#define SHORTEST_NS 100000000ULL

bool closing_nearly_full(const struct closing *c)
{
	uint64_t rows;

	if (!c->opts->early_close || clock_now(c->clock) < c->window.start_ns + SHORTEST_NS)
		return false;
	rows = memory_rows(c->tables->open);
	if (c->tables->kernel && kernel_rows(c->tables->kernel) > rows)
		rows = kernel_rows(c->tables->kernel);
	return rows * 100 >= (uint64_t)c->opts->max_flows * c->opts->early_close;
}

/* How many events are read at a time. With --read and --early-close no more than there are rows
 * until the window has to be closed: then the event that fills the table is the last one of its
 * window, however the events arrive. */
static size_t batch(const struct closing *c)
{
	uint64_t rows = ((uint64_t)c->opts->max_flows * c->opts->early_close + 99) / 100;
	uint64_t used = memory_rows(c->tables->open);

	if (!c->recorded || !c->opts->early_close || rows >= used + FEED_BATCH)
		return FEED_BATCH;
	return rows > used ? rows - used : 1;
}

/* Whether an event that is read now may belong to the next window. An open window that is held
 * takes in all events that come, except from sources that can wait: these are not read until
 * the next window is open. */
static bool is_over(const struct closing *c, const struct source *s)
{
	if (c->unopened)
		return clock_now(c->clock);
	if (c->recorded && closing_nearly_full(c))
		return true;
	return (!closing_is_busy(c) || s->fn->waits) && clock_now(c->clock) >= c->window.due_ns;
}

void closing_break(struct closing *c, int err)
{
	if (c->recorded)
		log_error("cannot read '%s': %s; the open window is written, and ctagg ends",
			  c->opts->read, strerror(-err));
	else
		log_error("cannot read from the kernel: %s; the open window is written, and ctagg ends: start it again",
			  strerror(-err));
	c->broken = true;
	closing_stop(c);
}

static void take_error(struct closing *c, int err)
{
	if (err == SOURCE_END)
		closing_stop(c);
	else if (err && err != -EAGAIN)
		closing_break(c, err);
}

bool closing_reads(const struct closing *c, const struct feed_source *from)
{
	return c->state != CLOSING_IS_DONE && !from->n_carried && feed_has_room(&c->feed) &&
	       !is_over(c, from->source);
}

bool closing_read(struct closing *c, struct feed_source *from)
{
	int err = 0;

	if (c->state == CLOSING_IS_DONE)
		return true;
	for (int i = 0; i < BATCHES && !err && closing_reads(c, from); i++) {
		c->feed.batch = batch(c);
		err = feed_read(&c->feed, from, closing_is_busy(c) ? FEED_NO_END : c->window.due_ns);
	}
	take_error(c, err);
	return err;
}

/* Events that are queued now came before the change and are read first, so that they keep their
 * old meaning. When there are many, this takes more than one turn: the descriptor stays readable,
 * and this function is called again. */
void closing_changed(struct closing *c, struct feed_source *from)
{
	struct source *s = from->source;

	if (!s->fn->changed(s, false))
		s->fn->changed(s, closing_read(c, from));
}

static bool holds(const struct closing *c, const struct source *s)
{
	return c->state != CLOSING_IS_DONE && feed_has_room(&c->feed) &&
	       source_call(s, held, false) && !(s->fn->waits && is_over(c, s));
}

bool closing_holds(const struct closing *c)
{
	for (size_t i = 0; i < c->n_sources; i++)
		if (holds(c, c->sources[i].source))
			return true;
	return false;
}

void closing_read_held(struct closing *c)
{
	for (size_t i = 0; i < c->n_sources; i++)
		if (holds(c, c->sources[i].source))
			closing_read(c, &c->sources[i]);
}

void closing_read_queued(struct closing *c, uint64_t end_ns)
{
	for (size_t i = 0; i < c->n_sources; i++)
		take_error(c, feed_queued(&c->feed, &c->sources[i], end_ns));
}
