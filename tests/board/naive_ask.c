/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "board/naive_board.h"
#include "view/filter.h"

#define MOST 0x7fffffffffffffffULL
#define MAX_FRAMES 4096

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a >= MOST - (b < MOST ? b : MOST) ? MOST : a + b;
}

static uint64_t level_of(const struct view_window *w)
{
	return w->window_ms ? w->window_ms : BOARD_SNAPSHOTS;
}

/* --- rows --------------------------------------------------------------------------- */

/* The key of a group, from that of a flow. Returns whether the flow is in any row. */
static bool group_key(enum board_group group, const struct view_key *from, struct view_key *to)
{
	memset(to, 0, sizeof(*to));
	switch (group) {
	case BOARD_FLOWS:
		*to = *from;
		return true;
	case BOARD_SRC:
		to->has = from->has & VIEW_SRC;
		if (to->has)
			memcpy(to->src, from->src, 16), to->src_bits = from->src_bits;
		return true;
	case BOARD_DST:
		to->has = from->has & VIEW_DST;
		if (to->has)
			memcpy(to->dst, from->dst, 16), to->dst_bits = from->dst_bits;
		return true;
	case BOARD_PORT:
		to->has = from->has & (VIEW_PROTO | VIEW_DPORT | VIEW_ICMP_TYPE);
		to->proto = from->proto;
		to->dport = from->dport;
		to->icmp_type = from->icmp_type;
		return true;
	case BOARD_RULE:
		to->has = from->has & (VIEW_PREFIX | VIEW_RULE | VIEW_COMMENT);
		to->prefix = from->prefix;
		to->rule = from->rule;
		to->comment = from->comment;
		return to->has;
	case BOARD_LABEL:
		to->has = from->has & (VIEW_SRC_LABEL | VIEW_DST_LABEL);
		to->src_label = from->src_label;
		to->dst_label = from->dst_label;
		return true;
	case BOARD_DIRECTION:
		to->has = from->has & VIEW_DIRECTION;
		to->direction = from->direction;
		return true;
	case BOARD_HOST:
	case BOARD_N_GROUPS:
		break;
	}
	return true;
}

static bool is_selected(const struct board_query *q, const struct view_flow *flow)
{
	return !q->select || view_filter_holds(q->select, flow);
}

/* The row of a flow, without numbers. Returns whether there is one. */
static bool row_of(const struct board_query *q, const struct view_window *w,
		   const struct view_flow *flow, struct board_row *row)
{
	static const struct view_key none;

	memset(row, 0, sizeof(*row));
	if (!is_selected(q, flow))
		return false;
	if (q->group == BOARD_HOST)
		row->host = w->host;
	else
		row->other = flow->other;
	return group_key(q->group, flow->other ? &none : &flow->key, &row->key) || row->other;
}

static bool is_same(const struct board_row *a, const struct board_row *b)
{
	return a->host == b->host && a->other == b->other && !memcmp(&a->key, &b->key, sizeof(a->key));
}

static void add_counter(struct board_row *row, enum board_column column, const struct view_sums *sums,
			enum view_counter counter)
{
	if (sums->known >> counter & 1)
		row->of[column] = sum(row->of[column], sums->of[counter]);
	row->known |= (sums->known >> counter & 1) << column;
	row->unknown |= (sums->unknown >> counter & 1) << column;
}

static void add_flow(struct board_row *row, const struct view_sums *sums, enum board_way way, bool live)
{
	if (way != BOARD_RECEIVED) {
		add_counter(row, BOARD_BYTES, sums, VIEW_orig_bytes);
		add_counter(row, BOARD_PACKETS, sums, VIEW_orig_packets);
	}
	if (way != BOARD_SENT) {
		add_counter(row, BOARD_BYTES, sums, VIEW_reply_bytes);
		add_counter(row, BOARD_PACKETS, sums, VIEW_reply_packets);
	}
	add_counter(row, BOARD_STARTS, sums, VIEW_starts);
	add_counter(row, BOARD_ENDS, sums, VIEW_ends);
	add_counter(row, BOARD_DROPS, sums, VIEW_drops);
	if (live)
		add_counter(row, BOARD_LIVE, sums, VIEW_live);
}

struct rows {
	struct board_row *list;
	size_t n;
};

static struct board_row *find(struct rows *rows, const struct board_row *row, unsigned int quiet)
{
	for (size_t i = 0; i < rows->n; i++)
		if (is_same(&rows->list[i], row))
			return &rows->list[i];
	rows->list = realloc(rows->list, (rows->n + 1) * sizeof(*rows->list));
	rows->list[rows->n] = *row;
	rows->list[rows->n].quiet = quiet;
	return &rows->list[rows->n++];
}

/* All windows of a frame that is so many frames before the one that is asked for. */
static void find_in_frame(const struct naive_board *b, const struct board_query *q, uint64_t level_ms,
			  uint64_t slot_ns, unsigned int quiet, struct rows *rows)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct naive_window *n = &b->windows[i];
		bool live = naive_has_last_live(b, n);

		if (level_of(&n->w) != level_ms || n->w.slot_ns != slot_ns)
			continue;
		for (size_t k = 0; k < n->w.n_flows; k++) {
			const struct view_flow *flow = &n->w.flows[k];
			struct board_row row, *found;

			if (!row_of(q, &n->w, flow, &row))
				continue;
			found = find(rows, &row, quiet);
			if (!quiet)
				add_flow(found, &flow->sums, q->way, live);
		}
	}
}

/* --- sorting ------------------------------------------------------------------------ */

static int64_t compare_address(const uint8_t *a, uint8_t a_bits, const uint8_t *b, uint8_t b_bits)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool a_v6 = a_bits < 96 || memcmp(a, mapped, 12), b_v6 = b_bits < 96 || memcmp(b, mapped, 12);

	if (a_v6 != b_v6)
		return a_v6 ? 1 : -1;
	if ((a_bits < 128) != (b_bits < 128))
		return a_bits < 128 ? 1 : -1;
	return memcmp(a, b, 16) ? memcmp(a, b, 16) : (int)a_bits - b_bits;
}

static int compare_keys(const struct view_key *a, const struct view_key *b)
{
	/* Fields that keys lack are 0 in both. */
	const int64_t order[] = {
		(int64_t)a->has - b->has,
		(int64_t)a->direction - b->direction, (int64_t)a->proto - b->proto,
		compare_address(a->src, a->src_bits, b->src, b->src_bits), (int64_t)a->sport - b->sport,
		compare_address(a->dst, a->dst_bits, b->dst, b->dst_bits), (int64_t)a->dport - b->dport,
		(int64_t)a->icmp_type - b->icmp_type, (int64_t)a->icmp_code - b->icmp_code,
		compare_address(a->nat_src, a->nat_src_bits, b->nat_src, b->nat_src_bits),
		(int64_t)a->nat_sport - b->nat_sport,
		compare_address(a->nat_dst, a->nat_dst_bits, b->nat_dst, b->nat_dst_bits),
		(int64_t)a->nat_dport - b->nat_dport,
		(int64_t)a->zone - b->zone, (int64_t)a->mark - b->mark, (int64_t)a->iif - b->iif,
		(int64_t)a->oif - b->oif, (int64_t)a->src_label - b->src_label,
		(int64_t)a->dst_label - b->dst_label, (int64_t)a->mark_label - b->mark_label,
		(int64_t)a->prefix - b->prefix, (int64_t)a->rule - b->rule,
		(int64_t)a->comment - b->comment,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i])
			return order[i] < 0 ? -1 : 1;
	return 0;
}

static const struct board_query *sorting;

static int compare_rows(const void *a, const void *b)
{
	const struct board_row *v = a, *w = b;
	uint64_t x = v->of[sorting->sort], y = w->of[sorting->sort];

	if (x != y)
		return (x > y) == sorting->reverse ? 1 : -1;
	if (v->other != w->other)
		return v->other ? 1 : -1;
	if (v->host != w->host)
		return v->host > w->host ? 1 : -1;
	return compare_keys(&v->key, &w->key);
}

/* --- asking ------------------------------------------------------------------------- */

static uint64_t level_named(const struct naive_board *b, uint64_t level_ms)
{
	uint64_t shortest;

	return level_ms || !naive_levels(b, &shortest, 1) ? level_ms : shortest;
}

static bool is_partial(const struct board_frame *f)
{
	return f->status != WINDOW_OK || f->skipped;
}

long naive_ask(const struct naive_board *b, const struct board_query *q, struct board_frame *frame,
	       struct board_row **rows)
{
	uint64_t slots[MAX_FRAMES], level_ms = level_named(b, q->level_ms);
	size_t n = naive_frames(b, level_ms, slots, MAX_FRAMES);
	struct rows found = { 0 };

	memset(frame, 0, sizeof(*frame));
	*rows = NULL;
	if (q->back >= n)
		return 0;
	*frame = naive_frame(b, level_ms, slots[q->back]);
	for (size_t i = 0; i < BOARD_HISTORY && q->back + i < n; i++) {
		struct board_frame f = naive_frame(b, level_ms, slots[q->back + i]);

		frame->partial += is_partial(&f);
	}
	for (unsigned int i = 0; i <= BOARD_HISTORY && q->back + i < n; i++)
		find_in_frame(b, q, level_ms, slots[q->back + i], i, &found);
	sorting = q;
	if (found.n)
		qsort(found.list, found.n, sizeof(*found.list), compare_rows);
	*rows = found.list;
	return found.n;
}

void naive_history(const struct naive_board *b, const struct board_query *q,
		   const struct board_row *row, uint64_t of[BOARD_HISTORY],
		   bool present[BOARD_HISTORY], bool partial[BOARD_HISTORY])
{
	uint64_t slots[MAX_FRAMES], level_ms = level_named(b, q->level_ms);
	size_t n = naive_frames(b, level_ms, slots, MAX_FRAMES);

	for (size_t i = 0; i < BOARD_HISTORY; i++) {
		size_t back = q->back + BOARD_HISTORY - 1 - i;
		struct board_row sums = { 0 }, its;
		struct board_frame f;

		of[i] = present[i] = partial[i] = 0;
		if (back >= n)
			continue;
		f = naive_frame(b, level_ms, slots[back]);
		present[i] = true;
		partial[i] = is_partial(&f);
		for (size_t k = 0; k < b->n; k++) {
			const struct naive_window *w = &b->windows[k];

			if (level_of(&w->w) != level_ms || w->w.slot_ns != slots[back])
				continue;
			for (size_t j = 0; j < w->w.n_flows; j++) {
				const struct view_flow *flow = &w->w.flows[j];

				if (row ? row_of(q, &w->w, flow, &its) && is_same(row, &its) :
					  is_selected(q, flow))
					add_flow(&sums, &flow->sums, q->way,
						 naive_has_last_live(b, w));
			}
		}
		of[i] = sums.of[q->sort];
	}
}
