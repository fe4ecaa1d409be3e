/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "report/html.h"
#include "report/plot.h"
#include "view/show.h"

/* --- the chart -------------------------------------------------------------------------------- */

#define HEAD 22		/* px, above a plot: its name and its scale */
#define PLOT 76
#define FOOT 14		/* between two plots */
#define AXIS 24

/* What is plotted: one below the other. */
static const struct {
	const char *name, *class, *unit;
	enum report_rate rate;
} plots[] = {
	{ "Sent", "sent", "B/s", REPORT_SENT },
	{ "Received", "received", "B/s", REPORT_RECEIVED },
	{ "Connections started", "starts", "", REPORT_STARTS },
	{ "Packets dropped", "drops", "", REPORT_DROPS },
};
#define FIRST_WITHOUT_BYTES 2
#define N_PLOTS (sizeof(plots) / sizeof(plots[0]))

static bool is_bytes(enum report_rate rate)
{
	return rate == REPORT_SENT || rate == REPORT_RECEIVED;
}

/* Bytes by the second. Events by the minute where they are few. Returns the top of the scale. */
static double scale(const struct report_page *p, const struct report_column *columns, size_t plot, char text[48])
{
	enum report_rate rate = plots[plot].rate;
	double largest = report_plot_largest(p, columns, 1u << rate);
	bool minute = !is_bytes(rate) && largest < 1;
	double top = report_plot_top(minute ? largest * 60 : largest);
	size_t len = html_rate(text, 48, top, plots[plot].unit);

	if (!is_bytes(rate))
		snprintf(text + len, 48 - len, minute ? " a minute" : " a second");
	return minute ? top / 60 : top;
}

static void draw(const struct report_page *p, const struct report_column *columns, size_t plot, unsigned int y)
{
	bool bytes = is_bytes(plots[plot].rate);
	char top[48];
	struct report_plot area = {
		.columns = columns, .rates = 1u << plots[plot].rate, .class = plots[plot].class,
		.top = scale(p, columns, plot, top), .y = y + HEAD, .height = PLOT,
	};

	fprintf(p->out, "<text class=\"name\" x=\"0\" y=\"%u\">%s</text><text class=\"scale\" x=\"100%%\" y=\"%u\" text-anchor=\"end\">%s</text>\n",
		y + HEAD - 7, plots[plot].name, y + HEAD - 7, top);
	fprintf(p->out, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/><line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/>",
		y + HEAD, y + HEAD, y + HEAD + PLOT / 2, y + HEAD + PLOT / 2);
	report_plot_hatch(p, columns, y + HEAD, PLOT, bytes);
	report_plot_draw(p, &area);
	fprintf(p->out, "<line class=\"base\" x1=\"0\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/>\n", y + HEAD + PLOT, y + HEAD + PLOT);
}

static void rate_title(const struct report_page *p, const struct report_column *c, size_t plot)
{
	char text[48];

	html_rate(text, sizeof(text), c->rates[plots[plot].rate], plots[plot].unit);
	if (is_bytes(plots[plot].rate))
		fprintf(p->out, "\n%s: %s", plots[plot].name, c->known ? text : "not known");
	else
		fprintf(p->out, "\n%s: %" PRIu64, plots[plot].name, c->sums[plots[plot].rate]);
}

/* What a pointer shows over a column. */
static void titles(const struct report_page *p, const struct report_column *columns, size_t n, unsigned int height)
{
	for (size_t i = 0; i < p->axis.n; i++) {
		struct report_span b = report_axis_bounds(&p->axis, i);
		double x = report_axis_place(&p->axis, b.start_ns) * 100;
		char time[32];

		show_time(time, sizeof(time), b.start_ns);
		fprintf(p->out, "<rect class=\"hit\" x=\"%.2f%%\" y=\"0\" width=\"%.2f%%\" height=\"%u\"><title>%s UTC", x,
			report_axis_place(&p->axis, b.end_ns) * 100 - x, height, time);
		if (!columns[i].hosts)
			fputs("\nno windows", p->out);
		for (size_t plot = 0; columns[i].hosts && plot < n; plot++)
			rate_title(p, &columns[i], plot);
		fputs("</title></rect>\n", p->out);
	}
}

/* Plots from `first' on, up to `end'. */
static void chart(const struct report_page *p, const struct report_column *columns, size_t first, size_t end)
{
	unsigned int height = (end - first) * (HEAD + PLOT + FOOT) - FOOT;

	fprintf(p->out, "<svg class=\"chart\" width=\"100%%\" height=\"%u\" role=\"img\"><title>Traffic over time</title><desc>", height + AXIS);
	fputs("Plots of what was sent and received a second, of connections started and of packets dropped. The table below has the same numbers.</desc>\n",
	      p->out);
	report_page_axis(p, height);
	for (size_t i = first; i < end; i++)
		draw(p, columns, i, (i - first) * (HEAD + PLOT + FOOT));
	titles(p, columns, end, height);
	fputs("</svg>\n", p->out);
}

/* --- the table -------------------------------------------------------------------------------- */

static void cell(const struct report_page *p, const struct report_column *c, enum report_rate rate)
{
	struct report_value v = { .n = c->sums[rate], .known = c->windows && (!is_bytes(rate) || c->known) };

	fputs("<td class=\"n\">", p->out);
	html_value(p->out, v, is_bytes(rate));
	fputs("</td>", p->out);
}

static void row(const struct report_page *p, const struct report_column *c, size_t i)
{
	fputs("<tr><th scope=\"row\">", p->out);
	html_time(p->out, report_axis_bounds(&p->axis, i).start_ns);
	fputs("</th><td class=\"n\">", p->out);
	html_count(p->out, c->windows);
	fputs("</td>", p->out);
	for (size_t plot = 0; plot < N_PLOTS; plot++)
		cell(p, c, plots[plot].rate);
	fputs("<td class=\"wide\">", p->out);
	for (unsigned int mark = 0; mark < REPORT_N_MARKS; mark++)
		if (c->marks >> mark & 1 || (mark == REPORT_GAP && !c->whole))
			report_page_mark(p->out, mark);
	fputs(!c->hosts ? "no windows" : !c->whole ? "in part" : c->marks & ~(1u << REPORT_NOTE) ? "incomplete" : "", p->out);
	fputs("</td></tr>\n", p->out);
}

static void table(const struct report_page *p, const struct report_column *columns)
{
	char width[32];

	show_duration(width, sizeof(width), p->axis.width_ns / 1000000);
	fprintf(p->out, "<details><summary>The same as a table</summary>\n"
		"<div class=\"scroll\" role=\"region\" aria-label=\"Traffic over time\" tabindex=\"0\"><table id=\"traffic\">\n"
		"<caption><span>What the windows carried that begin in each %s (UTC)</span></caption>\n"
		"<thead><tr><th scope=\"col\">From</th><th scope=\"col\" class=\"n\">Windows</th><th scope=\"col\" class=\"n\">Sent</th>"
		"<th scope=\"col\" class=\"n\">Received</th><th scope=\"col\" class=\"n\">Starts</th><th scope=\"col\" class=\"n\">Drops</th>"
		"<th scope=\"col\">Incomplete</th></tr></thead>\n<tbody>\n", width);
	for (size_t i = 0; i < p->axis.n; i++)
		row(p, &columns[i], i);
	fputs("</tbody></table></div></details>\n", p->out);
}

static bool any_bytes(const struct report_page *p, const struct report_column *columns)
{
	for (size_t i = 0; i < p->axis.n; i++)
		if (columns[i].known)
			return true;
	return false;
}

static bool any_drops(const struct report_page *p, const struct report_column *columns)
{
	return report_plot_largest(p, columns, 1u << REPORT_DROPS) > 0;
}

static void explain(const struct report_page *p, bool bytes, bool drops)
{
	fputs("<p class=\"soft\">", p->out);
	if (!bytes)
		fputs("Bytes are not known, as no connection had counters: ctagg counts them with <code>--enable=acct</code>. ", p->out);
	else
		fputs("Sent: from the source of a connection to its destination. Received: back. ", p->out);
	if (p->n_hosts > 1)
		fputs("All hosts together. ", p->out);
	fputs("Hatched: no windows, or no known bytes; lightly: a window is missing, so that the plot is too low. ", p->out);
	if (bytes && !p->t->interim)
		fputs("Without <code>--interim</code>, ctagg counts all that a connection carried in the window in which the kernel forgets it. ", p->out);
	if (!drops)
		fputs("No packet was dropped. ", p->out);
	fputs("</p>\n", p->out);
}

int report_page_traffic(const struct report_page *p)
{
	struct report_column *columns = report_plot_columns(p, UINT32_MAX);
	bool bytes, drops;

	if (!columns)
		return -ENOMEM;
	bytes = any_bytes(p, columns);
	drops = any_drops(p, columns);
	fputs("<section aria-labelledby=\"over-time\">\n<h2 id=\"over-time\">Traffic over time</h2>\n", p->out);
	if (p->t->select)
		fputs("<p>Of the flows that are selected.</p>\n", p->out);
	fputs("<div class=\"card\">\n", p->out);
	chart(p, columns, bytes ? 0 : FIRST_WITHOUT_BYTES, drops ? N_PLOTS : N_PLOTS - 1);
	explain(p, bytes, drops);
	table(p, columns);
	fputs("</div>\n</section>\n", p->out);
	free(columns);
	return 0;
}
