/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/smallest.h"

int smallest_open(struct smallest *s, uint32_t n)
{
	memset(s, 0, sizeof(*s));
	s->n = n;
	s->rows = calloc(n, sizeof(*s->rows));
	return s->rows ? 0 : -ENOMEM;
}

static void append(struct smallest *s, unsigned int bucket, uint32_t row)
{
	s->rows[row].next = 0;
	if (s->buckets[bucket].first)
		s->rows[s->buckets[bucket].last - 1].next = row + 1;
	else
		s->buckets[bucket].first = row + 1;
	s->buckets[bucket].last = row + 1;
}

void smallest_put(struct smallest *s, uint32_t row, uint64_t size)
{
	unsigned int bit;

	if (size <= s->taken) {
		s->rows[row].size = s->taken;
		append(s, 0, row);
		return;
	}
	bit = 63 - __builtin_clzll(size ^ s->taken);
	s->rows[row].size = size;
	s->used |= 1ULL << bit;
	append(s, bit + 1, row);
}

/* Put the rows of a bucket again, in the order of their numbers, so that whoever takes them out
 * walks memory forwards. A row was in the bucket of `bit` when that is the highest bit in
 * which its size differs from `taken`, the size before refill(). */
static void put_again_in_order(struct smallest *s, unsigned int bit, uint64_t taken)
{
	for (uint32_t row = 0; row < s->n; row++)
		if ((s->rows[row].size ^ taken) >> bit == 1)
			smallest_put(s, row, s->rows[row].size);
}

/* Put the rows of a bucket again, in the order in which they stand there: for few rows. */
static void put_again(struct smallest *s, uint32_t first)
{
	for (uint32_t row = first, next; row; row = next) {
		next = s->rows[row - 1].next;
		smallest_put(s, row - 1, s->rows[row - 1].size);
	}
}

/* The first bucket is empty, so the smallest row is in the first one that is not. With the
 * size of this row as `taken`, all rows of its bucket belong to lower buckets, and the
 * smallest to the first. */
static void refill(struct smallest *s)
{
	unsigned int bit = __builtin_ctzll(s->used);
	uint32_t first = s->buckets[bit + 1].first, found = 0;
	uint64_t least = UINT64_MAX, taken = s->taken;

	s->used &= ~(1ULL << bit);
	s->buckets[bit + 1].first = 0;
	for (uint32_t row = first; row; row = s->rows[row - 1].next, found++)
		if (s->rows[row - 1].size < least)
			least = s->rows[row - 1].size;
	s->taken = least;
	if (found > s->n / 8)
		put_again_in_order(s, bit, taken);
	else
		put_again(s, first);
}

uint32_t smallest_take(struct smallest *s, uint64_t *size)
{
	uint32_t row;

	if (!s->buckets[0].first)
		refill(s);
	row = s->buckets[0].first - 1;
	s->buckets[0].first = s->rows[row].next;
	s->rows[row].size = 0;	/* in no bucket */
	*size = s->taken;
	return row;
}

void smallest_clear(struct smallest *s)
{
	memset(s->buckets, 0, sizeof(s->buckets));
	s->used = s->taken = 0;
}

void smallest_close(struct smallest *s)
{
	free(s->rows);
	s->rows = NULL;
}
