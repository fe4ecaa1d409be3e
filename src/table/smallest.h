/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_SMALLEST_H
#define CTAGG_TABLE_SMALLEST_H

#include <stdint.h>

/* Row numbers by the sizes of the rows, to take out the smallest row again and again: the radix
 * heap of Ahuja, Mehlhorn, Orlin and Tarjan (1990). No row is put in that is smaller than
 * `taken', the size of the row that was taken out last. So buckets can go by the highest bit in
 * which a row's size differs from `taken'. The first bucket has the rows whose size is equal to
 * `taken'; the next one, of bit 0, has the smallest rows after these. A row only ever moves to
 * a lower bucket, at most 64 times, and once where sizes differ by little. Rows of one size
 * come out in the order in which they were put in. */
struct smallest {
	struct smallest_row {
		uint64_t size;	/* as it was put in; 0: the row is not in */
		uint32_t next;	/* the next row of the bucket: number + 1; 0: none */
	} *rows;
	uint32_t n;		/* rows, in or not */
	struct {
		uint32_t first, last;	/* row numbers + 1; first is 0: the bucket is empty */
	} buckets[65];
	uint64_t used;		/* bit i: bucket i + 1 is not empty */
	uint64_t taken;		/* the size of the row that was taken out last */
};

/* Have room for the rows 0 to n - 1, none of which is in. Returns 0 or -ENOMEM. */
int smallest_open(struct smallest *s, uint32_t n);

/* Put in a row that is not in. A size smaller than that of the row that was taken out last is
 * taken for equal. */
void smallest_put(struct smallest *s, uint32_t row, uint64_t size);

/* Take out the smallest row, and say its size; at least one row must be in. */
uint32_t smallest_take(struct smallest *s, uint64_t *size);

/* The row that the n-th call of smallest_take() from now on returns, the next call being 0, or
 * UINT32_MAX where that is not known yet: for prefetching the row. */
static inline uint32_t smallest_next(const struct smallest *s, int n)
{
	uint32_t row = s->buckets[0].first;

	for (; row && n; n--)
		row = s->rows[row - 1].next;
	return row - 1;
}

/* No row is in any more. */
void smallest_clear(struct smallest *s);

void smallest_close(struct smallest *s);	/* all zero is fine */

#endif
