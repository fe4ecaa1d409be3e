/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_PAGE_H
#define CTAGG_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/axis.h"
#include "report/report.h"
#include "report/totals.h"
#include "view/gather.h"
#include "view/texts.h"

/* The page of the report, section by section. The caller looks for the errors of `out'. */

/* unread   a file could not be read
 * hosts    numbers of the hosts that have windows, n_hosts, by their names
 */
struct report_page {
	FILE *out;
	const struct report_options *o;
	const struct report_totals *t;
	const struct view_texts *texts;
	const struct view_gathered *gathered;
	struct report_axis axis;
	uint32_t *hosts;
	size_t n_hosts;
	bool unread;
};

/* All of it. Returns 0 or -ENOMEM. */
int report_page_write(struct report_page *p);

/* The style sheet, a text for <style>. */
extern const char report_style[];

/* Its parts, in this order. */
void report_page_head(const struct report_page *p);		/* from <!doctype> to the answer */
void report_page_completeness(const struct report_page *p);
int report_page_traffic(const struct report_page *p);		/* 0 or -ENOMEM */
int report_page_tables(const struct report_page *p);		/* 0 or -ENOMEM */
int report_page_hosts(const struct report_page *p);		/* 0 or -ENOMEM */
void report_page_notes(const struct report_page *p);		/* to </html> */

/* A text of a record, and the name of a host, with its namespace where it has one. */
void report_page_text(const struct report_page *p, uint32_t text);
void report_page_host(const struct report_page *p, uint32_t host);

/* The time axis under charts: lines in the plots above, height px high, and times. */
void report_page_axis(const struct report_page *p, unsigned int height);

/* The sign of a mark, which goes with a text that says what it means. */
void report_page_mark(FILE *out, enum report_mark mark);

/* The strip of a host: which times are covered, and marks. */
void report_page_strip(const struct report_page *p, uint32_t host);

#endif
