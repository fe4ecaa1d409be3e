/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board/code.h"
#include "board/columns.h"
#include "board/group.h"
#include "board/parts.h"
#include "hash/grow.h"

/* In place[]. */
#define HIDDEN 1	/* the flow is in no row */
#define FIRST_PLACE 2

int board_answer_open(struct board_answer **out)
{
	struct board_answer *a = calloc(1, sizeof(*a));

	if (!a || board_keys_open(&a->groups)) {
		free(a);
		return -ENOMEM;
	}
	/* Before the kernel has random bytes, rows are sorted as well. */
	if (getrandom(&a->chance, sizeof(a->chance), GRND_NONBLOCK) < 0)
		a->chance = 0;
	*out = a;
	return 0;
}

void board_answer_forget(struct board_answer *a)
{
	a->n = a->n_sums = 0;
	a->found_all = false;
}

void board_answer_close(struct board_answer *a)
{
	if (!a)
		return;
	board_keys_close(a->groups);
	free(a->place);
	free(a->found);
	free(a->sums);
	free(a->order);
	free(a->parts);
	free(a);
}

/* The codes of the rows. */
static const struct board_keys *codes(const struct board *b)
{
	return b->answer->query.group == BOARD_FLOWS ? b->keys : b->answer->groups;
}

const uint8_t *board_found_code(const struct board *b, uint32_t at, size_t *len)
{
	return board_keys_code(codes(b), b->answer->found[at].row, len);
}

/* --- finding ------------------------------------------------------------------------ */

/* host_place  BOARD_HOST: the place of the row of the window's host; 0: it has not been found yet */
struct asked {
	struct board *b;
	struct board_group_by by;
	uint32_t host_place;
};

static int find_row(struct board_answer *a, uint32_t row, unsigned int quiet)
{
	if (a->n == UINT32_MAX - FIRST_PLACE ||
	    !grow_items((void **)&a->found, &a->found_room, a->n + 1, sizeof(*a->found)))
		return -ENOMEM;
	if (!quiet) {
		if (!grow_items((void **)&a->sums, &a->sums_room, a->n + 1, sizeof(*a->sums)))
			return -ENOMEM;
		memset(&a->sums[a->n_sums++], 0, sizeof(*a->sums));
	}
	a->found[a->n++] = (struct board_found){ row, quiet };
	return 0;
}

/* Find the row with this code. The rows of groups are found in the order of their ids. */
static int find_code(struct board_answer *a, const uint8_t *code, size_t len, unsigned int quiet,
		     uint32_t *place)
{
	uint32_t row;
	int err = board_keys_hold(a->groups, code, len, &row);

	if (!err && row == a->n)
		err = find_row(a, row, quiet);
	*place = FIRST_PLACE + row;
	return err;
}

/* Find the row of a key that is met for the first time, by its id. */
static int look(struct asked *q, uint32_t id, unsigned int quiet)
{
	struct board_answer *a = q->b->answer;
	uint32_t *place = &a->place[id];
	uint8_t code[BOARD_CODE_MAX];
	size_t len;

	if (!board_group_code(&q->by, board_keys_code(q->b->keys, id, &len), code, &len)) {
		*place = HIDDEN;
		return 0;
	}
	*place = FIRST_PLACE + a->n;
	if (q->by.group == BOARD_FLOWS)
		return find_row(a, id, quiet);
	return q->by.group == BOARD_HOST ? 0 : find_code(a, code, len, quiet, place);
}

/* The place of the row that a flow of the window counts in; or HIDDEN. */
static int place_of(struct asked *q, const struct frame_window *w, uint32_t id, unsigned int quiet,
		    uint32_t *place)
{
	struct board_answer *a = q->b->answer;
	uint8_t code[BOARD_CODE_MAX];
	int err = a->place[id] ? 0 : look(q, id, quiet);

	*place = a->place[id];
	if (err || *place == HIDDEN || q->by.group != BOARD_HOST)
		return err;
	if (!q->host_place)
		err = find_code(a, code, board_code_host(code, w->host), quiet, &q->host_place);
	*place = q->host_place;
	return err;
}

/* Find the rows of a window that is `quiet' frames before the one that is asked for. */
static int find_quiet(struct asked *q, const struct frame_window *w, unsigned int quiet)
{
	const uint32_t *known = q->b->answer->place;
	uint32_t ids[BOARD_BLOCK], place;
	int err = 0;

	for (size_t i = 0; !err && !q->host_place && i < w->flows.n_blocks; i++) {
		const struct board_block *block = &w->flows.blocks[i];

		board_packed_ids(&w->flows, block, ids);
		for (unsigned int k = 0; !err && k < block->n; k++)
			if (!known[ids[k]] || q->by.group == BOARD_HOST)
				err = place_of(q, w, ids[k], quiet, &place);
	}
	return err;
}

/* The flows of a block, as they count in sums. */
static void read_block(const struct frame_window *w, const struct board_block *block,
		       uint32_t ids[BOARD_BLOCK], struct board_sums sums[BOARD_BLOCK])
{
	uint8_t known[BOARD_BLOCK], unknown[BOARD_BLOCK];
	uint64_t values[BOARD_BLOCK];
	uint8_t counts = w->last ? 0xff : 0xff & ~(1u << BOARD_live);

	board_packed_ids(&w->flows, block, ids);
	board_packed_masks(&w->flows, block, known, unknown);
	for (unsigned int k = 0; k < block->n; k++) {
		sums[k].known = known[k] & counts;
		sums[k].unknown = unknown[k] & counts;
	}
	for (unsigned int c = 0; c < BOARD_N_COUNTERS; c++) {
		board_packed_values(&w->flows, block, c, values);
		for (unsigned int k = 0; k < block->n; k++)
			sums[k].of[c] = counts >> c & 1 ? values[k] : 0;
	}
}

/* Find the rows of a window of the frame that is asked for, and add up. */
static int find_sums(struct asked *q, const struct frame_window *w)
{
	struct board_sums sums[BOARD_BLOCK];
	uint32_t ids[BOARD_BLOCK], place;
	int err = 0;

	for (size_t i = 0; !err && i < w->flows.n_blocks; i++) {
		const struct board_block *block = &w->flows.blocks[i];

		read_block(w, block, ids, sums);
		for (unsigned int k = 0; !err && k < block->n; k++) {
			err = place_of(q, w, ids[k], 0, &place);
			if (!err && place != HIDDEN)
				board_sums_add(&q->b->answer->sums[place - FIRST_PLACE], &sums[k]);
		}
	}
	return err;
}

/* Whether the rows of this question have been found. */
static bool is_found(const struct board_answer *a, const struct board_query *q,
		     const struct flow_select *select)
{
	return a->found_all && a->query.level_ms == q->level_ms && a->query.back == q->back &&
	       a->query.group == q->group && !a->query.select == !select &&
	       /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c): at worst the rows are found again */
	       (!select || !memcmp(&a->select, select, sizeof(*select)));
}

static bool is_in_order(const struct board_answer *a, const struct board_query *q)
{
	return a->query.sort == q->sort && a->query.reverse == q->reverse && a->query.way == q->way;
}

/* Forget the last answer, and have a place for each key. */
static int begin(struct board *b, const struct board_query *q, const struct flow_select *select)
{
	struct board_answer *a = b->answer;
	size_t n = board_keys_end(b->keys);

	board_answer_forget(a);
	a->query = *q;
	a->query.select = select;
	if (select)
		memcpy(&a->select, select, sizeof(a->select));
	board_keys_clear(a->groups);
	if (!grow_items((void **)&a->place, &a->place_room, n, sizeof(*a->place)))
		return -ENOMEM;
	if (n)
		memset(a->place, 0, n * sizeof(*a->place));
	return 0;
}

static int find_all(struct board *b, const struct board_query *q, const struct board_level *level)
{
	struct asked asked = { .b = b, .by = board_group_by(q) };
	int err = begin(b, q, asked.by.select);

	for (unsigned int quiet = 0; !err && quiet <= BOARD_HISTORY; quiet++) {
		const struct frame *f = board_frame_back(level, q->back + quiet);

		for (size_t i = 0; !err && f && i < f->n; i++) {
			asked.host_place = 0;
			err = quiet ? find_quiet(&asked, &f->windows[i], quiet) :
				      find_sums(&asked, &f->windows[i]);
		}
	}
	b->answer->found_all = !err;
	return err;
}

/* --- answering ---------------------------------------------------------------------- */

static void say(struct board_frame *says, const struct board_level *level, size_t back)
{
	*says = board_frame_back(level, back)->says;
	for (size_t i = 0; i < BOARD_HISTORY && back + i < level->n; i++)
		says->partial += frame_is_partial(level->frames[level->n - 1 - back - i]);
}

long board_ask(struct board *b, const struct board_query *q, struct board_frame *frame)
{
	const struct board_level *level = board_level(b, q->level_ms);
	struct board_answer *a = b->answer;
	int err = 0;

	memset(frame, 0, sizeof(*frame));
	if (!board_frame_back(level, q->back)) {
		board_answer_forget(a);
		return 0;
	}
	say(frame, level, q->back);
	if (!is_found(a, q, board_group_by(q).select))
		err = find_all(b, q, level);
	else if (is_in_order(a, q))
		return a->n;
	a->query.sort = q->sort;
	a->query.reverse = q->reverse;
	a->query.way = q->way;
	if (!err)
		err = board_order_begin(b);
	if (err)
		board_answer_forget(a);
	return err ? err : (long)a->n;
}

void board_row(const struct board *b, size_t i, struct board_row *row)
{
	const struct board_answer *a = b->answer;
	uint32_t at = board_order_at(b, i);
	struct board_meaning meaning;
	size_t len;

	memset(row, 0, sizeof(*row));
	board_code_read(board_found_code(b, at, &len), &meaning);
	row->key = meaning.key;
	row->host = meaning.host;
	row->other = meaning.other;
	row->quiet = a->found[at].quiet;
	if (at < a->n_sums)
		board_columns(row, &a->sums[at], a->query.way);
}

long board_find(const struct board *b, const struct board_row *row)
{
	const struct board_answer *a = b->answer;
	enum board_group group = a->query.group;
	uint8_t code[BOARD_CODE_MAX];
	size_t len = board_group_row(group, row, code);
	int64_t at = board_keys_find(codes(b), code, len);

	if (!a->n || at < 0)
		return -1;
	if (group == BOARD_FLOWS)
		at = a->place[at] < FIRST_PLACE ? -1 : (int64_t)a->place[at] - FIRST_PLACE;
	return at < 0 ? -1 : (long)board_order_of(b, at);
}
