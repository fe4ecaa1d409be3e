/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/table.h"

#define DEFAULT_TOP 25

void report_table_begin(const struct report_page *p, const struct report_table *table)
{
	fprintf(p->out, "<section aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", table->id, table->id, table->title);
	fprintf(p->out, "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s-title\" tabindex=\"0\"><table id=\"%s\">\n<caption><span>%s</span></caption>\n<thead><tr>",
		table->id, table->id, table->caption);
	for (size_t i = 0; i < table->n_keys; i++)
		fprintf(p->out, "<th scope=\"col\">%s</th>", table->keys[i]);
	for (size_t i = 0; i < table->n_columns; i++)
		fprintf(p->out, "<th scope=\"col\" class=\"n\">%s</th>", table->columns[i].name);
	fputs("</tr></thead>\n<tbody>\n", p->out);
}

void report_table_end(const struct report_page *p)
{
	fputs("</tbody></table></div>\n</section>\n", p->out);
}

void report_table_cells(const struct report_page *p, const struct report_table *table,
			const struct report_counts *sums, const struct report_counts *of,
			const struct report_counts *lacks)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct report_table_column *c = &table->columns[i];
		struct report_value v = report_value(sums, c->figure);

		if (lacks && (lacks->of[c->figure.first] || lacks->of[c->figure.second]))
			v.least = true;
		fputs(c->kind == REPORT_SHARE ? "<td class=\"n share\">" : "<td class=\"n\">", p->out);
		if (c->kind == REPORT_SHARE && v.known)
			html_share(p->out, v.n, report_value(of, c->figure).n);
		else
			html_value(p->out, v, c->kind == REPORT_BYTES);
		fputs("</td>", p->out);
	}
}

/* A row without a key of its own, the text of which spans the columns of keys. */
static void sum_row(const struct report_page *p, const struct report_table *table, const char *class, uint64_t n,
		    const char *text, const struct report_counts *sums, const struct report_counts *of)
{
	fprintf(p->out, "<tr class=\"%s\"><th scope=\"row\" colspan=\"%zu\">", class, table->n_keys);
	if (n) {
		html_count(p->out, n);
		putc(' ', p->out);
	}
	fprintf(p->out, "%s</th>", text);
	report_table_cells(p, table, sums, of, NULL);
	fputs("</tr>\n", p->out);
}

/* What a table shows of a group: rows that are shown, the sum of others, and of all. */
struct parts {
	struct report_counts others, folded, all;
	uint64_t n_others;
	bool any_folded;
};

static void row(const struct report_page *p, const struct report_table *table, const struct report_field *field,
		const struct report_row *row, const struct report_counts *all)
{
	const struct report_group *g = &p->t->groups[table->group];

	fputs("<tr>", p->out);
	table->keyed(p, field);
	report_table_cells(p, table, &row->sums, all, report_group_lacks(g, row));
	fputs("</tr>\n", p->out);
}

static void rows(const struct report_page *p, const struct report_table *table, const struct report_place *places,
		 struct parts *parts)
{
	const struct report_group *g = &p->t->groups[table->group];
	size_t top = p->o->top ? p->o->top : DEFAULT_TOP, shown = 0;

	for (size_t i = 0; i < g->keys.n; i++) {
		const struct report_row *r = places[i].row;
		struct report_field field;

		memcpy(&field, &r->key, sizeof(field));
		if (field.what == REPORT_OTHERS) {
			report_counts_add(&parts->folded, &r->sums);
			parts->any_folded = true;
		} else if (shown < top && (!table->shown || table->shown(&r->sums))) {
			row(p, table, &field, r, &parts->all);
			shown++;
		} else {
			report_counts_add(&parts->others, &r->sums);
			parts->n_others++;
		}
	}
}

static void sum_all(const struct report_group *g, struct report_counts *all)
{
	*all = g->rest;
	for (size_t i = 0; i < g->keys.n; i++)
		report_counts_add(all, &report_group_row(g, i)->sums);
}

int report_table_write(const struct report_page *p, const struct report_table *table)
{
	const struct report_group *g = &p->t->groups[table->group];
	struct parts parts = { .n_others = 0 };
	struct report_place *places;
	int err = report_group_sort(g, &places);

	if (err)
		return err;
	sum_all(g, &parts.all);
	report_table_begin(p, table);
	rows(p, table, places, &parts);
	free(places);
	if (parts.n_others)
		sum_row(p, table, "rest", parts.n_others, "more", &parts.others, &parts.all);
	if (parts.any_folded)
		sum_row(p, table, "rest", 0, "Flows that ctagg folded (records of type other)", &parts.folded, &parts.all);
	if (g->n_rest)
		sum_row(p, table, "rest", g->n_rest, "rows for which there was no room here: others can lack what is in them", &g->rest, &parts.all);
	sum_row(p, table, "sum", 0, "All", &parts.all, &parts.all);
	report_table_end(p);
	return 0;
}
