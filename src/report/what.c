/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "report/html.h"
#include "report/what.h"

/* A kind whose text begins with an upper case letter has no number. */
static bool has_number(enum report_kind kind)
{
	return report_kinds[kind].one[0] >= 'a';
}

static void say(FILE *out, enum report_kind kind, uint64_t n, bool unknown)
{
	const struct report_kind_row *row = &report_kinds[kind];

	if (!has_number(kind)) {
		fputs(row->one, out);
		return;
	}
	if (unknown && !n) {
		fprintf(out, "unknown number of %s", row->more);
		return;
	}
	if (unknown)
		fputs("at least ", out);
	html_count(out, n);
	fprintf(out, " %s", n == 1 ? row->one : row->more);
}

void report_what_all(const struct report_page *p, enum report_kind kind)
{
	const struct report_incidents *i = &p->t->incidents;

	if (kind == REPORT_no_windows) {
		html_count(p->out, i->all.n[kind]);
		fprintf(p->out, " time%s without windows, ", html_plural(i->all.n[kind]));
		html_length(p->out, i->gaps_ns);
		if (i->all.n[kind] > 1)
			fputs(" together", p->out);
		return;
	}
	say(p->out, kind, i->all.n[kind], i->all.unknown >> kind & 1);
	if (!i->windows[kind] || kind == REPORT_unfinished)
		return;
	fputs(has_number(kind) ? ", in " : ": ", p->out);
	html_count(p->out, i->windows[kind]);
	fprintf(p->out, " window%s", html_plural(i->windows[kind]));
}

void report_what(const struct report_page *p, const struct report_incident *incident)
{
	bool more = false;

	for (unsigned int kind = 0; kind < REPORT_N_KINDS; kind++) {
		if (!(incident->kinds >> kind & 1))
			continue;
		fprintf(p->out, "%s<span class=\"what\">", more ? " " : "");
		report_page_mark(p->out, report_kinds[kind].mark);
		say(p->out, kind, incident->n[kind], incident->unknown >> kind & 1);
		fputs("</span>", p->out);
		more = true;
	}
}
