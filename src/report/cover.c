/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "report/counts.h"
#include "report/cover.h"
#include "report/grow.h"

int report_stretches_add(struct report_stretches *s, const struct view_window *w)
{
	uint64_t seq = w->complete && w->seq.state == VIEW_KNOWN ? w->seq.n : 0;
	struct report_stretch *last = s->n ? &s->of[s->n - 1] : NULL;
	int err;

	if (last && seq && last->last && seq == last->last + 1 && w->start_ns == last->end_ns) {
		last->last = seq;
		last->end_ns = w->end_ns;
		return 0;
	}
	err = grow_by_one((void **)&s->of, s->n, &s->room, sizeof(*s->of));
	if (!err)
		s->of[s->n++] = (struct report_stretch){ seq, seq, w->start_ns, w->end_ns };
	return err;
}

/* A stretch of one of the host's runs; or the time of windows that are missing between two of
 * them, and of a clock that was set (`hole'): no gap beyond what is known already. */
struct part {
	struct report_span span;
	uint32_t run;
	bool hole;
};

static int add_part(struct report_cover *c, uint64_t start_ns, uint64_t end_ns, bool hole)
{
	int err = grow_by_one((void **)&c->parts, c->n, &c->room, sizeof(*c->parts));

	if (!err)
		c->parts[c->n++] = (struct part){ { start_ns, end_ns }, c->runs, hole };
	return err;
}

static int by_number(const void *a, const void *b)
{
	const struct report_stretch *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

/* The first of the windows without a number that begins at this time or later. These windows, whose
 * window record is missing, are the first ones of the sorted stretches. */
static size_t unnumbered_from(const struct report_stretches *run, uint64_t start_ns)
{
	size_t low = 0, high = run->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (!run->of[middle].first && run->of[middle].start_ns < start_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int lost_windows(struct report_cover *c, uint64_t start_ns, uint64_t end_ns, uint64_t n)
{
	struct report_incident lost = {
		.host = c->host,
		.kinds = 1u << REPORT_lost_windows,
		.start_ns = start_ns,
		.end_ns = end_ns < start_ns ? start_ns : end_ns,
		.n[REPORT_lost_windows] = n,
	};
	size_t none = SIZE_MAX;

	c->lost_windows = report_plus(c->lost_windows, n);
	return report_incidents_add(c->incidents, &lost, &none);
}

/* What is between two stretches of a run whose numbers follow one another. */
static int between(struct report_cover *c, const struct report_stretches *run,
		   const struct report_stretch *a, const struct report_stretch *b)
{
	uint64_t missing = b->first > a->last ? b->first - a->last - 1 : 0;
	uint64_t unfinished = unnumbered_from(run, b->start_ns) - unnumbered_from(run, a->end_ns);
	int err = 0;

	if (b->start_ns < a->end_ns)	/* the clock was set back meanwhile */
		unfinished = 0;
	if (missing > unfinished)
		err = lost_windows(c, a->end_ns, b->start_ns, missing - unfinished);
	if (!err && b->start_ns > a->end_ns && b->first > a->last)
		err = add_part(c, a->end_ns, b->start_ns, true);
	return err;
}

int report_cover_run(struct report_cover *c, struct report_stretches *run)
{
	const struct report_stretch *before = NULL;
	int err = 0;

	c->runs++;
	if (run->n)
		qsort(run->of, run->n, sizeof(*run->of), by_number);
	for (size_t i = 0; i < run->n && !err; i++) {
		const struct report_stretch *s = &run->of[i];

		err = add_part(c, s->start_ns, s->end_ns, false);
		if (!err && before)
			err = between(c, run, before, s);
		if (s->first)
			before = s;
	}
	return err;
}

static int by_start(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->span.start_ns < y->span.start_ns ? -1 : x->span.start_ns > y->span.start_ns;
}

/* Nobody knows anything of the time before this part, back to `until'. */
static int gap(struct report_cover *c, uint64_t until, const struct part *p)
{
	struct report_incident gap = {
		.host = c->host,
		.kinds = 1u << REPORT_no_windows,
		.start_ns = until,
		.end_ns = p->span.start_ns,
		.n[REPORT_no_windows] = 1,
	};
	size_t none = SIZE_MAX;

	return report_incidents_add(c->incidents, &gap, &none);
}

/* Two runs have windows at the time; all such times of a host are one incident. */
static void overlap(struct report_incident *all, uint64_t start_ns, uint64_t end_ns)
{
	if (!all->kinds || start_ns < all->start_ns)
		all->start_ns = start_ns;
	if (end_ns > all->end_ns)
		all->end_ns = end_ns;
	all->kinds = 1u << REPORT_overlap;
	all->n[REPORT_overlap]++;
}

static int add_span(struct report_spans *spans, const struct report_span *span)
{
	struct report_span *last = spans->n ? &spans->of[spans->n - 1] : NULL;
	int err;

	if (last && span->start_ns <= last->end_ns) {
		if (span->end_ns > last->end_ns)
			last->end_ns = span->end_ns;
		return 0;
	}
	err = grow_by_one((void **)&spans->of, spans->n, &spans->room, sizeof(*spans->of));
	if (!err)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): grow_by_one() has made room */
		spans->of[spans->n++] = *span;
	return err;
}

/* Go along the time. until: the end of what is known so far, of which run. */
static int sweep(struct report_cover *c, struct report_spans *spans, struct report_incident *overlaps)
{
	uint64_t until = c->n ? c->parts[0].span.start_ns : 0;
	uint32_t of_run = 0;
	int err = 0;

	for (size_t i = 0; i < c->n && !err; i++) {
		const struct part *p = &c->parts[i];

		if (p->span.start_ns > until)
			err = gap(c, until, p);
		else if (p->span.start_ns < until && of_run && of_run != p->run && !p->hole)
			overlap(overlaps, p->span.start_ns, p->span.end_ns < until ? p->span.end_ns : until);
		if (!err && !p->hole)
			err = add_span(spans, &p->span);
		if (p->span.end_ns >= until) {
			until = p->span.end_ns;
			of_run = p->hole ? 0 : p->run;
		}
	}
	return err;
}

int report_cover_close(struct report_cover *c, struct report_spans *spans)
{
	struct report_incident overlaps = { .host = c->host };
	size_t none = SIZE_MAX;
	int err;

	memset(spans, 0, sizeof(*spans));
	if (c->n)
		qsort(c->parts, c->n, sizeof(*c->parts), by_start);
	err = sweep(c, spans, &overlaps);
	if (!err && overlaps.kinds)
		err = report_incidents_add(c->incidents, &overlaps, &none);
	free(c->parts);
	c->parts = NULL;
	return err;
}

uint64_t report_covered(const struct report_spans *spans, uint64_t start_ns, uint64_t end_ns)
{
	uint64_t covered = 0;

	for (size_t i = 0; i < spans->n; i++) {
		uint64_t from = spans->of[i].start_ns > start_ns ? spans->of[i].start_ns : start_ns;
		uint64_t to = spans->of[i].end_ns < end_ns ? spans->of[i].end_ns : end_ns;

		if (to > from)
			covered += to - from;
	}
	return covered;
}
