/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/early.h"
#include "view/gather.h"
#include "view/head.h"
#include "view/opened.h"
#include "view/record.h"
#include "view/seen.h"

/* bound  how many bytes the opened windows may hold
 * line   the fields of the line that is being read
 * head   the window that this line belongs to
 */
struct view_gather {
	struct view_texts *texts;
	view_window_fn *fn;
	void *arg;
	struct view_gathered counts;
	struct view_opened opened;
	size_t bound;
	struct view_seen *seen;
	struct view_early early;
	struct record_line line;
	struct view_head head;
};

int view_gather_open(struct view_gather **out, struct view_texts *texts, view_window_fn *fn, void *arg)
{
	struct view_gather *g = calloc(1, sizeof(*g));

	if (!g || view_seen_open(&g->seen)) {
		free(g);
		return -ENOMEM;
	}
	g->texts = texts;
	g->fn = fn;
	g->arg = arg;
	g->bound = VIEW_GATHER_MAX_BYTES;
	view_opened_init(&g->opened);
	record_line_init(&g->line);
	*out = g;
	return 0;
}

void view_gather_close(struct view_gather *g)
{
	if (!g)
		return;
	view_opened_free(&g->opened);
	view_seen_close(g->seen);
	view_early_free(&g->early);
	free(g);
}

void view_gather_bound(struct view_gather *g, size_t bytes)
{
	g->bound = bytes;
}

const struct view_gathered *view_gather_counts(const struct view_gather *g)
{
	return &g->counts;
}

static void blame(struct view_gather *g, const char *why)
{
	if (!g->counts.malformed++) {
		g->counts.first_malformed = g->counts.lines;
		g->counts.why = why;
	}
}

void view_gather_file(struct view_gather *g)
{
	g->counts.files++;
}

void view_gather_malformed(struct view_gather *g, const char *why)
{
	g->counts.lines++;
	blame(g, why);
}

static struct view_stream stream_of(const struct view_window *w)
{
	return (struct view_stream){ w->host, w->run, w->window_ms };
}

/* --- the namespace ---------------------------------------------------------------------------- */

/* All flows of a window are of the same namespace: that is the window's, and no field of their keys. */
static void move_netns(struct view_window *w, uint32_t netns)
{
	w->netns = netns;
	for (size_t i = 0; i < w->n_flows; i++) {
		w->flows[i].key.has &= ~VIEW_NETNS;
		w->flows[i].key.netns = 0;
	}
}

/* Without a window record only its flows tell: perhaps they are all of one namespace. */
static void guess_netns(struct view_window *w)
{
	uint32_t netns = w->n_flows ? w->flows[0].key.netns : 0;

	for (size_t i = 0; i < w->n_flows && netns; i++)
		if (!w->flows[i].other && w->flows[i].key.netns != netns)
			netns = 0;
	if (netns)
		move_netns(w, netns);
}

/* --- windows that end ------------------------------------------------------------------------- */

/* Show a window whose window record has not come, unless its records are a part of one that came
 * before. */
static int show_unfinished(struct view_gather *g, struct opened_window *o)
{
	uint64_t records = o->lines;
	struct view_window *w = view_opened_take(&g->opened, o);
	const struct view_stream stream = stream_of(w);
	int err;

	if (view_seen_has(g->seen, &stream, w->start_ns, w->end_ns)) {
		g->counts.repeated++;
		view_window_free(w);
		return 0;
	}
	g->counts.unfinished++;
	w->before = view_early_records(&g->early, w);
	err = view_early_add(&g->early, w, records);
	guess_netns(w);
	if (!err)
		return g->fn(w, g->arg);
	view_window_free(w);
	return err;
}

/* How many records of a window are missing. Where there are more lines than the window record says, some
 * of them came twice. */
static int compare_records(struct view_gather *g, struct opened_window *o)
{
	struct view_window *w = o->w;
	uint64_t come;
	int err;

	if (w->records.state != VIEW_KNOWN)
		return 0;
	err = o->lines > w->records.n ? view_opened_unrepeat(o) : 0;
	g->counts.repeated_lines += o->repeated;
	o->lines -= o->repeated;
	come = o->lines + w->before;
	w->missing = w->records.n > come ? w->records.n - come : 0;
	return err;
}

static int finish(struct view_gather *g, struct opened_window *o, const char **why)
{
	struct view_window *w = o->w, said = *w;
	const struct view_stream stream = stream_of(w);
	int is_new, err = view_record_window(&said, g->texts, &g->line, why);

	if (err)
		return err;
	*w = said;
	w->complete = true;
	if (w->netns)
		move_netns(w, w->netns);
	w->before = view_early_records(&g->early, w);
	view_early_forget(&g->early, w);
	is_new = view_seen_add(g->seen, &stream, w->seq.state == VIEW_KNOWN ? w->seq.n : w->start_ns,
			       w->start_ns, w->end_ns);
	if (is_new > 0)
		err = compare_records(g, o);
	if (is_new < 0 || err)
		return err ? err : is_new;
	w = view_opened_take(&g->opened, o);
	if (is_new)
		return g->fn(w, g->arg);
	g->counts.repeated++;
	view_window_free(w);
	return 0;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Make room for one more record: windows that began to come earlier than this one are shown as they
 * are. Returns 1; 0 when there is no room; or -errno. */
static int make_room(struct view_gather *g, struct opened_window *o)
{
	struct opened_window *oldest;
	int err;

	while (g->opened.bytes > g->bound) {
		oldest = view_opened_oldest(&g->opened, o);
		if (!oldest)
			return 0;
		err = show_unfinished(g, oldest);
		if (err)
			return err;
	}
	return 1;
}

static int take_flow(struct view_gather *g, struct opened_window *o, const char **why)
{
	struct view_flow *flow = view_opened_flow(&g->opened, o);
	int err;

	if (!flow)
		return -ENOMEM;
	err = view_record_flow(flow, g->texts, &g->line, why);
	if (!err)
		o->w->n_flows++;
	return err;
}

static int take_rule(struct view_gather *g, struct opened_window *o)
{
	struct view_rule *rule = view_opened_rule(&g->opened, o);
	int err;

	if (!rule)
		return -ENOMEM;
	err = view_record_rule(rule, g->texts, &g->line);
	if (!err)
		o->w->n_rules++;
	return err;
}

/* A window whose window record is malformed stays opened, and is one more that needs room. */
static int take_end(struct view_gather *g, struct opened_window *o, const char **why)
{
	int room, err = finish(g, o, why);

	if (err != -EBADMSG || !*why)
		return err;
	room = make_room(g, o);
	return room < 0 ? room : err;
}

static int take_record(struct view_gather *g, struct opened_window *o, const char **why)
{
	enum record_type type = g->line.type;
	int room, err = 0;

	if (type == RECORD_WINDOW)
		return take_end(g, o, why);
	room = make_room(g, o);
	if (room < 0)
		return room;
	if (!room) {
		g->counts.left_out++;
		return 0;
	}
	if (type == RECORD_FLOW || type == RECORD_OTHER)
		err = take_flow(g, o, why);
	else if (type == RECORD_RULE)
		err = take_rule(g, o);
	else
		g->counts.other_types++;
	if (!err)
		o->lines++;
	return err;
}

/* Whether lines of this type belong to a window, whatever fields this line has. */
static bool wants_window(enum record_type type)
{
	return type == RECORD_FLOW || type == RECORD_OTHER || type == RECORD_RULE || type == RECORD_WINDOW;
}

static int take_line(struct view_gather *g, const char **why)
{
	struct opened_window *o = NULL;
	int same;

	/* of --events and --check */
	if (!wants_window(g->line.type) && !record_has(&g->line, RECORD_window_start)) {
		g->counts.other_types++;
		return 0;
	}
	same = view_head_read(&g->head, g->texts, &g->line, why);
	if (same == -ENOSPC) {
		g->counts.left_out++;
		return 0;
	}
	if (same < 0)
		return same;
	if (same)
		o = g->opened.last;
	if (!o)
		o = view_opened_find(&g->opened, &g->head.window);
	return o ? take_record(g, o, why) : -ENOMEM;
}

static bool is_empty(const char *line, size_t len)
{
	while (len && (*line == ' ' || *line == '\r')) {
		line++;
		len--;
	}
	return !len;
}

int view_gather_line(struct view_gather *g, const char *line, size_t len)
{
	const char *why = NULL;
	int err;

	g->counts.lines++;
	if (is_empty(line, len))
		return 0;
	err = record_read(&g->line, line, len, &why);
	if (!err)
		err = take_line(g, &why);
	g->counts.blanks = view_texts_blanks(g->texts);
	if (err != -EBADMSG || !why)	/* the window's function can return anything */
		return err;
	blame(g, why);
	return 0;
}

int view_gather_end(struct view_gather *g)
{
	struct opened_window *o;
	int err = 0;

	while (!err && (o = view_opened_oldest(&g->opened, NULL)))
		err = show_unfinished(g, o);
	return err;
}
