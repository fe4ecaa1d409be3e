/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "print/csv.h"
#include "print/key.h"
#include "sink/text.h"
#include "view/filter.h"
#include "view/show.h"

/* RFC 4180: lines end with CR LF, fields stand between commas, and in quotes where they have other
 * characters than those that mean nothing to anybody. */

#define NS_PER_US 1000ULL

/* Whether spreadsheets take a text for a formula: it begins with one of = + - @, or with the full
 * width form of one (OWASP, "CSV Injection"). Tabs and carriage returns have become `?'. */
static bool is_formula(const char *text)
{
	static const char *const begins[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(text, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* A field from outside, of one line already. A formula gets a ' before it, which makes it a text. */
static void put_text(struct out *o, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:/_";
	const char *quote;

	if (!text[strspn(text, plain)]) {
		out_text(o, text);
		return;
	}
	out_text(o, is_formula(text) ? "\"'" : "\"");
	for (; (quote = strchr(text, '"')); text = quote + 1) {
		out_put(o, text, quote - text);
		out_text(o, "\"\"");
	}
	out_text(o, text);
	out_text(o, "\"");
}

static void put_number(struct out *o, uint64_t n)
{
	char text[20];

	out_put(o, text, text_u64(text, n) - text);
}

/* 2026-11-21 01:00:00, with a fraction where the time has one: spreadsheets know this form. */
static void put_time(struct out *o, uint64_t ns)
{
	enum { WHOLE = sizeof("2026-11-21 01:00:00") - 1, MICRO = sizeof(".123456") - 1 };
	char text[27];

	text_time(text, ns);
	text[WHOLE - sizeof("01:00:00")] = ' ';
	out_put(o, text, ns / NS_PER_US % 1000000 ? WHOLE + MICRO : WHOLE);
}

static void put_outside(struct printing *p, uint32_t number)
{
	size_t len;
	const char *text = view_texts_get(p->texts, number, &len);

	show_text(p->text, sizeof(p->text), text, len);
	put_text(&p->out, p->text);
}

static void comma(struct printing *p)
{
	out_put(&p->out, ",", 1);
}

void csv_head(struct printing *p)
{
	out_text(&p->out, "type,host,netns,run,window_ms,window_start,window_end,status");
	for (size_t i = 0; i < KEY_NAMES; i++) {
		comma(p);
		out_text(&p->out, key_columns[i].name);
	}
	out_text(&p->out, ",reason,folded_flows");
	for (size_t i = 0; i < VIEW_N_COUNTERS; i++) {
		comma(p);
		out_text(&p->out, view_counter_names[i]);
	}
	out_text(&p->out, "\r\n");
}

/* What the window record says; or that not all records of the window have come. */
static const char *status_of(const struct view_window *w)
{
	if (!w->complete)
		return "unfinished";
	return window_status_name(w->missing ? WINDOW_PARTIAL : w->status);
}

/* The columns that all lines of a window have. netns: of the window, or of a flow of it. */
static void put_window(struct printing *p, const struct view_window *w, const char *type, uint32_t netns)
{
	out_text(&p->out, type);
	comma(p);
	put_outside(p, w->host);
	comma(p);
	put_outside(p, netns);
	comma(p);
	put_outside(p, w->run);
	comma(p);
	if (w->window_ms)
		put_number(&p->out, w->window_ms);
	comma(p);
	put_time(&p->out, w->start_ns);
	comma(p);
	put_time(&p->out, w->end_ns);
	comma(p);
	out_text(&p->out, status_of(w));
}

static void put_key(struct printing *p, const struct view_key *key)
{
	for (size_t i = 0; i < KEY_NAMES; i++) {
		comma(p);
		if (key_text(p->text, sizeof(p->text), key, key_columns[i].field, p->texts))
			put_text(&p->out, p->text);
	}
}

static void put_flow(struct printing *p, const struct view_window *w, const struct view_flow *f)
{
	put_window(p, w, f->other ? "other" : "flow", f->key.has & VIEW_NETNS ? f->key.netns : w->netns);
	put_key(p, &f->key);
	comma(p);
	if (f->other)
		out_text(&p->out, f->table_full ? "table_full" : "top");
	comma(p);
	if (f->other)
		put_number(&p->out, f->folded_flows);
	for (size_t i = 0; i < VIEW_N_COUNTERS; i++) {
		comma(p);
		if (f->sums.known >> i & 1)
			put_number(&p->out, f->sums.of[i]);
	}
	out_text(&p->out, "\r\n");
}

void csv_window(struct printing *p, const struct view_window *w)
{
	size_t shown = 0;

	for (size_t i = 0; i < w->n_flows; i++) {
		if (!view_filter_holds(p->o->select, &w->flows[i]))
			continue;
		put_flow(p, w, &w->flows[i]);
		shown++;
	}
	if (shown)
		return;
	put_window(p, w, "window", w->netns);
	for (size_t i = 0; i < KEY_NAMES + 2 + VIEW_N_COUNTERS; i++)
		comma(p);
	out_text(&p->out, "\r\n");
}
