/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "report/html.h"
#include "report/page.h"
#include "view/show.h"

#define FILES_SHOWN 20

static void files(const struct report_page *p)
{
	fputs("<li>Read: ", p->out);
	for (size_t i = 0; i < p->o->n && i < FILES_SHOWN; i++) {
		const char *name = strcmp(p->o->files[i], "-") ? p->o->files[i] : "standard input";

		fputs(i ? ", <code>" : "<code>", p->out);
		html_text(p->out, name, strlen(name), 300);
		fputs("</code>", p->out);
	}
	if (p->o->n > FILES_SHOWN)
		fprintf(p->out, " and %zu more files", p->o->n - FILES_SHOWN);
	fputs("; ", p->out);
	html_count(p->out, p->gathered->lines);
	fprintf(p->out, " line%s.</li>\n", html_plural(p->gathered->lines));
}

/* --- levels ----------------------------------------------------------------------------------- */

static void duration(const struct report_page *p, uint64_t ms)
{
	char text[32];

	show_duration(text, sizeof(text), ms);
	fputs(text, p->out);
}

static void left_out(const struct report_page *p)
{
	const struct report_runs *r = &p->t->runs;
	const char *between = "<li>Left out: ";

	for (size_t i = 0; i < r->n_levels; i++) {
		if (!r->levels[i].left_out)
			continue;
		fputs(between, p->out);
		html_count(p->out, r->levels[i].left_out);
		fprintf(p->out, " window%s of ", html_plural(r->levels[i].left_out));
		duration(p, r->levels[i].ms);
		between = ", ";
	}
	if (between[0] == ',')
		fputs(r->asked_ms ? ": another level was asked for.</li>\n" :
				    ": they repeat the shorter ones of the same run.</li>\n", p->out);
}

/* What is said of runs of which not the shortest level was counted, or none at all. */
static void runs(const struct report_page *p)
{
	const struct report_runs *r = &p->t->runs;
	uint64_t longer = 0, none = 0;

	for (size_t i = 0; i < r->keys.n; i++) {
		longer += report_runs_get(r, i)->longer;
		none += !report_runs_get(r, i)->counted;
	}
	if (longer) {
		fputs("<li>", p->out);
		html_count(p->out, longer);
		fprintf(p->out, " run%s of ctagg counted by longer windows than there are, because these came first: <code>--level</code> says otherwise.</li>\n",
			longer == 1 ? " is" : "s are");
	}
	if (none) {
		fputs("<li class=\"warn\">", p->out);
		html_count(p->out, none);
		fprintf(p->out, " run%s of ctagg no windows of the level that was asked for, and %s not in this report.</li>\n",
			none == 1 ? " has" : "s have", none == 1 ? "is" : "are");
	}
}

static void levels(const struct report_page *p)
{
	const struct report_runs *r = &p->t->runs;

	if (r->asked_ms) {
		fputs("<li>Windows of ", p->out);
		duration(p, r->asked_ms);
		fputs(" were asked for.</li>\n", p->out);
	} else {
		fputs("<li>Of each run of ctagg its shortest windows are counted.</li>\n", p->out);
	}
	left_out(p);
	runs(p);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void number(const struct report_page *p, uint64_t n, const char *one, const char *more)
{
	if (!n)
		return;
	fputs("<li>", p->out);
	html_count(p->out, n);
	fprintf(p->out, " %s</li>\n", n == 1 ? one : more);
}

static void input(const struct report_page *p)
{
	const struct view_gathered *g = p->gathered;

	number(p, p->t->runs.snapshots, "snapshot is left out: it is no window of time.",
	       "snapshots are left out: they are no windows of time.");
	number(p, p->t->runs.others, "window of yet another level is left out.", "windows of yet other levels are left out.");
	number(p, g->other_types, "line is left out: it belongs to no window's flows or rules (socket, change, event, check).",
	       "lines are left out: they belong to no window's flows or rules (socket, change, event, check).");
	number(p, g->repeated, "window came twice, and counts once.", "windows came again, and count once.");
	number(p, g->repeated_lines, "record came again within its window, and counts once.",
	       "records came again within their windows, and count once.");
	number(p, p->axis.elsewhere, "window lies so far from the others that the time axis leaves it out: was a clock wrong? The tables have it.",
	       "windows lie so far from the others that the time axis leaves them out: was a clock wrong? The tables have them.");
}

static void records(const struct report_page *p)
{
	if (p->t->select) {
		number(p, p->t->unselected - p->t->others, "flow record is not selected.", "flow records are not selected.");
		number(p, p->t->others, "record of type other has no key, and is not selected either.",
		       "records of type other have no key, and are not selected either.");
	} else if (p->t->others) {
		fputs("<li>", p->out);
		html_count(p->out, p->t->folded_flows);
		fputs(" flows were folded by ctagg (<code>--top</code>, or a full table), and have a row of their own in the tables. A flow counts once a window.</li>\n", p->out);
	}
}

void report_page_notes(const struct report_page *p)
{
	fputs("<section aria-labelledby=\"about\">\n<h2 id=\"about\">How this report was made</h2>\n<ul class=\"notes\">\n", p->out);
	files(p);
	levels(p);
	input(p);
	records(p);
	fputs("<li>Times are UTC. \u2013 is: no record has the number. \u2265 is: at least, as some records do not know the number, or a sum stopped at 9,223,372,036,854,775,807.</li>\n"
	      "<li>Bytes are those of IP packets, headers included; 1\u202fkB is 1,000 bytes. Figures are rounded down: a pointer over them shows all digits.</li>\n"
	      "</ul>\n</section>\n</main>\n<footer><p>ctagg-view " PACKAGE_VERSION "</p></footer>\n</body>\n</html>\n", p->out);
}
