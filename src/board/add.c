/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "board/code.h"
#include "board/parts.h"

void board_release(struct board *b, const struct board_packed *flows)
{
	uint32_t ids[BOARD_BLOCK];

	for (size_t i = 0; i < flows->n_blocks; i++) {
		board_packed_ids(flows, &flows->blocks[i], ids);
		for (unsigned int k = 0; k < flows->blocks[i].n; k++)
			board_keys_release(b->keys, ids[k]);
	}
}

/* The flow with this number in the window, and the id of its key. */
struct numbered {
	uint32_t id, flow;
};

static int by_id(const void *a, const void *b)
{
	uint32_t v = ((const struct numbered *)a)->id, w = ((const struct numbered *)b)->id;

	return (v > w) - (v < w);
}

/* Hold the keys of n flows. Returns 0, or -ENOMEM and none is held. */
static int hold(struct board *b, const struct view_flow *flows, size_t n, struct numbered *to)
{
	uint8_t code[BOARD_CODE_MAX];

	for (size_t i = 0; i < n; i++) {
		size_t len = flows[i].other ? board_code_other(code) :
					      board_code_key(code, &flows[i].key);

		to[i].flow = i;
		if (!board_keys_hold(b->keys, code, len, &to[i].id))
			continue;
		while (i--)
			board_keys_release(b->keys, to[i].id);
		return -ENOMEM;
	}
	return 0;
}

/* Put the flows, which are sorted by id, into `to'. Flows with the same key become one, which holds
 * the key once. Returns how many flows that makes. */
static size_t merge(struct board *b, const struct view_flow *flows, const struct numbered *sorted,
		    size_t n, struct board_flow *to)
{
	size_t merged = 0;

	for (size_t i = 0; i < n; i++) {
		struct board_sums sums;

		board_sums_of(&sums, &flows[sorted[i].flow].sums);
		if (merged && to[merged - 1].id == sorted[i].id) {
			board_sums_add(&to[merged - 1].sums, &sums);
			board_keys_release(b->keys, sorted[i].id);
		} else {
			to[merged++] = (struct board_flow){ sorted[i].id, sums };
		}
	}
	return merged;
}

/* Pack the flows of a window, whose keys are held then. */
static int pack(struct board *b, const struct view_window *w, struct board_packed *to)
{
	struct numbered *numbered = calloc(w->n_flows + 1, sizeof(*numbered));
	struct board_flow *flows = calloc(w->n_flows + 1, sizeof(*flows));
	int err = numbered && flows ? hold(b, w->flows, w->n_flows, numbered) : -ENOMEM;
	size_t n;

	if (!err) {
		qsort(numbered, w->n_flows, sizeof(*numbered), by_id);
		n = merge(b, w->flows, numbered, w->n_flows, flows);
		err = board_pack(to, flows, n);
		for (size_t i = 0; err && i < n; i++)
			board_keys_release(b->keys, flows[i].id);
	}
	free(flows);
	free(numbered);
	return err;
}

int board_add(struct board *b, const struct view_window *w)
{
	struct board_packed flows;
	struct frame *f;
	int err;

	board_answer_forget(b->answer);
	err = pack(b, w, &flows);
	if (err)
		return err;
	f = board_frame_for(b, w);
	if (!f) {
		board_release(b, &flows);
		board_packed_free(&flows);
		return -ENOMEM;
	}
	frame_add(f, w, &flows, b->windows++);
	b->bytes += frame_bytes(f) - f->counted;
	f->counted = frame_bytes(f);
	board_forget(b, w, f);
	return 0;
}
