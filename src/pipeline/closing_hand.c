/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "pipeline/closing.h"

/* How a window that has been closed gets to emit. */

#define NS_PER_MS 1000000ULL

/* Whether a source knows why nothing came. */
static bool silence_is_explained(const struct closing *c)
{
	for (size_t i = 0; i < c->n_sources; i++)
		if (source_call(c->sources[i].source, quiet, false))
			return true;
	return false;
}

/* The totals by rule and those of sockets: of each, one source has them for all, or none has. */
static struct emit_beside beside(const struct closing *c)
{
	struct emit_beside b = { 0 };

	for (size_t i = 0; i < c->n_sources; i++) {
		if (!b.rules)
			b.rules = source_call(c->sources[i].source, totals, NULL);
		if (!b.sockets)
			b.sockets = source_call(c->sources[i].source, sockets, NULL);
	}
	return b;
}

/* An empty first window surprises somebody who tries ctagg in a terminal: say where to look. */
static void hint(const struct closing *c)
{
	if (c->windows == 1 && !c->recorded && isatty(STDERR_FILENO))
		log_good("nothing to count so far; `ctagg --check' says what keeps data away");
}

/* Nothing came, if nothing did: perhaps something explains it. */
static void explain(const struct closing *c, struct closing_handing *h,
		    const struct rule_totals *rules)
{
	if (flow_sums_events(memory_total(h->table)) || rule_totals_moved(rules))
		return;
	if (h->w.status == WINDOW_OK && silence_is_explained(c))
		h->w.status = WINDOW_NODATA;
	hint(c);
}

/* Give emit the closed window, then the windows of the levels that end with it. levels_add() comes
 * before emit_begin(), because emit empties the table when its lines have been made. A stop and a
 * clock that was set close all levels; whatever else closes a window, each level waits for its own
 * boundary. */
static void hand_over(struct closing *c, struct closing_handing *h, const struct emit_beside *b)
{
	const struct closing_end *e = &h->end;
	const struct kernel_window *bounds = &e->bounds;
	enum window_closed_by by = e->last ? CLOSED_BY_STOP :
				   e->step_ns ? CLOSED_BY_CLOCK : CLOSED_BY_TIMER;

	c->emit->labels = h->labels;
	levels_add(&c->levels, c->emit, &c->tables->labelled, h->table, b, &h->w, h->late, h->late_events);
	emit_begin(c->emit, h->table, b, bounds->start_ns, bounds->end_ns, &h->w);
	levels_emit(&c->levels, c->emit, c->window.origin_ns, bounds->end_ns, by);
	c->clock_step_ms = e->step_ns / (int64_t)NS_PER_MS;
	if (e->step_ns)
		levels_restart(&c->levels, c->window.start_ns, c->clock_step_ms);
}

/* With --events there are no records of windows: a window is a second after which losses are said. */
static void say_second(struct closing *c, const struct closing_end *e, const struct window_record *w)
{
	event_lines_second(c->feed.lines, e->bounds.end_ns, w, clock_is_told(c->clock));
	c->emit->partial |= w->status == WINDOW_PARTIAL;
}

void closing_finish(struct closing *c)
{
	struct closing_handing *h = &c->handing;
	struct emit_beside b = beside(c);

	for (; h->pending && h->source < c->n_sources; h->source++)
		if (!source_call(c->sources[h->source].source, finish, true, &h->w, b.rules))
			return;
	if (!h->pending)
		return;
	h->pending = false;
	explain(c, h, b.rules);
	hand_over(c, h, &b);
	netlabel_set_drop(h->labels);
	h->labels = NULL;
}

void closing_hand_over(struct closing *c, const struct closing_end *e, struct memory *table,
		       const struct window_record *w, struct netlabel_set *labels)
{
	if (c->feed.lines) {
		netlabel_set_drop(labels);
		say_second(c, e, w);
		return;
	}
	c->handing = (struct closing_handing){
		.pending = true,
		.end = *e,
		.table = table,
		.labels = labels,
		.w = *w,
	};
	memcpy(c->handing.late, c->feed.late + 1, sizeof(c->handing.late));
	memcpy(c->handing.late_events, c->feed.late_events + 1, sizeof(c->handing.late_events));
	closing_finish(c);
}
