/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/axis.h"

#define NS_PER_MS UINT64_C(1000000)
#define DAY_NS (UINT64_C(86400) * 1000 * NS_PER_MS)

/* Times further from others than so many times all that is covered are not on the axis. */
#define FAR 10

static int by_start(const void *a, const void *b)
{
	const struct report_span *x = a, *y = b;

	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

/* The spans of all hosts, sorted, with covered times put together. Returns how many. */
static size_t all_spans(const struct report_totals *t, struct report_span *to)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < t->hosts.n; i++)
		for (size_t j = 0; j < report_totals_host(t, i)->spans.n; j++)
			to[n++] = report_totals_host(t, i)->spans.of[j];
	if (n)
		qsort(to, n, sizeof(*to), by_start);
	for (size_t i = 0; i < n; i++) {
		if (kept && to[i].start_ns <= to[kept - 1].end_ns) {
			if (to[i].end_ns > to[kept - 1].end_ns)
				to[kept - 1].end_ns = to[i].end_ns;
		} else {
			to[kept++] = to[i];
		}
	}
	return kept;
}

static uint64_t length(const struct report_span *spans, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += spans[i].end_ns - spans[i].start_ns;
	return sum;
}

/* Of the parts of the time that stand far from each other, the one of which most is covered. */
static void choose(struct report_axis *a, const struct report_span *spans, size_t n)
{
	uint64_t far = length(spans, n), most = 0;

	far = far > DAY_NS ? far : DAY_NS;
	far = far > UINT64_MAX / FAR ? UINT64_MAX : FAR * far;
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && spans[to].start_ns - spans[to - 1].end_ns <= far; to++)
			;
		if (from && length(spans + from, to - from) <= most)
			continue;
		most = length(spans + from, to - from);
		a->start_ns = spans[from].start_ns;
		a->end_ns = spans[to - 1].end_ns;
	}
}

/* The number of columns of a width. */
static uint64_t columns(const struct report_axis *a, uint64_t width_ns)
{
	uint64_t end = a->end_ns > a->start_ns ? a->end_ns - 1 : a->end_ns;

	return end / width_ns - a->start_ns / width_ns + 1;
}

/* One column for each of the shortest windows, or wider ones. A series in wide cells has no
 * narrower columns. */
static void choose_width(struct report_axis *a, const struct report_totals *t)
{
	uint64_t width = 0;

	for (size_t i = 0; i < t->runs.n_levels; i++) {
		const struct report_level *level = &t->runs.levels[i];

		if (level->counted && level->ms < UINT64_MAX / NS_PER_MS && (!width || level->ms * NS_PER_MS < width))
			width = level->ms * NS_PER_MS;
	}
	if (!width || width < t->width_ns)
		width = t->width_ns;
	while (columns(a, width) > REPORT_MAX_COLUMNS)
		width = report_wider(width);
	a->width_ns = width;
	a->n = columns(a, width);
	a->first_ns = a->start_ns / width * width;
}

/* Windows that begin outside of the axis. */
static uint64_t elsewhere(const struct report_axis *a, const struct report_totals *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->hosts.n; i++)
		for (size_t j = 0; j < report_totals_host(t, i)->series.n; j++) {
			const struct report_point *p = &report_totals_host(t, i)->series.of[j];

			if (p->start_ns < a->start_ns || p->start_ns > a->end_ns)
				n += p->windows;
		}
	return n;
}

static uint64_t longest_ns(const struct report_totals *t)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < t->runs.keys.n; i++)
		if (report_runs_get(&t->runs, i)->level_ms > ms)
			ms = report_runs_get(&t->runs, i)->level_ms;
	return ms < UINT64_MAX / 4 / NS_PER_MS ? ms * NS_PER_MS : UINT64_MAX / 4;
}

/* A host has no windows from one time to another, although others have. Windows of several hosts do
 * not end together: what is shorter than two of the longest windows is no incident. */
static int edge(struct report_totals *t, uint32_t host, uint64_t start_ns, uint64_t end_ns, uint64_t longest)
{
	struct report_incident none = {
		.host = host,
		.kinds = 1u << REPORT_no_windows,
		.start_ns = start_ns,
		.end_ns = end_ns,
		.n[REPORT_no_windows] = 1,
	};
	size_t last = SIZE_MAX;

	if (start_ns >= end_ns || end_ns - start_ns <= 2 * longest)
		return 0;
	return report_incidents_add(&t->incidents, &none, &last);
}

static int edges(const struct report_axis *a, struct report_totals *t)
{
	uint64_t longest = longest_ns(t);
	int err = 0;

	for (size_t i = 0; i < t->hosts.n && !err; i++) {
		if (!report_totals_host(t, i)->windows)
			continue;
		err = edge(t, i, a->start_ns, report_totals_host(t, i)->start_ns, longest);
		if (!err)
			err = edge(t, i, report_totals_host(t, i)->end_ns, a->end_ns, longest);
	}
	report_incidents_sort(&t->incidents);
	return err;
}

int report_axis_of(struct report_axis *a, struct report_totals *t)
{
	struct report_span *spans;
	size_t n = 0;

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; i < t->hosts.n; i++)
		n += report_totals_host(t, i)->spans.n;
	spans = malloc((n + 1) * sizeof(*spans));
	if (!spans)
		return -ENOMEM;
	choose(a, spans, all_spans(t, spans));
	free(spans);
	choose_width(a, t);
	a->elsewhere = elsewhere(a, t);
	return edges(a, t);
}

double report_axis_place(const struct report_axis *a, uint64_t ns)
{
	if (ns <= a->start_ns)
		return 0;
	if (ns >= a->end_ns)
		return 1;
	return (double)(ns - a->start_ns) / (double)(a->end_ns - a->start_ns);
}

struct report_span report_axis_bounds(const struct report_axis *a, size_t column)
{
	struct report_span b = { a->first_ns + column * a->width_ns, a->first_ns + (column + 1) * a->width_ns };

	if (b.start_ns < a->start_ns)
		b.start_ns = a->start_ns;
	if (b.end_ns > a->end_ns)
		b.end_ns = a->end_ns;
	return b;
}
