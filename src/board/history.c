/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/code.h"
#include "board/columns.h"
#include "board/group.h"
#include "board/parts.h"
#include "flow/sums.h"

/* What is added up.
 *
 * counters  n of them
 * which     flows count
 * host      of THOSE_IN and ALL: of this host alone; NULL: of all hosts
 * id        of ONE: that of the key
 * code      of THOSE_IN: of the row, when code_len is not 0
 * is_in     of THOSE_IN, by the id of a key: whether its flows count
 */
struct asked {
	struct board *b;
	struct board_group_by by;
	enum board_counter counters[2];
	size_t n;
	enum { ALL, NONE, ONE, THOSE_IN } which;
	const uint32_t *host;
	uint32_t id;
	uint8_t code[BOARD_CODE_MAX];
	size_t code_len;
	uint8_t *is_in;
};

enum { NOT_KNOWN, OUT, IN };

/* Whether flows with this key are selected, and in the row. */
static bool look(const struct asked *q, uint32_t id)
{
	uint8_t code[BOARD_CODE_MAX];
	size_t len, flow_len;
	const uint8_t *flow = board_keys_code(q->b->keys, id, &flow_len);

	return board_group_code(&q->by, flow, code, &len) &&
	       (!q->code_len || (len == q->code_len && !memcmp(code, q->code, len)));
}

static inline bool counts(struct asked *q, uint32_t id)
{
	if (q->is_in[id] == NOT_KNOWN)
		q->is_in[id] = look(q, id) ? IN : OUT;
	return q->is_in[id] == IN;
}

/* All bits of mask[i] are set when flow i of the block counts. */
static void find_in(struct asked *q, const struct board_packed *flows,
		    const struct board_block *block, uint64_t mask[BOARD_BLOCK])
{
	uint32_t ids[BOARD_BLOCK];

	if (q->which == ALL) {
		memset(mask, 0xff, BOARD_BLOCK * sizeof(*mask));
		return;
	}
	board_packed_ids(flows, block, ids);
	for (unsigned int i = 0; i < block->n; i++)
		mask[i] = -(uint64_t)counts(q, ids[i]);
}

/* The sum of one counter of a block. Of 8 bytes each, values could add up to more than 64 bits. */
static uint64_t add_values(const struct board_packed *flows, const struct board_block *block,
			   enum board_counter counter, const uint64_t mask[BOARD_BLOCK])
{
	uint64_t values[BOARD_BLOCK], sum = 0;
	unsigned int width = block->width[counter];

	if (!width)
		return 0;
	board_packed_values(flows, block, counter, values);
	for (unsigned int i = 0; width < sizeof(sum) && i < block->n; i++)
		sum += values[i] & mask[i];
	for (unsigned int i = 0; width == sizeof(sum) && i < block->n; i++)
		sum = flow_sums_capped(sum, values[i] & mask[i]);
	return sum;
}

static uint64_t add_block(struct asked *q, const struct board_packed *flows,
			  const struct board_block *block, uint64_t sum)
{
	uint64_t mask[BOARD_BLOCK];

	find_in(q, flows, block, mask);
	for (size_t c = 0; c < q->n; c++)
		sum = flow_sums_capped(sum, add_values(flows, block, q->counters[c], mask));
	return sum;
}

static uint64_t add_window(struct asked *q, const struct frame_window *w, uint64_t sum)
{
	if ((q->host && w->host != *q->host) || (q->counters[0] == BOARD_live && !w->last))
		return sum;
	for (size_t c = 0; q->which == ONE && c < q->n; c++)
		sum = flow_sums_capped(sum, board_packed_value(&w->flows, q->id, q->counters[c]));
	for (size_t i = 0; q->which != ONE && i < w->flows.n_blocks; i++)
		sum = add_block(q, &w->flows, &w->flows.blocks[i], sum);
	return sum;
}

static uint64_t add_frame(struct asked *q, const struct frame *f)
{
	uint64_t sum = 0;

	for (size_t i = 0; q->which != NONE && i < f->n; i++)
		sum = add_window(q, &f->windows[i], sum);
	return sum;
}

/* A flow is looked for by its id. */
static void prepare_flow(struct asked *q, const struct board_row *row)
{
	size_t len = board_group_row(BOARD_FLOWS, row, q->code);
	int64_t id = board_keys_find(q->b->keys, q->code, len);

	q->which = NONE;
	if (id < 0 || !look(q, id))
		return;
	q->which = ONE;
	q->id = id;
}

static int prepare(struct asked *q, const struct board_query *query, const struct board_row *row)
{
	bool has_codes = row && board_group_has_codes(query->group);

	q->by = board_group_by(query);
	q->n = board_column_counters(query->sort, query->way, q->counters);
	if (row && query->group == BOARD_FLOWS) {
		prepare_flow(q, row);
		return 0;
	}
	if (row && query->group == BOARD_HOST)
		q->host = &row->host;
	if (has_codes)
		q->code_len = board_group_row(query->group, row, q->code);
	else
		q->by.group = BOARD_FLOWS;	/* any group: all flows that are selected */
	q->which = has_codes || q->by.select ? THOSE_IN : ALL;
	if (q->which == ALL)
		return 0;
	q->is_in = calloc((size_t)board_keys_end(q->b->keys) + 1, sizeof(*q->is_in));
	return q->is_in ? 0 : -ENOMEM;
}

int board_history(struct board *b, const struct board_query *query, const struct board_row *row,
		  uint64_t of[BOARD_HISTORY], bool present[BOARD_HISTORY],
		  bool partial[BOARD_HISTORY])
{
	const struct board_level *level = board_level(b, query->level_ms);
	struct asked q = { .b = b };
	int err = prepare(&q, query, row);

	for (size_t i = 0; i < BOARD_HISTORY; i++) {
		const struct frame *f = NULL;

		if (!err && level && query->back < level->n)
			f = board_frame_back(level, query->back + BOARD_HISTORY - 1 - i);

		present[i] = f;
		partial[i] = f && frame_is_partial(f);
		of[i] = f ? add_frame(&q, f) : 0;
	}
	free(q.is_in);
	return err;
}
