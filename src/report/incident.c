/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "report/counts.h"
#include "report/grow.h"
#include "report/incident.h"

#define ROW(name, mark, one, more) { REPORT_##mark, one, more },
const struct report_kind_row report_kinds[REPORT_N_KINDS] = { REPORT_KINDS(ROW) };
#undef ROW

uint32_t report_marks(uint32_t kinds)
{
	uint32_t marks = 0;

	for (unsigned int kind = 0; kind < REPORT_N_KINDS; kind++)
		if (kinds >> kind & 1)
			marks |= 1u << report_kinds[kind].mark;
	return marks;
}

static void note(struct report_incident *to, enum report_kind kind, uint64_t n)
{
	if (!n)
		return;
	to->kinds |= 1u << kind;
	to->n[kind] = report_plus(to->n[kind], n);
}

static void note_number(struct report_incident *to, enum report_kind kind, struct view_number number)
{
	note(to, kind, number.state == VIEW_KNOWN ? number.n : 0);
	if (number.state != VIEW_NULL)
		return;
	to->kinds |= 1u << kind;
	to->unknown |= 1u << kind;
}

static uint64_t flows_folded(const struct view_window *w)
{
	uint64_t folded = 0;

	for (size_t i = 0; i < w->n_flows; i++)
		if (w->flows[i].other && w->flows[i].table_full)
			folded = report_plus(folded, w->flows[i].folded_flows);
	return folded;
}

static void note_window(struct report_incident *to, const struct view_window *w)
{
	note(to, REPORT_lost_records, w->missing);
	note_number(to, REPORT_lost_events, w->lost_events);
	note_number(to, REPORT_lost_drops, w->lost_drops);
	note_number(to, REPORT_lost_kernel_drops, w->lost_kernel_drops);
	note_number(to, REPORT_dropped_windows, w->dropped_windows);
	note_number(to, REPORT_vanished, w->vanished);
	note_number(to, REPORT_unread_rules, w->unread_rules);
	note_number(to, REPORT_unread_sockets, w->unread_sockets);
	note(to, REPORT_flowtable, w->flowtable_uncounted);
	if (w->status == WINDOW_PARTIAL && !(to->kinds & ~(1u << REPORT_lost_records)))
		note(to, REPORT_partial, 1);
	note(to, REPORT_nodata, w->status == WINDOW_NODATA);
	note(to, REPORT_clock, w->clock_step_ms != 0);
}

bool report_incident_of(struct report_incident *to, const struct view_window *w)
{
	memset(to, 0, sizeof(*to));
	to->start_ns = w->start_ns;
	to->end_ns = w->end_ns;
	to->windows = 1;
	note(to, REPORT_folded, flows_folded(w));
	if (w->complete)
		note_window(to, w);
	else
		note(to, REPORT_unfinished, 1);
	return to->kinds;
}

static void add(struct report_incident *to, const struct report_incident *from)
{
	to->kinds |= from->kinds;
	to->unknown |= from->unknown;
	to->windows += from->windows;
	for (unsigned int i = 0; i < REPORT_N_KINDS; i++)
		to->n[i] = report_plus(to->n[i], from->n[i]);
}

static bool continues(const struct report_incident *last, const struct report_incident *new)
{
	return last->host == new->host && last->kinds == new->kinds && last->end_ns == new->start_ns &&
	       new->windows;
}

int report_incidents_add(struct report_incidents *i, const struct report_incident *new, size_t *last)
{
	int err;

	add(&i->all, new);
	for (unsigned int kind = 0; kind < REPORT_N_KINDS; kind++)
		if (new->kinds >> kind & 1)
			i->windows[kind] += new->windows;
	if (new->kinds == 1u << REPORT_no_windows)
		i->gaps_ns = report_plus(i->gaps_ns, new->end_ns - new->start_ns);
	if (*last < i->n && continues(&i->of[*last], new)) {
		add(&i->of[*last], new);
		i->of[*last].end_ns = new->end_ns;
		return 0;
	}
	if (i->n == REPORT_MAX_INCIDENTS) {
		i->more++;
		return 0;
	}
	err = grow_by_one((void **)&i->of, i->n, &i->room, sizeof(*i->of));
	if (err)
		return err;
	*last = i->n;
	i->of[i->n++] = *new;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct report_incident *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return x->kinds < y->kinds ? -1 : x->kinds > y->kinds;
}

void report_incidents_sort(struct report_incidents *i)
{
	if (i->n)
		qsort(i->of, i->n, sizeof(*i->of), by_time);
}

void report_incidents_close(struct report_incidents *i)
{
	free(i->of);
	memset(i, 0, sizeof(*i));
}
