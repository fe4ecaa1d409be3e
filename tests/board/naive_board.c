/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "board/naive_board.h"

#define MOST 0x7fffffffffffffffULL
#define MAX_FRAMES 4096

static uint64_t level_of(const struct view_window *w)
{
	return w->window_ms ? w->window_ms : BOARD_SNAPSHOTS;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a >= MOST - (b < MOST ? b : MOST) ? MOST : a + b;
}

static bool is_in(const struct naive_window *n, uint64_t level_ms, uint64_t slot_ns)
{
	return level_of(&n->w) == level_ms && n->w.slot_ns == slot_ns;
}

/* --- windows ------------------------------------------------------------------------ */

void naive_forget(struct naive_board *b, uint64_t level_ms, uint64_t slot_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->n; i++)
		if (is_in(&b->windows[i], level_ms, slot_ns))
			free(b->windows[i].w.flows);
		else
			b->windows[kept++] = b->windows[i];
	b->forgotten += kept < b->n;
	b->n = kept;
}

/* Whether w shows that a frame is of a time that has not come yet: all of the frame's windows came
 * before w from the same run. */
static bool is_of_later(const struct naive_board *b, const struct view_window *w, uint64_t slot_ns)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct view_window *v = &b->windows[i].w;

		if (!is_in(&b->windows[i], level_of(w), slot_ns))
			continue;
		if (v->host != w->host || v->run != w->run || v->netns != w->netns || !v->complete ||
		    v->seq.state != VIEW_KNOWN || v->seq.n >= w->seq.n)
			return false;
	}
	return w->complete && w->seq.state == VIEW_KNOWN && slot_ns > w->slot_ns;
}

/* What was skipped since the last window of this level. */
static uint64_t new_skips(struct naive_board *b, uint64_t level_ms)
{
	size_t i = 0;
	uint64_t before;

	while (i < b->n_seen && b->seen[i].level_ms != level_ms)
		i++;
	if (i == b->n_seen) {
		cr_assert_lt(i, sizeof(b->seen) / sizeof(b->seen[0]));
		b->seen[b->n_seen].level_ms = level_ms;
		b->seen[b->n_seen++].skipped = 0;
	}
	before = b->seen[i].skipped;
	b->seen[i].skipped = b->skipped;
	return b->skipped - before;
}

void naive_add(struct naive_board *b, const struct view_window *w)
{
	struct naive_window *added;
	uint64_t slots[MAX_FRAMES];
	size_t n = naive_frames(b, level_of(w), slots, MAX_FRAMES);

	for (size_t i = 0; i < n; i++)
		if (is_of_later(b, w, slots[i]))
			naive_forget(b, level_of(w), slots[i]);
	b->windows = realloc(b->windows, (b->n + 1) * sizeof(*b->windows));
	added = &b->windows[b->n++];
	*added = (struct naive_window){ *w, b->added++, new_skips(b, level_of(w)) };
	added->w.flows = malloc((w->n_flows + 1) * sizeof(*w->flows));
	if (w->n_flows)
		memcpy(added->w.flows, w->flows, w->n_flows * sizeof(*w->flows));
}

void naive_skipped(struct naive_board *b, uint64_t n)
{
	b->skipped = sum(b->skipped, n);
}

void naive_close(struct naive_board *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->windows[i].w.flows);
	free(b->windows);
	memset(b, 0, sizeof(*b));
}

static int descending(const void *a, const void *b)
{
	uint64_t v = *(const uint64_t *)a, w = *(const uint64_t *)b;

	return v < w ? 1 : v > w ? -1 : 0;
}

/* Sort numbers, largest first, and keep each once. */
static size_t distinct(uint64_t *numbers, size_t n)
{
	size_t kept = 0;

	qsort(numbers, n, sizeof(*numbers), descending);
	for (size_t i = 0; i < n; i++)
		if (!kept || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	return kept;
}

size_t naive_levels(const struct naive_board *b, uint64_t *ms, size_t max)
{
	uint64_t *all = malloc((b->n + 1) * sizeof(*all));
	size_t n;

	for (size_t i = 0; i < b->n; i++)
		all[i] = level_of(&b->windows[i].w);
	n = distinct(all, b->n);
	for (size_t i = 0; i < n && i < max; i++)
		ms[i] = all[n - 1 - i];
	free(all);
	return n < max ? n : max;
}

size_t naive_frames(const struct naive_board *b, uint64_t level_ms, uint64_t *slots, size_t max)
{
	uint64_t shortest, *all = malloc((b->n + 1) * sizeof(*all));
	size_t n = 0;

	if (!level_ms && naive_levels(b, &shortest, 1))
		level_ms = shortest;
	for (size_t i = 0; i < b->n; i++)
		if (level_of(&b->windows[i].w) == level_ms)
			all[n++] = b->windows[i].w.slot_ns;
	n = distinct(all, n);
	cr_assert_leq(n, max);
	memcpy(slots, all, n * sizeof(*all));
	free(all);
	return n;
}

/* --- live --------------------------------------------------------------------------- */

static bool says_live(const struct view_window *w)
{
	bool says = w->complete && (w->total.known | w->total.unknown) >> VIEW_live & 1;

	for (size_t i = 0; i < w->n_flows; i++)
		says |= (w->flows[i].sums.known | w->flows[i].sums.unknown) >> VIEW_live & 1;
	return says;
}

bool naive_has_last_live(const struct naive_board *b, const struct naive_window *n)
{
	if (!says_live(&n->w))
		return false;
	for (size_t i = 0; i < b->n; i++) {
		const struct naive_window *m = &b->windows[i];

		if (is_in(m, level_of(&n->w), n->w.slot_ns) && m->w.host == n->w.host &&
		    m->w.netns == n->w.netns && says_live(&m->w) &&
		    (m->w.end_ns > n->w.end_ns || (m->w.end_ns == n->w.end_ns && m->order > n->order)))
			return false;
	}
	return true;
}

/* --- frames ------------------------------------------------------------------------- */

static void add_sums(struct view_sums *to, const struct view_sums *from, enum view_counter c)
{
	if (from->known >> c & 1)
		to->of[c] = c == VIEW_duration_ms_max ? (to->of[c] > from->of[c] ? to->of[c] : from->of[c]) :
							sum(to->of[c], from->of[c]);
	to->known |= from->known & 1u << c;
	to->unknown |= from->unknown & 1u << c;
}

static void add_number(struct view_number *to, const struct view_number *from)
{
	if (from->state == VIEW_KNOWN)
		to->n = sum(to->n, from->n);
	if (from->state != VIEW_ABSENT)
		to->state = to->state == VIEW_NULL || from->state == VIEW_NULL ? VIEW_NULL : VIEW_KNOWN;
}

/* How full a table is; less than 0: unknown. */
static double fullness(const struct view_number *used, const struct view_number *room)
{
	if (used->state != VIEW_KNOWN || room->state != VIEW_KNOWN || !room->n)
		return -1;
	return (double)used->n / room->n;
}

static uint64_t span(const struct naive_board *b, const struct naive_window *of)
{
	uint64_t span = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct view_window *w = &b->windows[i].w;

		if (is_in(&b->windows[i], level_of(&of->w), of->w.slot_ns) &&
		    w->host == of->w.host && w->netns == of->w.netns && w->end_ns > w->start_ns)
			span = sum(span, w->end_ns - w->start_ns);
	}
	return level_of(&of->w) == BOARD_SNAPSHOTS ? 0 : span;
}

static bool is_first_of_host(const struct naive_board *b, const struct naive_window *n)
{
	for (const struct naive_window *m = b->windows; m < n; m++)
		if (is_in(m, level_of(&n->w), n->w.slot_ns) && m->w.host == n->w.host)
			return false;
	return true;
}

static void add_record(struct board_frame *f, const struct naive_board *b, const struct naive_window *n)
{
	const struct view_window *w = &n->w;
	bool live = naive_has_last_live(b, n);

	if (w->status > f->status)
		f->status = w->status;
	if (w->missing)
		f->status = WINDOW_PARTIAL;
	f->missing = sum(f->missing, w->missing);
	for (unsigned int c = 0; c < VIEW_N_COUNTERS; c++) {
		if ((c != VIEW_live && c != VIEW_closing) || live)
			add_sums(&f->total, &w->total, c);
		if ((c == VIEW_starts || c == VIEW_ends || c == VIEW_drops || c == VIEW_logged) &&
		    w->total.known >> c & 1)
			f->events = sum(f->events, w->total.of[c]);
	}
#define ADD_NUMBER(name) add_number(&f->name, &w->name);
	VIEW_WINDOW_NUMBERS(ADD_NUMBER)
#undef ADD_NUMBER
	f->seq = w->seq;
	if (w->clock_step_ms)
		f->clock_step_ms = w->clock_step_ms;
	f->flowtable_uncounted |= w->flowtable_uncounted;
}

/* The fullest of tables whose fullness is known. */
static void add_tables(struct board_frame *f, const struct view_window *w, double *rows, double *entries)
{
	if (fullness(&w->table_rows, &w->table_capacity) >= *rows) {
		*rows = fullness(&w->table_rows, &w->table_capacity);
		f->table_rows = w->table_rows;
		f->table_capacity = w->table_capacity;
	}
	if (fullness(&w->kernel_entries, &w->kernel_max) >= *entries) {
		*entries = fullness(&w->kernel_entries, &w->kernel_max);
		f->kernel_entries = w->kernel_entries;
		f->kernel_max = w->kernel_max;
	}
}

static void add_window(struct board_frame *f, const struct naive_board *b, const struct naive_window *n)
{
	const struct view_window *w = &n->w;

	if (!f->hosts || w->start_ns < f->start_ns)
		f->start_ns = w->start_ns;
	if (w->end_ns > f->end_ns)
		f->end_ns = w->end_ns;
	if (span(b, n) > f->span_ns)
		f->span_ns = span(b, n);
	f->hosts += is_first_of_host(b, n);
	f->host = f->hosts > 1 ? 0 : w->host;
	f->skipped = sum(f->skipped, n->skipped);
	for (size_t i = 0; i < w->n_flows; i++) {
		f->others += w->flows[i].other;
		if (w->flows[i].other)
			f->other_flows = sum(f->other_flows, w->flows[i].folded_flows);
	}
	if (w->complete) {
		add_record(f, b, n);
		return;
	}
	f->status = WINDOW_PARTIAL;
	f->incomplete++;
}

struct board_frame naive_frame(const struct naive_board *b, uint64_t level_ms, uint64_t slot_ns)
{
	struct board_frame f = { .level_ms = level_ms, .slot_ns = slot_ns };
	double rows = 0, entries = 0;

	for (size_t i = 0; i < b->n; i++)
		if (is_in(&b->windows[i], level_ms, slot_ns))
			add_window(&f, b, &b->windows[i]);
	f.table_rows = f.table_capacity = (struct view_number){ 0 };
	f.kernel_entries = f.kernel_max = (struct view_number){ 0 };
	for (size_t i = 0; i < b->n; i++)
		if (is_in(&b->windows[i], level_ms, slot_ns) && b->windows[i].w.complete)
			add_tables(&f, &b->windows[i].w, &rows, &entries);
	return f;
}
