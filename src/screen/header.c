/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board/why.h"
#include "screen/columns.h"
#include "screen/header.h"
#include "view/show.h"

#define TEXT_SIZE 512
#define NUMBER_SIZE 32
#define GAP 2		/* columns between two parts */
#define ROOM_FOR_DATE 70	/* columns of a line that also has the date */

/* The header is made of parts, one behind the other, in lines.
 *
 * line, rest   the line that is being written, and what is left of it
 * left         how many lines can follow
 * full         a part has been cut: there is no room for others
 * look         of parts that have no look of their own
 */
struct parts {
	struct place line, rest;
	int left;
	bool full;
	enum look look;
};

static bool next_line(struct parts *p)
{
	if (!p->left)
		return false;
	p->left--;
	p->line.line++;
	p->rest = p->line;
	picture_look(p->line, p->look);
	return true;
}

/* Write a part. One that has no room in its line begins the next one; where there is none it is cut,
 * and is the last one. */
__attribute__((format(printf, 3, 4))) static void part(struct parts *p, enum look look,
							const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list args;
	int taken;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (p->full)
		return;
	if (picture_columns(text) > p->rest.width && p->rest.column > p->line.column)
		p->full = !next_line(p);
	taken = picture_put(p->rest, look, text) + GAP;
	p->rest.column += taken;
	p->rest.width -= taken;
}

/* The state of the screen stands at the right end of the first line. */
static void put_flags(struct parts *p, const struct shown *s)
{
	char text[TEXT_SIZE] = "";
	int len = 0, columns;
	struct place at = p->line;

	if (s->ended && !s->keeps)
		len += snprintf(text + len, sizeof(text) - len, " input ended ");
	if (s->back)
		len += snprintf(text + len, sizeof(text) - len, " %zu window%s back ", s->back,
				s->back == 1 ? "" : "s");
	if (s->paused)
		snprintf(text + len, sizeof(text) - len, " PAUSED ");
	columns = picture_columns(text);
	if (!columns)
		return;
	picture_put_right(at, LOOK_FLAG, text);
	p->rest.width -= columns + GAP;
}

static void put_host(struct parts *p, const struct shown *s)
{
	char text[TEXT_SIZE];
	size_t len;
	const char *host = view_texts_get(s->texts, s->frame.host, &len);

	if (s->frame.hosts > 1) {
		part(p, p->look, "%zu hosts", s->frame.hosts);
	} else {
		show_text(text, sizeof(text), host, len);
		if (*text)
			part(p, p->look, "%s", text);
	}
}

static void put_time(struct parts *p, const struct shown *s)
{
	char from[NUMBER_SIZE], to[NUMBER_SIZE], length[NUMBER_SIZE];

	show_duration(length, sizeof(length), s->frame.level_ms);
	if (s->frame.level_ms == BOARD_SNAPSHOTS)
		part(p, p->look, "snapshot");
	else
		part(p, p->look, "%s", length);
	show_clock(to, sizeof(to), s->frame.end_ns);
	if (p->line.width < ROOM_FOR_DATE) {
		part(p, p->look, "%s", to);
		return;
	}
	show_time(from, sizeof(from), s->frame.start_ns);
	part(p, p->look, "%s to %s UTC", from, to);
}

/* A number that may be unknown: `?'. */
static const char *text_of(char text[NUMBER_SIZE], const struct view_number *n)
{
	if (n->state == VIEW_KNOWN)
		show_exact(text, NUMBER_SIZE, n->n);
	else
		snprintf(text, NUMBER_SIZE, "?");
	return text;
}

/* A part about a number that is bad when it is not 0; nothing where it is absent. */
static void put_bad(struct parts *p, const struct view_number *n, const char *what)
{
	char text[NUMBER_SIZE];
	bool bad = n->state == VIEW_NULL || n->n;

	if (n->state != VIEW_ABSENT)
		part(p, bad ? LOOK_FLAG : p->look, "%s %s", what, text_of(text, n));
}

/* The same, but nothing when it is 0. */
static void put_worse(struct parts *p, const struct view_number *n, const char *what)
{
	if (n->state == VIEW_NULL || (n->state == VIEW_KNOWN && n->n))
		put_bad(p, n, what);
}

static void put_fill(struct parts *p, const struct view_number *n, const struct view_number *most,
		     const char *what)
{
	char text[NUMBER_SIZE], all[NUMBER_SIZE];

	if (n->state != VIEW_ABSENT)
		part(p, p->look, "%s %s of %s", what, text_of(text, n), text_of(all, most));
}

static void put_numbers(struct parts *p, const struct board_frame *f)
{
	char text[NUMBER_SIZE];

	if (f->span_ns) {
		show_exact(text, sizeof(text), columns_per_second(f->events, f->span_ns));
		part(p, p->look, "%s events/s", text);
	}
	put_bad(p, &f->lost_events, "lost events");
	put_bad(p, &f->lost_drops, "lost drops");
	put_fill(p, &f->table_rows, &f->table_capacity, "table");
	put_fill(p, &f->kernel_entries, &f->kernel_max, "connections");
	put_bad(p, &f->kernel_drop, "kernel drops");
	put_worse(p, &f->kernel_early_drop, "removed early");
	put_worse(p, &f->kernel_insert_failed, "not entered");
	put_worse(p, &f->kernel_chaintoolong, "chain too long");
}

/* What did not get here at all. */
static void put_left_out(struct parts *p, const struct shown *s)
{
	const struct {
		uint64_t n;
		const char *one, *many;
	} left_out[] = {
		{ s->slow, "window skipped: this terminal was too slow",
		  "windows skipped: this terminal was too slow" },
		{ s->large, "window skipped: too large", "windows skipped: too large" },
		{ s->gone, "file was gone before it could be read",
		  "files were gone before they could be read" },
		{ s->unread, "file could not be read", "files could not be read" },
		{ s->malformed, "line is no record", "lines are no records" },
		{ s->left_out, "record had no room in memory", "records had no room in memory" },
		{ s->blanks, "text is empty: no room in memory", "texts are empty: no room in memory" },
	};
	char text[NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (!left_out[i].n)
			continue;
		show_exact(text, sizeof(text), left_out[i].n);
		part(p, LOOK_FLAG, "%s %s", text,
		     left_out[i].n == 1 ? left_out[i].one : left_out[i].many);
	}
}

static void put_filter(struct parts *p, const struct shown *s)
{
	char text[TEXT_SIZE];

	if (!*s->filter)
		return;
	show_text(text, sizeof(text), s->filter, strlen(s->filter));
	part(p, LOOK_FLAG, "filter: %s", text);
	if (s->frame.others)
		part(p, p->look, "without `other': no filter can look into it");
}

static void put_rows(struct parts *p, const struct shown *s)
{
	static const char *const groups[BOARD_N_GROUPS] = {
		"flows", "sources", "destinations", "ports",
		"rules", "labels", "directions", "hosts",
	};
	static const char *const ways[BOARD_N_WAYS] = {
		"sent and received", "sent", "received",
	};
	char rows[NUMBER_SIZE];

	show_exact(rows, sizeof(rows), s->n_rows);
	part(p, p->look, "%s: %s", groups[s->query.group], rows);
	part(p, p->look, "%s", ways[s->query.way]);
}

static void put_window(struct parts *p, const struct shown *s)
{
	char why[TEXT_SIZE];

	put_host(p, s);
	put_time(p, s);
	board_why(why, sizeof(why), &s->frame);
	part(p, p->look, "%s", why);
	put_left_out(p, s);
	put_filter(p, s);
	if (s->frame.partial)
		part(p, p->look, "%zu of the last %d incomplete", s->frame.partial, BOARD_HISTORY);
	put_numbers(p, &s->frame);
	put_rows(p, s);
}

int header_put(struct place first, int most, const struct shown *s)
{
	bool here = s->frame.level_ms;
	struct parts p = { first, first, most - 1, false, LOOK_HEADER };

	if (here && board_is_incomplete(&s->frame))
		p.look = LOOK_ALARM;
	picture_look(first, p.look);
	put_flags(&p, s);
	if (here) {
		put_window(&p, s);
	} else {
		part(&p, p.look, s->ended ? "no window has come" : "waiting for the first window");
		put_left_out(&p, s);
		put_filter(&p, s);
	}
	return most - p.left;
}
