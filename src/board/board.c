/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "board/parts.h"
#include "flow/sums.h"

int board_open(struct board **out, size_t max_bytes)
{
	struct board *b = calloc(1, sizeof(*b));

	if (!b || board_keys_open(&b->keys) || board_answer_open(&b->answer)) {
		board_close(b);
		return -ENOMEM;
	}
	b->max_bytes = max_bytes;
	*out = b;
	return 0;
}

void board_close(struct board *b)
{
	if (!b)
		return;
	board_levels_close(b);
	board_answer_close(b->answer);
	board_keys_close(b->keys);
	free(b);
}

void board_skipped(struct board *b, uint64_t n)
{
	b->skipped = flow_sums_capped(b->skipped, n);
}

size_t board_levels(const struct board *b, uint64_t *ms, size_t max)
{
	size_t n = b->n_levels < max ? b->n_levels : max;

	for (size_t i = 0; i < n; i++)
		ms[i] = b->levels[i].ms;
	return n;
}

size_t board_frames(const struct board *b, uint64_t level_ms)
{
	const struct board_level *level = board_level(b, level_ms);

	return level ? level->n : 0;
}

uint64_t board_forgotten(const struct board *b)
{
	return b->forgotten;
}
