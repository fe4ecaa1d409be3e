/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "board/code.h"
#include "board/columns.h"
#include "board/parts.h"
#include "hash/grow.h"

/* The order of an answer is found by quicksort (Hoare, 1962), which splits only those parts that
 * somebody wants to see: of a million rows the first fifty are known after about three looks at each
 * row. */

#define SMALL 64	/* rows of a part that is sorted as a whole */

/* What decides where a row stands. */
struct sort_key {
	uint64_t value;		/* smaller ones stand first */
	const uint8_t *code;
	size_t len;
};

static struct sort_key sort_key(const struct board *b, uint32_t at)
{
	const struct board_answer *a = b->answer;
	const struct board_query *q = &a->query;
	uint64_t value = at < a->n_sums ? board_column(&a->sums[at], q->sort, q->way) : 0;
	struct sort_key key = { .value = q->reverse ? value : ~value };

	key.code = board_found_code(b, at, &key.len);
	return key;
}

/* Whether a row stands before another one. Two rows have different codes. */
static bool is_before(const struct sort_key *a, const struct sort_key *b)
{
	if (a->value != b->value)
		return a->value < b->value;
	return board_code_compare(a->code, a->len, b->code, b->len) < 0;
}

static bool row_is_before(const struct board *b, uint32_t at, const struct sort_key *other)
{
	struct sort_key key = sort_key(b, at);

	return is_before(&key, other);
}

static bool row_is_behind(const struct board *b, uint32_t at, const struct sort_key *other)
{
	struct sort_key key = sort_key(b, at);

	return is_before(other, &key);
}

/* Sort a few rows by insertion. */
static void sort_small(const struct board *b, uint32_t *order, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct sort_key key = sort_key(b, order[i]);
		uint32_t at = order[i];
		size_t k = i;

		for (; k && row_is_behind(b, order[k - 1], &key); k--)
			order[k] = order[k - 1];
		order[k] = at;
	}
}

/* The one in the middle of three. */
static struct sort_key middle_of(struct sort_key a, struct sort_key b, struct sort_key c)
{
	if (is_before(&b, &a)) {
		struct sort_key swapped = a;

		a = b;
		b = swapped;
	}
	if (is_before(&b, &c))
		return b;
	return is_before(&a, &c) ? c : a;
}

/* One of n rows, by chance: nobody can send flows in an order that makes sorting slow. */
static struct sort_key any_row(const struct board *b, const uint32_t *order, size_t n)
{
	b->answer->chance = b->answer->chance * 6364136223846793005ULL + 1442695040888963407ULL;
	return sort_key(b, order[(b->answer->chance >> 33) % n]);
}

/* Move rows so that all of the first ones stand before all of the others. Returns how many the
 * first ones are: not 0, and not n, as the row that parts them is between two others. */
static size_t split(const struct board *b, uint32_t *order, size_t n)
{
	struct sort_key low = any_row(b, order, n / 3), high = any_row(b, order + n / 3 * 2, n / 3);
	struct sort_key pivot = middle_of(low, any_row(b, order + n / 3, n / 3), high);

	for (size_t i = 0, k = n - 1;; i++, k--) {
		uint32_t swapped;

		while (row_is_before(b, order[i], &pivot))
			i++;
		while (row_is_behind(b, order[k], &pivot))
			k--;
		if (i >= k)
			return k + 1;
		swapped = order[i];
		order[i] = order[k];
		order[k] = swapped;
	}
}

/* --- parts -------------------------------------------------------------------------- */

int board_order_begin(const struct board *b)
{
	struct board_answer *a = b->answer;

	if (!grow_items((void **)&a->order, &a->order_room, a->n, sizeof(*a->order)) ||
	    !grow_items((void **)&a->parts, &a->parts_room, 1, sizeof(*a->parts)))
		return -ENOMEM;
	for (size_t i = 0; i < a->n; i++)
		a->order[i] = i;
	a->parts[0] = (struct board_part){ .sorted = false };
	a->n_parts = 1;
	return 0;
}

/* The part in which the i-th row is. */
static size_t part_of(const struct board_answer *a, size_t i)
{
	size_t low = 0, high = a->n_parts;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (a->parts[middle].begin <= i)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static size_t part_end(const struct board_answer *a, size_t part)
{
	return part + 1 < a->n_parts ? a->parts[part + 1].begin : a->n;
}

/* Split a part, or sort the part when it is small. Without memory for one more part the part is
 * sorted as a whole, which takes longer. */
static void refine(const struct board *b, size_t part)
{
	struct board_answer *a = b->answer;
	size_t begin = a->parts[part].begin, n = part_end(a, part) - begin;
	bool can_split = grow_items((void **)&a->parts, &a->parts_room, a->n_parts + 1,
				    sizeof(*a->parts));
	size_t first;

	if (n <= SMALL || !can_split) {
		sort_small(b, a->order + begin, n);
		a->parts[part].sorted = true;
		return;
	}
	first = split(b, a->order + begin, n);
	memmove(&a->parts[part + 2], &a->parts[part + 1],
		(a->n_parts - part - 1) * sizeof(*a->parts));
	a->parts[part + 1] = (struct board_part){ .begin = begin + first };
	a->n_parts++;
}

uint32_t board_order_at(const struct board *b, size_t i)
{
	struct board_answer *a = b->answer;
	size_t part;

	while (!a->parts[part = part_of(a, i)].sorted)
		refine(b, part);
	return a->order[i];
}

size_t board_order_of(const struct board *b, uint32_t at)
{
	const struct board_answer *a = b->answer;
	struct sort_key key = sort_key(b, at);
	size_t i = 0, part, begin, end;

	while (a->order[i] != at)
		i++;
	part = part_of(a, i);
	if (a->parts[part].sorted)
		return i;
	begin = a->parts[part].begin;
	end = part_end(a, part);
	for (i = begin; begin < end; begin++)
		i += row_is_before(b, a->order[begin], &key);
	return i;
}
