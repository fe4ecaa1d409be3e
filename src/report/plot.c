/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "report/plot.h"

/* Paths are drawn in a space of 1,000 by 1,000, which is stretched. */
#define SPACE 1000.0

#define BYTES (1u << REPORT_SENT | 1u << REPORT_RECEIVED)

struct report_column *report_plot_columns(const struct report_page *p, uint32_t host)
{
	struct report_column *columns = calloc(p->axis.n, sizeof(*columns));

	if (!columns)
		return NULL;
	for (size_t i = 0; i < p->axis.n; i++)
		columns[i].whole = true;
	for (size_t i = 0; i < p->n_hosts; i++)
		if (host == UINT32_MAX || p->hosts[i] == host)
			report_columns_add(columns, &p->axis, report_totals_host(p->t, p->hosts[i]));
	return columns;
}

static double rate(const struct report_column *c, unsigned int rates)
{
	double sum = 0;

	for (unsigned int i = 0; i < REPORT_N_RATES; i++)
		if (rates >> i & 1)
			sum += c->rates[i];
	return sum;
}

double report_plot_largest(const struct report_page *p, const struct report_column *columns, unsigned int rates)
{
	double largest = 0;

	for (size_t i = 0; i < p->axis.n; i++)
		if (rate(&columns[i], rates) > largest)
			largest = rate(&columns[i], rates);
	return largest;
}

double report_plot_top(double largest)
{
	double top = 1;

	if (!(largest > 0) || largest > 1e30)
		return largest > 0 ? largest : 1;
	while (top > largest)
		top /= 10;
	while (top < largest) {
		if (2 * top >= largest)
			return 2 * top;
		if (5 * top >= largest)
			return 5 * top;
		top *= 10;
	}
	return top;
}

static bool is_open(const struct report_column *c, bool bytes)
{
	return !c->hosts || (bytes && !c->known);
}

static double x_of(const struct report_page *p, uint64_t ns)
{
	return report_axis_place(&p->axis, ns) * SPACE;
}

/* The steps of columns from `first' to the next one that is open. Returns this one. */
static size_t steps(const struct report_page *p, const struct report_plot *plot, size_t first, bool area)
{
	bool bytes = plot->rates & BYTES;
	double before = -1;
	size_t i;

	for (i = first; i < p->axis.n && !is_open(&plot->columns[i], bytes); i++) {
		double y = SPACE - rate(&plot->columns[i], plot->rates) / plot->top * SPACE;
		double x = x_of(p, report_axis_bounds(&p->axis, i).start_ns);

		if (i == first)
			fprintf(p->out, area ? "M%.1f 1000V%.0f" : "M%.1f %.0f", x, y);
		else if (y != before)
			fprintf(p->out, "H%.1fV%.0f", x, y);
		before = y;
	}
	fprintf(p->out, "H%.1f%s", x_of(p, report_axis_bounds(&p->axis, i - 1).end_ns), area ? "V1000Z" : "");
	return i;
}

static void path(const struct report_page *p, const struct report_plot *plot, bool area)
{
	bool bytes = plot->rates & BYTES;

	fprintf(p->out, "<path class=\"%s %s\" d=\"", area ? "area" : "edge", plot->class);
	for (size_t i = 0; i < p->axis.n;)
		i = is_open(&plot->columns[i], bytes) ? i + 1 : steps(p, plot, i, area);
	fputs("\"/>", p->out);
}

void report_plot_draw(const struct report_page *p, const struct report_plot *plot)
{
	fprintf(p->out, "<svg x=\"0\" y=\"%u\" width=\"100%%\" height=\"%u\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" overflow=\"visible\">",
		plot->y, plot->height);
	path(p, plot, true);
	path(p, plot, false);
	fputs("</svg>\n", p->out);
}

/* Why a column is hatched, as a class of the style sheet; NULL: it is not. */
static const char *hatch_of(const struct report_column *c, bool bytes)
{
	if (!c->hosts)
		return "none";
	if (bytes && !c->known)
		return "unknown";
	return c->whole ? NULL : "some";
}

void report_plot_hatch(const struct report_page *p, const struct report_column *columns, unsigned int y,
		       unsigned int height, bool bytes)
{
	for (size_t i = 0, to; i < p->axis.n; i = to) {
		const char *hatch = hatch_of(&columns[i], bytes);

		for (to = i + 1; to < p->axis.n && hatch == hatch_of(&columns[to], bytes); to++)
			;
		if (hatch)
			fprintf(p->out, "<line class=\"hatch %s\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%u\" y2=\"%u\" stroke-width=\"%u\"/>",
				hatch, x_of(p, report_axis_bounds(&p->axis, i).start_ns) / 10,
				x_of(p, report_axis_bounds(&p->axis, to - 1).end_ns) / 10, y + height / 2, y + height / 2, height);
	}
}
