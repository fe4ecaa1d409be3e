/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "report/html.h"
#include "report/page.h"
#include "report/what.h"

/* Strips, and rows of the table, at most. */
#define MAX_STRIPS 60
#define ALL_STRIPS 12	/* so few hosts are shown all, complete ones too */
#define MAX_ROWS 200

static bool is_whole(const struct report_page *p, const struct report_host *h)
{
	return h->whole == h->windows && !h->lost_windows && h->spans.n <= 1 &&
	       h->start_ns <= p->axis.start_ns && h->end_ns >= p->axis.end_ns;
}

/* --- strips ----------------------------------------------------------------------------------- */

static void legend(const struct report_page *p)
{
	static const char *const means[REPORT_N_MARKS] = {
		[REPORT_GAP] = "no windows",
		[REPORT_LOSS] = "something lost",
		[REPORT_PART] = "not kept apart, or not read",
		[REPORT_SILENCE] = "nothing came, for a reason",
		[REPORT_NOTE] = "good to know",
	};

	fputs("<ul class=\"legend\"><li><span class=\"swatch covered\"></span>windows</li><li><span class=\"swatch open\"></span>none</li>",
	      p->out);
	for (unsigned int mark = 0; mark < REPORT_N_MARKS; mark++) {
		fputs("<li>", p->out);
		report_page_mark(p->out, mark);
		fprintf(p->out, "%s</li>", means[mark]);
	}
	fputs("</ul>\n", p->out);
}

static void strip(const struct report_page *p, uint32_t host)
{
	const struct report_host *h = report_totals_host(p->t, host);

	fputs("<div class=\"host\"><p><strong>", p->out);
	report_page_host(p, host);
	fputs("</strong> <span class=\"soft\">", p->out);
	html_count(p->out, h->whole);
	fputs(" of ", p->out);
	html_count(p->out, h->windows + h->lost_windows);
	fputs(" windows complete</span></p>\n", p->out);
	report_page_strip(p, host);
	fputs("</div>\n", p->out);
}

static void strips(const struct report_page *p)
{
	size_t shown = 0, whole = 0, more = 0;

	fputs("<div class=\"card strips\">\n", p->out);
	for (size_t i = 0; i < p->n_hosts; i++) {
		bool is = is_whole(p, report_totals_host(p->t, p->hosts[i]));

		if (is && p->n_hosts > ALL_STRIPS) {
			whole++;
		} else if (shown == MAX_STRIPS) {
			more++;
		} else {
			strip(p, p->hosts[i]);
			shown++;
		}
	}
	if (whole)
		fprintf(p->out, "<p>%zu %shosts are complete, and have no strip here.</p>\n", whole, shown ? "more " : "");
	if (more)
		fprintf(p->out, "<p>And %zu more hosts that are not complete: the table of hosts has them.</p>\n", more);
	fputs("<svg class=\"axis\" width=\"100%\" height=\"24\" aria-hidden=\"true\" focusable=\"false\">", p->out);
	report_page_axis(p, 4);
	fputs("</svg>\n", p->out);
	legend(p);
	fputs("</div>\n", p->out);
}

/* --- the table -------------------------------------------------------------------------------- */

static void row(const struct report_page *p, const struct report_incident *in)
{
	fputs("<tr><th scope=\"row\">", p->out);
	html_time(p->out, in->start_ns);
	fputs("</th><td>", p->out);
	html_time(p->out, in->end_ns);
	fputs("</td><td class=\"n\">", p->out);
	html_length(p->out, in->end_ns - in->start_ns);
	fputs("</td><td>", p->out);
	report_page_host(p, in->host);
	fputs("</td><td class=\"n\">", p->out);
	if (in->windows)
		html_count(p->out, in->windows);
	fputs("</td><td class=\"wide\">", p->out);
	report_what(p, in);
	fputs("</td></tr>\n", p->out);
}

static void table(const struct report_page *p)
{
	const struct report_incidents *i = &p->t->incidents;
	size_t shown = i->n < MAX_ROWS ? i->n : MAX_ROWS;
	uint64_t more = i->more + (i->n - shown);

	fputs("<div class=\"scroll\" role=\"region\" aria-label=\"What is missing\" tabindex=\"0\"><table id=\"incidents\">\n"
	      "<caption><span>What is missing, and when (UTC). Windows one behind the other that lack the same are one row.</span></caption>\n"
	      "<thead><tr><th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\" class=\"n\">Length</th>"
	      "<th scope=\"col\">Host</th><th scope=\"col\" class=\"n\">Windows</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n",
	      p->out);
	for (size_t j = 0; j < shown; j++)
		row(p, &i->of[j]);
	if (more) {
		fputs("<tr class=\"rest\"><th scope=\"row\" colspan=\"6\">and ", p->out);
		html_count(p->out, more);
		fputs(" more; the sums at the top have all of them</th></tr>\n", p->out);
	}
	fputs("</tbody></table></div>\n", p->out);
}

void report_page_completeness(const struct report_page *p)
{
	fputs("<section aria-labelledby=\"completeness\">\n<h2 id=\"completeness\">Completeness</h2>\n", p->out);
	strips(p);
	if (p->t->incidents.n)
		table(p);
	fputs("</section>\n", p->out);
}
