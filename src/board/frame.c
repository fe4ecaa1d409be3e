/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/frame.h"
#include "board/why.h"
#include "flow/sums.h"
#include "hash/grow.h"

#define GAUGES (1u << VIEW_live | 1u << VIEW_closing)

struct frame *frame_new(uint64_t level_ms, uint64_t slot_ns)
{
	struct frame *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->says.level_ms = level_ms;
	f->says.slot_ns = slot_ns;
	return f;
}

void frame_free(struct frame *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		board_packed_free(&f->windows[i].flows);
	free(f->windows);
	free(f);
}

int frame_reserve(struct frame *f)
{
	/* Mostly there is one window. */
	size_t wanted = f->n + 1;
	void *grown;

	if (f->room)
		return grow_items((void **)&f->windows, &f->room, wanted, sizeof(*f->windows)) ? 0 :
												 -ENOMEM;
	grown = malloc(sizeof(*f->windows));
	if (!grown)
		return -ENOMEM;
	f->windows = grown;
	f->room = 1;
	return 0;
}

/* --- what the window records say ---------------------------------------------------- */

static void add_number(struct view_number *to, const struct view_number *n)
{
	if (n->state == VIEW_ABSENT)
		return;
	if (n->state == VIEW_KNOWN)
		to->n = flow_sums_capped(to->n, n->n);
	to->state = to->state == VIEW_NULL || n->state == VIEW_NULL ? VIEW_NULL : VIEW_KNOWN;
}

static bool is_table(const struct view_number *used, const struct view_number *room)
{
	return used->state == VIEW_KNOWN && room->state == VIEW_KNOWN && room->n;
}

/* Take how full a table is, and what it holds at most, unless the table before is fuller. */
static void take_fuller(struct view_number *used, struct view_number *room,
			const struct view_number *its_used, const struct view_number *its_room)
{
	if (!is_table(its_used, its_room))
		return;
	if (is_table(used, room) && (double)used->n * its_room->n > (double)its_used->n * room->n)
		return;
	*used = *its_used;
	*room = *its_room;
}

static void add_numbers(struct board_frame *to, const struct view_window *w)
{
	const struct board_frame before = *to;

#define ADD_NUMBER(name) add_number(&to->name, &w->name);
	VIEW_WINDOW_NUMBERS(ADD_NUMBER)
#undef ADD_NUMBER
	to->seq = w->seq;
	to->table_rows = before.table_rows;
	to->table_capacity = before.table_capacity;
	to->kernel_entries = before.kernel_entries;
	to->kernel_max = before.kernel_max;
	take_fuller(&to->table_rows, &to->table_capacity, &w->table_rows, &w->table_capacity);
	take_fuller(&to->kernel_entries, &to->kernel_max, &w->kernel_entries, &w->kernel_max);
}

static uint64_t known(const struct view_sums *s, enum view_counter c)
{
	return s->known >> c & 1 ? s->of[c] : 0;
}

static void add_total(struct board_frame *to, const struct view_window *w)
{
	static const enum view_counter events[] = {
		VIEW_starts, VIEW_ends, VIEW_drops, VIEW_logged,
	};

	view_sums_add(&to->total, &w->total);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		to->events = flow_sums_capped(to->events, known(&w->total, events[i]));
}

static void add_record(struct board_frame *to, const struct view_window *w)
{
	window_status_at_least(&to->status, w->missing ? WINDOW_PARTIAL : w->status);
	add_total(to, w);	/* frame_settle() has other values for gauges */
	add_numbers(to, w);
	if (w->clock_step_ms)
		to->clock_step_ms = w->clock_step_ms;
	to->flowtable_uncounted |= w->flowtable_uncounted;
	to->missing = flow_sums_capped(to->missing, w->missing);
}

static void add_others(struct board_frame *to, const struct view_window *w)
{
	for (size_t i = 0; i < w->n_flows; i++) {
		if (!w->flows[i].other)
			continue;
		to->others++;
		to->other_flows = flow_sums_capped(to->other_flows, w->flows[i].folded_flows);
	}
}

/* --- windows ------------------------------------------------------------------------ */

static struct frame_gauge gauge(const struct view_window *w, enum view_counter c)
{
	if (!w->complete)
		return (struct frame_gauge){ 0 };
	return (struct frame_gauge){ known(&w->total, c), w->total.known >> c & 1,
				     w->total.unknown >> c & 1 };
}

void frame_add(struct frame *f, const struct view_window *w, const struct board_packed *flows,
	       uint64_t order)
{
	struct board_frame *says = &f->says;
	struct frame_window *its = &f->windows[f->n++];

	*its = (struct frame_window){
		.host = w->host, .run = w->run, .netns = w->netns, .start_ns = w->start_ns,
		.end_ns = w->end_ns, .order = order, .live = gauge(w, VIEW_live),
		.closing = gauge(w, VIEW_closing), .flows = *flows,
	};
	if (w->complete)
		its->seq = w->seq;
	its->has_live = its->live.known || its->live.unknown || flows->seen >> BOARD_live & 1;
	if (f->n == 1 || w->start_ns < says->start_ns)
		says->start_ns = w->start_ns;
	if (w->end_ns > says->end_ns)
		says->end_ns = w->end_ns;
	if (w->complete)
		add_record(says, w);
	else
		window_status_at_least(&says->status, WINDOW_PARTIAL);
	says->incomplete += !w->complete;
	f->packed_bytes += flows->size;
	add_others(says, w);
	f->settled = false;
}

/* --- all windows together ----------------------------------------------------------- */

static bool is_same_place(const struct frame_window *a, const struct frame_window *b)
{
	return a->host == b->host && a->netns == b->netns;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* By hosts and network namespaces, then by time. */
static int by_place(const void *a, const void *b)
{
	const struct frame_window *v = a, *w = b;
	int order = COMPARE(v->host, w->host);

	if (!order)
		order = COMPARE(v->netns, w->netns);
	if (!order)
		order = COMPARE(v->end_ns, w->end_ns);
	return order ? order : COMPARE(v->order, w->order);
}

static void add_gauge(struct view_sums *total, enum view_counter c, const struct frame_gauge *g)
{
	total->of[c] = flow_sums_capped(total->of[c], g->n);
	total->known |= (uint32_t)g->known << c;
	total->unknown |= (uint32_t)g->unknown << c;
}

/* The n windows of one host and network namespace, the last one last. */
static void settle_place(struct board_frame *says, struct frame_window *windows, size_t n)
{
	struct frame_window *last = NULL;
	uint64_t span = 0;

	for (size_t i = 0; i < n; i++) {
		struct frame_window *w = &windows[i];

		w->last = false;
		if (w->has_live)
			last = w;
		if (w->end_ns > w->start_ns)
			span = flow_sums_capped(span, w->end_ns - w->start_ns);
	}
	if (span > says->span_ns && says->level_ms != BOARD_SNAPSHOTS)
		says->span_ns = span;
	if (!last)
		return;
	last->last = true;
	add_gauge(&says->total, VIEW_live, &last->live);
	add_gauge(&says->total, VIEW_closing, &last->closing);
}

void frame_settle(struct frame *f)
{
	struct board_frame *says = &f->says;
	size_t n;

	if (f->settled)
		return;
	qsort(f->windows, f->n, sizeof(*f->windows), by_place);
	says->hosts = 0;
	says->span_ns = 0;
	says->total.known &= ~GAUGES;
	says->total.unknown &= ~GAUGES;
	says->total.of[VIEW_live] = says->total.of[VIEW_closing] = 0;
	for (size_t i = 0; i < f->n; i += n) {
		for (n = 1; i + n < f->n && is_same_place(&f->windows[i], &f->windows[i + n]); n++)
			;
		says->hosts += !i || f->windows[i - 1].host != f->windows[i].host;
		settle_place(says, f->windows + i, n);
	}
	says->host = says->hosts == 1 ? f->windows[0].host : 0;
	f->settled = true;
}

bool frame_is_before(const struct frame *f, const struct view_window *w)
{
	if (!w->complete || w->seq.state != VIEW_KNOWN)
		return false;
	for (size_t i = 0; i < f->n; i++) {
		const struct frame_window *its = &f->windows[i];

		if (its->host != w->host || its->netns != w->netns || its->run != w->run ||
		    its->seq.state != VIEW_KNOWN || its->seq.n >= w->seq.n)
			return false;
	}
	return true;
}

bool frame_is_partial(const struct frame *f)
{
	return board_is_incomplete(&f->says);
}

size_t frame_bytes(const struct frame *f)
{
	return sizeof(*f) + f->room * sizeof(*f->windows) + f->packed_bytes;
}
