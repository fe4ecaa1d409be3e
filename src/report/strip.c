/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "report/html.h"
#include "report/page.h"
#include "view/show.h"

#define NS_PER_S UINT64_C(1000000000)
#define MAX_TICKS 8

/* --- times ------------------------------------------------------------------------------------ */

/* The time between two ticks. */
static uint64_t step_ns(const struct report_axis *a)
{
	static const uint32_t seconds[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
					    10800, 21600, 43200, 86400 };
	uint64_t range = a->end_ns - a->start_ns, step;

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (range / (seconds[i] * NS_PER_S) < MAX_TICKS)
			return seconds[i] * NS_PER_S;
	for (step = 2 * 86400 * NS_PER_S; range / step >= MAX_TICKS; step *= 2)
		;
	return step;
}

/* The time of a tick: the day at midnight, otherwise the clock. */
static void tick_text(char to[16], uint64_t ns, uint64_t step)
{
	char time[32];

	show_time(time, sizeof(time), ns);
	if (ns % (86400 * NS_PER_S) == 0)
		memcpy(to, time + 5, 5);
	else
		memcpy(to, time + 11, 8);
	to[ns % (86400 * NS_PER_S) == 0 || step >= 60 * NS_PER_S ? 5 : 8] = '\0';
}

void report_page_axis(const struct report_page *p, unsigned int height)
{
	const struct report_axis *a = &p->axis;
	uint64_t step = step_ns(a), first = (a->start_ns + step - 1) / step;

	for (uint64_t i = first; i - first <= MAX_TICKS && i <= a->end_ns / step; i++) {
		double place = report_axis_place(a, i * step) * 100;
		char text[16];

		tick_text(text, i * step, step);
		fprintf(p->out, "<line class=\"grid\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"%u\"/>", place, place, height);
		fprintf(p->out, "<text class=\"tick%s\" x=\"%.2f%%\" y=\"%u\" text-anchor=\"%s\">%s</text>\n",
			(i - first) % 2 ? " odd" : "", place, height + 15,
			place < 4 ? "start" : place > 96 ? "end" : "middle", text);
	}
}

/* --- marks ------------------------------------------------------------------------------------ */

/* Signs differ by their shape, around 0,0. */
static const struct {
	const char *class, *path;
} signs[REPORT_N_MARKS] = {
	[REPORT_GAP] = { "gap", "M-4-4 4 4M-4 4 4-4" },
	[REPORT_LOSS] = { "loss", "M0-5 5 4H-5Z" },
	[REPORT_PART] = { "part", "M0-5 5 0 0 5-5 0Z" },
	[REPORT_SILENCE] = { "silence", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0" },
	[REPORT_NOTE] = { "note", "M-3-4H3V4H-3Z" },
};

void report_page_mark(FILE *out, enum report_mark mark)
{
	fprintf(out, "<svg class=\"sign\" width=\"12\" height=\"12\" viewBox=\"-6 -6 12 12\" aria-hidden=\"true\" focusable=\"false\"><path class=\"m %s\" d=\"%s\"/></svg>",
		signs[mark].class, signs[mark].path);
}

static void sign_at(FILE *out, double percent, enum report_mark mark)
{
	fprintf(out, "<svg x=\"%.2f%%\" y=\"7\" overflow=\"visible\"><path class=\"m %s\" d=\"%s\"/></svg>",
		percent, signs[mark].class, signs[mark].path);
}

/* --- the strip of a host ---------------------------------------------------------------------- */

/* A sign for each hundredth of the axis in which there is something, for the gravest thing; so no
 * gap and no loss is too short to be seen. */
#define PLACES 100
#define WIDE (2.0 / PLACES)

static size_t place_of(double place)
{
	size_t i = (size_t)(place * PLACES);

	return i < PLACES ? i : PLACES - 1;
}

static void mark_gaps(const struct report_page *p, const struct report_host *h, uint32_t marks[PLACES])
{
	for (size_t i = 0; i <= h->spans.n; i++) {
		double from = i ? report_axis_place(&p->axis, h->spans.of[i - 1].end_ns) : 0;
		double to = i < h->spans.n ? report_axis_place(&p->axis, h->spans.of[i].start_ns) : 1;

		if (to > from && ((i && i < h->spans.n) || to - from > WIDE))
			marks[place_of(from / 2 + to / 2)] |= 1u << REPORT_GAP;
	}
}

static void mark_windows(const struct report_page *p, const struct report_host *h, uint32_t marks[PLACES])
{
	for (size_t i = 0; i < h->series.n; i++) {
		const struct report_point *point = &h->series.of[i];

		if (point->start_ns >= p->axis.start_ns && point->start_ns <= p->axis.end_ns)
			marks[place_of(report_axis_place(&p->axis, point->start_ns))] |= point->marks;
	}
}

/* Windows that are missing although another run of the host covers the time. */
static void mark_incidents(const struct report_page *p, uint32_t host, uint32_t marks[PLACES])
{
	const struct report_incidents *all = &p->t->incidents;

	for (size_t i = 0; i < all->n; i++) {
		const struct report_incident *in = &all->of[i];

		if (in->host == host && !in->windows && in->start_ns >= p->axis.start_ns &&
		    in->start_ns <= p->axis.end_ns && in->kinds != 1u << REPORT_no_windows)
			marks[place_of(report_axis_place(&p->axis, in->start_ns / 2 + in->end_ns / 2))] |=
				report_marks(in->kinds);
	}
}

/* Times that are covered. Those that stand closer than a thousandth of the axis are drawn as one:
 * the gap between has its sign. */
static void draw_covered(const struct report_page *p, const struct report_host *h)
{
	double from = -1, until = -1;

	for (size_t i = 0; i <= h->spans.n; i++) {
		double start = i < h->spans.n ? report_axis_place(&p->axis, h->spans.of[i].start_ns) : 2;

		if (start - until > 0.001 && until > from)
			fprintf(p->out, "<rect class=\"covered\" x=\"%.2f%%\" y=\"16\" width=\"%.2f%%\" height=\"8\"/>",
				from * 100, (until - from) * 100);
		if (i == h->spans.n)
			break;
		if (start - until > 0.001)
			from = start;
		until = report_axis_place(&p->axis, h->spans.of[i].end_ns);
	}
}

static void describe(const struct report_page *p, const struct report_host *h)
{
	fputs("<title>Completeness of ", p->out);
	html_text(p->out, view_texts_get(p->texts, h->host, &(size_t){ 0 }),
		  strlen(view_texts_get(p->texts, h->host, &(size_t){ 0 })), 100);
	fprintf(p->out, "</title><desc>%llu of %llu windows are complete; %.1f percent of the time is covered. The table below lists what is missing.</desc>",
		(unsigned long long)h->whole, (unsigned long long)report_plus(h->windows, h->lost_windows),
		(double)report_covered(&h->spans, p->axis.start_ns, p->axis.end_ns) /
			(double)(p->axis.end_ns - p->axis.start_ns + (p->axis.end_ns == p->axis.start_ns)) * 100);
}

void report_page_strip(const struct report_page *p, uint32_t host)
{
	const struct report_host *h = report_totals_host(p->t, host);
	uint32_t marks[PLACES] = { 0 };

	mark_gaps(p, h, marks);
	mark_windows(p, h, marks);
	mark_incidents(p, host, marks);
	fputs("<svg class=\"strip\" width=\"100%\" height=\"28\" role=\"img\">", p->out);
	describe(p, h);
	fputs("<rect class=\"open\" x=\"0\" y=\"16.5\" width=\"100%\" height=\"7\"/>", p->out);
	draw_covered(p, h);
	for (size_t i = 0; i < PLACES; i++)
		for (unsigned int mark = 0; mark < REPORT_N_MARKS; mark++)
			if (marks[i] >> mark & 1) {
				sign_at(p->out, ((double)i + 0.5) / PLACES * 100, mark);
				break;
			}
	fputs("</svg>\n", p->out);
}
