/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "report/axis.h"

#define NS_PER_S 1e9

/* What the windows of a host that begin in a column carried a second. */
struct pace {
	double of[REPORT_N_RATES];
	bool known;
};

static struct pace pace_of(const struct report_point *p, const struct report_point *end)
{
	double sums[REPORT_N_RATES] = { 0 }, covered = 0, known = 0;
	struct pace pace = { .known = false };

	for (; p < end; p++) {
		sums[REPORT_SENT] += (double)p->sent;
		sums[REPORT_RECEIVED] += (double)p->received;
		sums[REPORT_STARTS] += (double)p->starts;
		sums[REPORT_DROPS] += (double)p->drops;
		covered += (double)p->covered_ns / NS_PER_S;
		known += (double)p->known_ns / NS_PER_S;
	}
	pace.known = known > 0;
	for (unsigned int i = 0; i < REPORT_N_RATES; i++) {
		double seconds = i == REPORT_SENT || i == REPORT_RECEIVED ? known : covered;

		pace.of[i] = seconds > 0 ? sums[i] / seconds : 0;
	}
	return pace;
}

static void add_sums(struct report_column *c, const struct report_point *p)
{
	c->windows += p->windows;
	c->marks |= p->marks;
	c->sums[REPORT_SENT] = report_plus(c->sums[REPORT_SENT], p->sent);
	c->sums[REPORT_RECEIVED] = report_plus(c->sums[REPORT_RECEIVED], p->received);
	c->sums[REPORT_STARTS] = report_plus(c->sums[REPORT_STARTS], p->starts);
	c->sums[REPORT_DROPS] = report_plus(c->sums[REPORT_DROPS], p->drops);
}

static void add_pace(struct report_column *c, const struct pace *pace)
{
	c->hosts++;
	c->known = c->known || pace->known;
	for (unsigned int i = 0; i < REPORT_N_RATES; i++)
		c->rates[i] += pace->of[i];
}

/* How much of a time is covered; *at is a span at which to begin, and moves along with times that
 * come in order. */
static uint64_t covered(const struct report_spans *spans, size_t *at, struct report_span time)
{
	uint64_t sum = 0;

	while (*at < spans->n && spans->of[*at].end_ns <= time.start_ns)
		++*at;
	for (size_t i = *at; i < spans->n && spans->of[i].start_ns < time.end_ns; i++) {
		struct report_span s = spans->of[i];

		sum += (s.end_ns < time.end_ns ? s.end_ns : time.end_ns) -
		       (s.start_ns > time.start_ns ? s.start_ns : time.start_ns);
	}
	return sum;
}

void report_columns_add(struct report_column *columns, const struct report_axis *a, const struct report_host *h)
{
	const struct report_point *p = h->series.of, *end = p + h->series.n;
	struct pace pace = { .known = false };
	size_t at = 0;

	while (p < end && p->start_ns < a->start_ns)
		p++;
	for (size_t i = 0; i < a->n; i++) {
		struct report_column *c = &columns[i];
		struct report_span time = report_axis_bounds(a, i);
		uint64_t there = covered(&h->spans, &at, time);
		const struct report_point *first = p;

		for (; p < end && p->start_ns < a->first_ns + (i + 1) * a->width_ns && p->start_ns <= a->end_ns; p++)
			add_sums(c, p);
		if (p > first)
			pace = pace_of(first, p);
		if (there || p > first)
			add_pace(c, &pace);
		if (there < time.end_ns - time.start_ns)
			c->whole = false;
	}
}
