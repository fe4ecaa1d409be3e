/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "report/counts.h"
#include "report/grow.h"
#include "report/series.h"

uint64_t report_wider(uint64_t width_ns)
{
	static const uint32_t seconds[] = { 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400 };

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (width_ns < seconds[i] * UINT64_C(1000000000))
			return seconds[i] * UINT64_C(1000000000);
	return 2 * width_ns;
}

static void add(struct report_point *to, const struct report_point *p)
{
	if (p->start_ns < to->start_ns)
		to->start_ns = p->start_ns;
	to->covered_ns = report_plus(to->covered_ns, p->covered_ns);
	to->known_ns = report_plus(to->known_ns, p->known_ns);
	to->sent = report_plus(to->sent, p->sent);
	to->received = report_plus(to->received, p->received);
	to->starts = report_plus(to->starts, p->starts);
	to->drops = report_plus(to->drops, p->drops);
	to->windows += p->windows;
	to->marks |= p->marks;
}

int report_series_add(struct report_series *s, const struct report_point *p, uint64_t width_ns)
{
	int err;

	if (s->n && s->of[s->n - 1].start_ns / width_ns == p->start_ns / width_ns) {
		add(&s->of[s->n - 1], p);
		return 0;
	}
	err = grow_by_one((void **)&s->of, s->n, &s->room, sizeof(*s->of));
	if (err)
		return err;
	s->of[s->n++] = *p;
	return 1;
}

static int by_start(const void *a, const void *b)
{
	const struct report_point *x = a, *y = b;

	return x->start_ns < y->start_ns ? -1 : x->start_ns > y->start_ns;
}

void report_series_merge(struct report_series *s, uint64_t width_ns)
{
	size_t n = 0;

	if (s->n)
		qsort(s->of, s->n, sizeof(*s->of), by_start);
	for (size_t i = 0; i < s->n; i++) {
		if (n && s->of[n - 1].start_ns / width_ns == s->of[i].start_ns / width_ns)
			add(&s->of[n - 1], &s->of[i]);
		else
			s->of[n++] = s->of[i];
	}
	s->n = n;
}

void report_series_close(struct report_series *s)
{
	free(s->of);
	memset(s, 0, sizeof(*s));
}
