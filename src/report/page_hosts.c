/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/plot.h"

#define NS_PER_MS 1000000
#define MAX_PLOTS 60
#define MAX_ROWS 500
#define PLOT 56
#define AXIS_ROOM 24

#define BOTH_WAYS (1u << REPORT_SENT | 1u << REPORT_RECEIVED)
#define STARTS (1u << REPORT_STARTS)

/* --- small plots, one a host ------------------------------------------------------------------ */

/* One scale for all hosts. Returns its top, or a negative number without memory. */
static double scale(const struct report_page *p, unsigned int rates)
{
	double largest = 0;

	for (size_t i = 0; i < p->n_hosts && i < MAX_PLOTS; i++) {
		struct report_column *columns = report_plot_columns(p, p->hosts[i]);
		double here = columns ? report_plot_largest(p, columns, rates) : 0;

		if (!columns)
			return -1;
		free(columns);
		largest = here > largest ? here : largest;
	}
	return report_plot_top(largest);
}

static int plot(const struct report_page *p, uint32_t host, unsigned int rates, double top)
{
	struct report_column *columns = report_plot_columns(p, host);
	struct report_plot area = {
		.columns = columns, .rates = rates, .class = rates == STARTS ? "starts" : "sent",
		.top = top, .y = 1, .height = PLOT,
	};
	const char *name;
	size_t len;

	if (!columns)
		return -ENOMEM;
	fputs("<div class=\"card\"><h3>", p->out);
	report_page_host(p, host);
	fprintf(p->out, "</h3>\n<svg width=\"100%%\" height=\"%d\" role=\"img\"><title>Traffic of ", PLOT + AXIS_ROOM);
	name = view_texts_get(p->texts, report_totals_host(p->t, host)->host, &len);
	html_text(p->out, name, len, 100);
	fputs(" over time</title>\n", p->out);
	report_page_axis(p, PLOT + 1);
	report_plot_hatch(p, columns, 1, PLOT, rates != STARTS);
	report_plot_draw(p, &area);
	fprintf(p->out, "<line class=\"base\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/></svg></div>\n", PLOT + 1, PLOT + 1);
	free(columns);
	return 0;
}

static int plots(const struct report_page *p)
{
	bool bytes = p->t->selected.of[REPORT_orig_bytes] || p->t->selected.of[REPORT_reply_bytes] ||
		     p->t->total.of[REPORT_orig_bytes] || p->t->total.of[REPORT_reply_bytes];
	unsigned int rates = bytes ? BOTH_WAYS : STARTS;
	double top = scale(p, rates);
	char text[48];
	int err = top < 0 ? -ENOMEM : 0;

	html_rate(text, sizeof(text), top, bytes ? "B/s" : "");
	fprintf(p->out, "<p>%s%s, all plots from 0 to %s%s.</p>\n<div class=\"grid-of-plots\">\n",
		bytes ? "Bytes sent and received together" : "Connections started",
		p->t->select ? ", of the flows that are selected" : "", text, bytes ? "" : " a second");
	for (size_t i = 0; i < p->n_hosts && i < MAX_PLOTS && !err; i++)
		err = plot(p, p->hosts[i], rates, top);
	fputs("</div>\n", p->out);
	if (p->n_hosts > MAX_PLOTS)
		fprintf(p->out, "<p>And %zu more hosts, which the table has.</p>\n", p->n_hosts - MAX_PLOTS);
	return err;
}

/* --- the table -------------------------------------------------------------------------------- */

static void count_cell(const struct report_page *p, uint64_t n, bool unknown)
{
	fputs("<td class=\"n\">", p->out);
	html_value(p->out, (struct report_value){ n, true, unknown }, false);
	fputs("</td>", p->out);
}

static void sum_cell(const struct report_page *p, const struct report_counts *c, enum report_counter first,
		     enum report_counter second, bool bytes)
{
	fputs("<td class=\"n\">", p->out);
	html_value(p->out, report_value(c, (struct report_figure){ first, second }), bytes);
	fputs("</td>", p->out);
}

static void percent_cell(const struct report_page *p, uint64_t part, uint64_t whole)
{
	fputs("<td class=\"n share percent-only\">", p->out);
	html_percent(p->out, part, whole);
	fputs("</td>", p->out);
}

/* covered: how much the host's windows cover `of' the time; both have one unit. */
static void cells(const struct report_page *p, const struct report_host *h, uint64_t covered, uint64_t of)
{
	const struct report_counts *c = &h->total;

	percent_cell(p, h->whole, report_plus(h->windows, h->lost_windows));
	percent_cell(p, covered, of);
	count_cell(p, h->windows, false);
	count_cell(p, h->lost_windows, false);
	count_cell(p, h->lost_events, h->lost_events_unknown);
	count_cell(p, h->lost_drops, h->lost_drops_unknown);
	sum_cell(p, c, REPORT_orig_bytes, REPORT_orig_bytes, true);
	sum_cell(p, c, REPORT_reply_bytes, REPORT_reply_bytes, true);
	sum_cell(p, c, REPORT_orig_packets, REPORT_reply_packets, false);
	sum_cell(p, c, REPORT_starts, REPORT_starts, false);
	sum_cell(p, c, REPORT_ends, REPORT_ends, false);
	sum_cell(p, c, REPORT_drops, REPORT_drops, false);
	fputs("</tr>\n", p->out);
}

/* Several hosts: how many, and their sums. The time that they cover is in milliseconds: 64 bits have no room
 * for the nanoseconds of some hundred hosts in a year. */
struct several {
	size_t n;
	struct report_host sums;
	uint64_t covered_ms;
};

static void add(struct several *s, const struct report_host *h, uint64_t covered_ns)
{
	struct report_host *to = &s->sums;

	report_counts_add(&to->total, &h->total);
	to->lost_events = report_plus(to->lost_events, h->lost_events);
	to->lost_drops = report_plus(to->lost_drops, h->lost_drops);
	to->lost_events_unknown = to->lost_events_unknown || h->lost_events_unknown;
	to->lost_drops_unknown = to->lost_drops_unknown || h->lost_drops_unknown;
	to->windows += h->windows;
	to->lost_windows = report_plus(to->lost_windows, h->lost_windows);
	to->whole += h->whole;
	s->covered_ms += covered_ns / NS_PER_MS;
	s->n++;
}

static void several_cells(const struct report_page *p, const struct several *s, uint64_t time_ns)
{
	cells(p, &s->sums, s->covered_ms, time_ns / NS_PER_MS * s->n);
}

static void table(const struct report_page *p)
{
	static const char *const names[] = {
		"Windows complete", "Time covered", "Windows", "Windows missing", "Events lost", "Logged packets lost",
		"Sent", "Received", "Packets", "Starts", "Ends", "Drops",
	};
	uint64_t time_ns = p->axis.end_ns - p->axis.start_ns;
	struct several all = { .n = 0 }, rest = { .n = 0 };

	fputs("<div class=\"scroll\" role=\"region\" aria-label=\"Hosts\" tabindex=\"0\"><table id=\"hosts\">\n"
	      "<caption><span>Totals of the window records of each host, everything that was counted</span></caption>\n"
	      "<thead><tr><th scope=\"col\">Host</th>", p->out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fprintf(p->out, "<th scope=\"col\" class=\"n\">%s</th>", names[i]);
	fputs("</tr></thead>\n<tbody>\n", p->out);
	for (size_t i = 0; i < p->n_hosts; i++) {
		const struct report_host *h = report_totals_host(p->t, p->hosts[i]);
		uint64_t covered_ns = report_covered(&h->spans, p->axis.start_ns, p->axis.end_ns);

		add(&all, h, covered_ns);
		if (i >= MAX_ROWS) {
			add(&rest, h, covered_ns);
			continue;
		}
		fputs("<tr><th scope=\"row\" class=\"text\">", p->out);
		report_page_host(p, p->hosts[i]);
		fputs("</th>", p->out);
		cells(p, h, covered_ns, time_ns);
	}
	if (rest.n) {
		fprintf(p->out, "<tr class=\"rest\"><th scope=\"row\">%zu more</th>", rest.n);
		several_cells(p, &rest, time_ns);
	}
	fputs("<tr class=\"sum\"><th scope=\"row\">All</th>", p->out);
	several_cells(p, &all, time_ns);
	fputs("</tbody></table></div>\n", p->out);
}

int report_page_hosts(const struct report_page *p)
{
	int err = 0;

	fputs("<section aria-labelledby=\"hosts-title\">\n<h2 id=\"hosts-title\">Hosts</h2>\n", p->out);
	if (p->n_hosts > 1)
		err = plots(p);
	if (!err)
		table(p);
	fputs("</section>\n", p->out);
	return err;
}
