/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "board/parts.h"
#include "flow/sums.h"
#include "hash/grow.h"

static size_t level_at(const struct board *b, uint64_t level_ms)
{
	size_t at = 0;

	while (at < b->n_levels && b->levels[at].ms < level_ms)
		at++;
	return at;
}

const struct board_level *board_level(const struct board *b, uint64_t level_ms)
{
	size_t at = level_at(b, level_ms);

	if (at == b->n_levels || (level_ms && b->levels[at].ms != level_ms))
		return NULL;
	return &b->levels[at];
}

struct frame *board_frame_back(const struct board_level *level, size_t back)
{
	struct frame *f;

	if (!level || back >= level->n)
		return NULL;
	f = level->frames[level->n - 1 - back];
	frame_settle(f);
	return f;
}

/* The first frame of the level whose slot is not before this one. */
static size_t frame_at(const struct board_level *level, uint64_t slot_ns)
{
	size_t low = 0, high = level->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (level->frames[middle]->says.slot_ns < slot_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How far back the frame of a slot is; see board.h. */
size_t board_back(const struct board *b, uint64_t level_ms, uint64_t slot_ns)
{
	const struct board_level *level = board_level(b, level_ms);
	size_t at;

	if (!level)
		return 0;
	at = frame_at(level, slot_ns);
	if (at == level->n || level->frames[at]->says.slot_ns > slot_ns)
		at -= at > 0;
	return level->n - 1 - at;
}

/* --- making ------------------------------------------------------------------------- */

static uint64_t name_of(const struct view_window *w)
{
	return w->window_ms ? w->window_ms : BOARD_SNAPSHOTS;
}

/* The level of this name, perhaps a new one without frames. */
static struct board_level *make_level(struct board *b, uint64_t ms)
{
	size_t at = level_at(b, ms);

	if (at < b->n_levels && b->levels[at].ms == ms)
		return &b->levels[at];
	if (!grow_items((void **)&b->levels, &b->levels_room, b->n_levels + 1, sizeof(*b->levels)))
		return NULL;
	memmove(&b->levels[at + 1], &b->levels[at], (b->n_levels - at) * sizeof(*b->levels));
	b->levels[at] = (struct board_level){ .ms = ms };
	b->n_levels++;
	return &b->levels[at];
}

static void remove_level_if_empty(struct board *b, struct board_level *level)
{
	size_t at = level - b->levels;

	if (level->n)
		return;
	free(level->frames);
	b->n_levels--;
	memmove(level, level + 1, (b->n_levels - at) * sizeof(*b->levels));
}

static struct frame *insert_frame(struct board_level *level, size_t at, uint64_t slot_ns)
{
	struct frame *f;

	if (!grow_items((void **)&level->frames, &level->room, level->n + 1, sizeof(*level->frames)))
		return NULL;
	f = frame_new(level->ms, slot_ns);
	if (!f || frame_reserve(f)) {
		frame_free(f);
		return NULL;
	}
	memmove(&level->frames[at + 1], &level->frames[at], (level->n - at) * sizeof(*level->frames));
	level->frames[at] = f;
	level->n++;
	return f;
}

static struct frame *make_frame(struct board_level *level, uint64_t slot_ns)
{
	size_t at = frame_at(level, slot_ns);
	struct frame *f;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): below n there are frames */
	if (at == level->n || level->frames[at]->says.slot_ns != slot_ns)
		return insert_frame(level, at, slot_ns);
	f = level->frames[at];
	return frame_reserve(f) ? NULL : f;
}

struct frame *board_frame_for(struct board *b, const struct view_window *w)
{
	struct board_level *level = make_level(b, name_of(w));
	struct frame *f;

	if (!level)
		return NULL;
	f = make_frame(level, w->slot_ns);
	if (f) {
		f->says.skipped = flow_sums_capped(f->says.skipped, b->skipped - level->skipped);
		level->skipped = b->skipped;
	}
	remove_level_if_empty(b, level);
	return f;
}

/* --- forgetting --------------------------------------------------------------------- */

/* Forget a frame. The level stays, even without frames. */
static void forget(struct board *b, struct board_level *level, size_t at)
{
	struct frame *f = level->frames[at];

	for (size_t i = 0; i < f->n; i++)
		board_release(b, &f->windows[i].flows);
	b->bytes -= f->counted;
	b->forgotten++;
	frame_free(f);
	level->n--;
	memmove(&level->frames[at], &level->frames[at + 1], (level->n - at) * sizeof(*level->frames));
}

/* A clock was stepped back when later frames have earlier windows of the same run. */
static void forget_later(struct board *b, const struct view_window *w)
{
	struct board_level *level = &b->levels[level_at(b, name_of(w))];
	size_t at = frame_at(level, w->slot_ns) + 1;

	while (at < level->n)
		if (frame_is_before(level->frames[at], w))
			forget(b, level, at);
		else
			at++;
}

/* Forget the oldest frame, but not the frame `kept', of the level that has the most frames. Returns
 * whether there is another frame. */
static bool forget_oldest(struct board *b, const struct frame *kept)
{
	struct board_level *most = NULL;

	for (size_t i = 0; i < b->n_levels; i++) {
		struct board_level *level = &b->levels[i];

		if (level->n == 1 && level->frames[0] == kept)
			continue;
		if (!most || level->n > most->n)
			most = level;
	}
	if (!most)
		return false;
	forget(b, most, most->frames[0] == kept);
	remove_level_if_empty(b, most);
	return true;
}

void board_forget(struct board *b, const struct view_window *w, const struct frame *kept)
{
	forget_later(b, w);
	while (b->bytes + board_keys_bytes(b->keys) > b->max_bytes && forget_oldest(b, kept))
		;
}

void board_levels_close(struct board *b)
{
	for (size_t i = 0; i < b->n_levels; i++) {
		for (size_t k = 0; k < b->levels[i].n; k++)
			frame_free(b->levels[i].frames[k]);
		free(b->levels[i].frames);
	}
	free(b->levels);
}
