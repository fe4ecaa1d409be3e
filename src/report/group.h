/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_GROUP_H
#define CTAGG_REPORT_GROUP_H

#include <stddef.h>
#include <stdint.h>

#include "report/counts.h"
#include "report/keys.h"

/* Sums by key, in bounded memory. A group keeps up to max_rows rows apart. When it is full, the
 * smaller half of them is added up in one row, the rest. The sum over all rows and the rest is that
 * of all that was added, always. A key that was folded into the rest and comes again has a new row,
 * which lacks what is in the rest: its sums are too low by at most what report_group_lacks() says. */

/* How large a row is: by the first number, then by the second one. */
struct report_size {
	uint64_t of[2];
};
typedef struct report_size report_size_fn(const struct report_counts *sums);

/* born  how often rows had been folded when the row began */
struct report_row {
	struct report_key key;
	uint32_t born;
	struct report_counts sums;
};

/* keys        the rows, by number: struct report_row
 * rest        of rows that were folded; n_rest counts the rows: a key can have been in several
 * lacks       [i]: the largest sums of a row of the first fold, of the second ... of the i-th,
 *             added up; folds + 1 of them
 */
struct report_group {
	struct report_keys keys;
	size_t max_rows;
	report_size_fn *size;
	struct report_counts rest;
	uint64_t n_rest;
	struct report_counts *lacks;
	size_t folds, lacks_room;
};

/* A group of at least two rows. Returns 0 or -ENOMEM. */
int report_group_open(struct report_group *g, size_t max_rows, report_size_fn *size);
void report_group_close(struct report_group *g);	/* one that is all zero is fine */

/* Returns 0; or -ENOMEM, and the group is of no use any more. */
int report_group_add(struct report_group *g, const struct report_key *key,
		     const struct report_counts *sums);

/* The same with the hash that report_keys_expect() gave for the key. */
int report_group_add_by(struct report_group *g, const struct report_key *key, uint64_t hash,
			const struct report_counts *sums);

/* How much a row can lack at most. */
static inline const struct report_counts *report_group_lacks(const struct report_group *g,
							     const struct report_row *row)
{
	return &g->lacks[row->born];
}

static inline struct report_row *report_group_row(const struct report_group *g, size_t number)
{
	return report_keys_item(&g->keys, number);
}

/* A row in its place among others. */
struct report_place {
	struct report_size size;
	const struct report_row *row;
};

/* The rows, largest first, equal ones by their keys: an array of g->keys.n places that the caller
 * frees, and that is valid until a row is added. Returns 0 or -ENOMEM. */
int report_group_sort(const struct report_group *g, struct report_place **places);

#endif
