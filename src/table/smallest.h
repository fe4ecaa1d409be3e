/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_SMALLEST_H
#define CTAGG_TABLE_SMALLEST_H

#include <stdint.h>

/* Rows by their size, to take the smallest out again and again: the radix heap of
 * Ahuja, Mehlhorn, Orlin and Tarjan (1990). No size that is put in is below that of the
 * row taken last, so a row's bucket is the highest bit in which the two differ. A row
 * only ever moves to a lower bucket, 64 times at most; where sizes differ by little,
 * once. Rows of the same size come out in the order in which they were put in. */
struct smallest {
	struct smallest_row {
		uint64_t size;	/* 0 when it is not in */
		uint32_t next;	/* in the same bucket: row number + 1; 0 is none */
	} *rows;
	uint32_t n;		/* of them */
	struct {
		uint32_t first, last;	/* row numbers + 1; first is 0: empty */
	} buckets[65];
	uint64_t used;		/* bit i: bucket i + 1 is not empty */
	uint64_t taken;		/* the size of the row taken last */
};

/* For the rows 0 to n - 1. Returns 0 or -ENOMEM. */
int smallest_open(struct smallest *s, uint32_t n);

/* Put a row in that is not in. A size below that of the row taken last counts as
 * that. */
void smallest_put(struct smallest *s, uint32_t row, uint64_t size);

/* Take the smallest row out, of one at least; *size is what it was put in with. */
uint32_t smallest_take(struct smallest *s, uint64_t *size);

/* The row that would come out n (0 or more) after the next one, as far as that is
 * known, else UINT32_MAX: for fetching it from memory early. */
static inline uint32_t smallest_next(const struct smallest *s, int n)
{
	uint32_t row = s->buckets[0].first;

	for (; row && n; n--)
		row = s->rows[row - 1].next;
	return row - 1;
}

void smallest_clear(struct smallest *s);
void smallest_close(struct smallest *s);	/* one that is all zero is fine */

#endif
