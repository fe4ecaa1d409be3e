/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>

#include "report/html.h"
#include "report/page.h"
#include "report/what.h"
#include "view/show.h"

#define NS_PER_MS UINT64_C(1000000)
#define NAMES_SHOWN 3

/* Nothing of the network, no script, nothing from other files: all that a browser is let do is to
 * apply the styles of the page. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/* --- names ------------------------------------------------------------------------------------ */

/* The first hosts by their names, and how many more there are. */
static void names(const struct report_page *p)
{
	size_t shown = p->n_hosts <= NAMES_SHOWN ? p->n_hosts : NAMES_SHOWN - 1;

	for (size_t i = 0; i < shown; i++) {
		if (i)
			fputs(i + 1 == p->n_hosts ? " and " : ", ", p->out);
		report_page_host(p, p->hosts[i]);
	}
	if (shown < p->n_hosts)
		fprintf(p->out, " and %zu more hosts", p->n_hosts - shown);
}

/* The same for the title of the window, which has no elements. */
static void title(const struct report_page *p)
{
	char time[32];
	size_t len;
	const char *s;

	fputs("ctagg report", p->out);
	if (!p->n_hosts)
		return;
	s = view_texts_get(p->texts, report_totals_host(p->t, p->hosts[0])->host, &len);
	fputs(": ", p->out);
	html_text(p->out, s, len, 60);
	if (p->n_hosts > 1)
		fprintf(p->out, " and %zu more", p->n_hosts - 1);
	show_time(time, sizeof(time), p->axis.start_ns);
	fprintf(p->out, ", %.16s", time);
	show_time(time, sizeof(time), p->axis.end_ns);
	fprintf(p->out, " to %.16s UTC", time);
}

/* --- facts ------------------------------------------------------------------------------------ */

static void range(const struct report_page *p)
{
	fputs("<p class=\"range\">", p->out);
	html_time(p->out, p->axis.start_ns);
	fputs(" to ", p->out);
	html_time(p->out, p->axis.end_ns);
	fputs(" UTC <span class=\"soft\">(", p->out);
	html_length(p->out, p->axis.end_ns - p->axis.start_ns);
	fputs(")</span></p>\n", p->out);
}

/* Windows, and the levels they are of. */
static void windows(const struct report_page *p)
{
	const struct report_runs *r = &p->t->runs;
	const char *between = " of ";
	char text[32];

	html_count(p->out, p->t->windows);
	fprintf(p->out, " window%s", html_plural(p->t->windows));
	for (size_t i = 0; i < r->n_levels; i++) {
		if (!r->levels[i].counted)
			continue;
		show_duration(text, sizeof(text), r->levels[i].ms);
		fprintf(p->out, "%s%s", between, text);
		between = ", ";
	}
}

static void made_of(const struct report_page *p)
{
	fputs("<p class=\"soft\">", p->out);
	html_count(p->out, p->n_hosts);
	fprintf(p->out, " host%s, ", html_plural(p->n_hosts));
	windows(p);
	fputs(", ", p->out);
	html_count(p->out, p->gathered->lines);
	fprintf(p->out, " line%s in ", html_plural(p->gathered->lines));
	html_count(p->out, p->gathered->files);
	fprintf(p->out, " file%s. <a href=\"#about\">How this report was made</a></p>\n", html_plural(p->gathered->files));
}

/* --- the answer ------------------------------------------------------------------------------- */

static bool is_complete(const struct report_page *p)
{
	uint32_t marks = report_marks(p->t->incidents.all.kinds);

	return !p->unread && !p->gathered->malformed && !p->gathered->left_out && !p->gathered->blanks &&
	       !(marks & ~(1u << REPORT_NOTE));
}

/* What is missing of the lines themselves. */
static void input_missing(const struct report_page *p)
{
	if (p->unread)
		fputs("<li>A file could not be read: ctagg-view has said which, and why</li>\n", p->out);
	if (p->gathered->malformed) {
		fputs("<li>", p->out);
		html_count(p->out, p->gathered->malformed);
		fprintf(p->out, " line%s could not be read, first line %" PRIu64 ": %s</li>\n",
			html_plural(p->gathered->malformed), p->gathered->first_malformed, p->gathered->why);
	}
	if (p->gathered->left_out) {
		fputs("<li>", p->out);
		html_count(p->out, p->gathered->left_out);
		fputs(" records found no room in memory</li>\n", p->out);
	}
	if (p->gathered->blanks) {
		fputs("<li>", p->out);
		html_count(p->out, p->gathered->blanks);
		fputs(" labels, rules and other texts found no room in memory: rows without a text have these, too</li>\n", p->out);
	}
}

static void missing(const struct report_page *p)
{
	const struct report_incidents *i = &p->t->incidents;

	fputs("<ul>\n", p->out);
	input_missing(p);
	for (unsigned int kind = 0; kind < REPORT_N_KINDS; kind++) {
		if (!(i->all.kinds >> kind & 1) || report_kinds[kind].mark == REPORT_NOTE)
			continue;
		fputs("<li>", p->out);
		report_page_mark(p->out, report_kinds[kind].mark);
		report_what_all(p, kind);
		fputs("</li>\n", p->out);
	}
	fputs("</ul>\n", p->out);
}

static void answer(const struct report_page *p)
{
	bool complete = is_complete(p) && p->n_hosts;

	fprintf(p->out, "<div class=\"answer %s\">\n<p><span class=\"sign\" aria-hidden=\"true\">%s</span> ",
		complete ? "good" : "bad", complete ? "\u2713" : "!");
	if (!p->n_hosts)
		fputs("<strong>No windows.</strong> There is no window of time to report in what was read.</p>\n", p->out);
	else if (complete)
		fputs("<strong>Complete.</strong> Nothing is missing: no gap, no loss, no window that is partial.</p>\n", p->out);
	else
		fputs("<strong>Incomplete.</strong> The figures below lack what is listed here:</p>\n", p->out);
	if (!complete && (p->n_hosts || !is_complete(p)))
		missing(p);
	fputs("</div>\n", p->out);
}

/* --- figures ---------------------------------------------------------------------------------- */

static void figure(const struct report_page *p, const char *name, enum report_counter first,
		   enum report_counter second, bool bytes)
{
	fprintf(p->out, "<div><dt>%s</dt><dd>", name);
	html_short(p->out, report_value(&p->t->total, (struct report_figure){ first, second }), bytes);
	fputs("</dd></div>\n", p->out);
}

static void figures(const struct report_page *p)
{
	fputs("<dl class=\"figures\" id=\"figures\">\n", p->out);
	figure(p, "Sent", REPORT_orig_bytes, REPORT_orig_bytes, true);
	figure(p, "Received", REPORT_reply_bytes, REPORT_reply_bytes, true);
	figure(p, "Packets", REPORT_orig_packets, REPORT_reply_packets, false);
	figure(p, "Connections started", REPORT_starts, REPORT_starts, false);
	figure(p, "Connections ended", REPORT_ends, REPORT_ends, false);
	figure(p, "Packets dropped", REPORT_drops, REPORT_drops, false);
	fputs("</dl>\n", p->out);
}

static void selection(const struct report_page *p)
{
	if (!p->t->select)
		return;
	fputs("<p class=\"selection\"><strong>Selected:</strong> ", p->out);
	if (p->o->filter) {
		fputs("<code>", p->out);
		html_text(p->out, p->o->filter, strlen(p->o->filter), 2000);
		fputs("</code>. ", p->out);
	}
	fputs("The chart and the tables of flows show only these flows. Figures of windows, hosts and rules are always of everything.</p>\n",
	      p->out);
}

void report_page_head(const struct report_page *p)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"generator\" content=\"ctagg-view " PACKAGE_VERSION "\">\n<title>", p->out);
	title(p);
	fprintf(p->out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<p class=\"brand\">ctagg report</p>\n<h1>",
		report_style);
	if (p->n_hosts)
		names(p);
	else
		fputs("No windows", p->out);
	fputs("</h1>\n", p->out);
	if (p->n_hosts)
		range(p);
	made_of(p);
	fputs("</header>\n<main>\n", p->out);
	answer(p);
	selection(p);
	if (p->n_hosts)
		figures(p);
}
