/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/page.h"

void report_page_text(const struct report_page *p, uint32_t text)
{
	size_t len;
	const char *s = view_texts_get(p->texts, text, &len);

	html_bdi(p->out, s, len);
}

void report_page_host(const struct report_page *p, uint32_t host)
{
	const struct report_host *h = report_totals_host(p->t, host);

	report_page_text(p, h->host);
	if (!h->netns)
		return;
	fputs(" <span class=\"soft\">netns ", p->out);
	report_page_text(p, h->netns);
	fputs("</span>", p->out);
}

/* --- hosts in order --------------------------------------------------------------------------- */

struct named {
	const char *host, *netns;
	uint32_t number;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strverscmp(x->host, y->host);	/* gw2 before gw10 */

	if (!order)
		order = strverscmp(x->netns, y->netns);
	return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

static int sort_hosts(struct report_page *p)
{
	struct named *named = malloc((p->t->hosts.n + 1) * sizeof(*named));
	size_t len;

	p->n_hosts = 0;
	p->hosts = malloc((p->t->hosts.n + 1) * sizeof(*p->hosts));
	if (!named || !p->hosts) {
		free(named);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < p->t->hosts.n; i++)
		if (report_totals_host(p->t, i)->windows)
			named[p->n_hosts++] = (struct named){
				view_texts_get(p->texts, report_totals_host(p->t, i)->host, &len),
				view_texts_get(p->texts, report_totals_host(p->t, i)->netns, &len), i,
			};
	qsort(named, p->n_hosts, sizeof(*named), by_name);
	for (size_t i = 0; i < p->n_hosts; i++)
		p->hosts[i] = named[i].number;
	free(named);
	return 0;
}

int report_page_write(struct report_page *p)
{
	int err = sort_hosts(p);

	if (!err)
		report_page_head(p);
	if (!err && p->n_hosts) {
		report_page_completeness(p);
		err = report_page_traffic(p);
		if (!err)
			err = report_page_tables(p);
		if (!err)
			err = report_page_hosts(p);
	}
	if (!err)
		report_page_notes(p);
	free(p->hosts);
	p->hosts = NULL;
	return err;
}
