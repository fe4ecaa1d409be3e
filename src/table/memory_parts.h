/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_MEMORY_PARTS_H
#define CTAGG_TABLE_MEMORY_PARTS_H

#include "hash/hash_set.h"
#include "hash/sketch.h"
#include "table/memory.h"
#include "table/smallest.h"

/* Shared by the files of the memory table, which alone include this header. */

/* Rows stand packed in the order of their arrival, so that whoever reads all rows walks
 * memory forwards. An index leads from a key to its row: open addressing with linear
 * probing, never more than half full. A slot holds the number of a row and half of the hash
 * of the row's key, its tag. The tag says at which slot the search for the key begins, and a
 * row is only looked at when its tag is the right one. */
struct slot {
	uint32_t tag;
	uint32_t row;	/* row number + 1; 0 is free */
};

/* What the table knows of a row besides its sums: the hash of its key; and its error, which
 * is how much of the row's flow this table may have folded before, because the key had a row
 * that was evicted. */
struct rank {
	uint64_t hash, error;
};

/* The values of --distinct.
 *
 * cut    cuts keys into those of rows and values
 * key    of siphash(): values are kept as their hashes
 * rows   the values of each row; other, total: those of memory_other() and memory_total()
 */
struct distinct {
	struct flow_cut cut;
	uint64_t key[2];
	struct sketch *rows;
	struct sketch other, total;
};

#define NO_ROW UINT32_MAX

struct memory {
	bool evicts;
	enum top_by by;
	struct rank *ranks;
	/* Made when the table is full for the first time; `ranked` says whether it is there.
	 * It has all rows except `newest`. */
	struct smallest smallest;
	bool ranked;
	uint32_t newest;	/* was evicted last, and grows as its new flow's events come */
	/* The bound of memory_max_error() is the sum of two.
	 *
	 * inherited  what other tables had folded of a flow before they were merged here is
	 *            at most the sum of their bounds
	 * evicted    what this table has folded of a flow is at most the largest size that it
	 *            ever evicted. For a row's size is its counter plus its error, and the
	 *            error of a new row is the largest size evicted so far: so the size of
	 *            the flow's last row, when that was evicted, held all of the flow that
	 *            was folded until then */
	uint64_t inherited, evicted;
	struct slot *index;
	uint32_t mask;
	size_t key_bytes;
	struct flow_row *rows;
	uint32_t used, max_flows;
	struct hash_set folded;
	struct flow_sums other, total;
	bool capped;
	struct distinct *distinct;	/* NULL: without memory_distinct() */
};

static inline uint32_t memory_tag(uint64_t hash)
{
	return hash >> 32;
}

/* Prefetch memory that will be written. */
static inline void memory_fetch(const void *what, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 64)
		__builtin_prefetch((const char *)what + i, 1);
}

/* Add sums to sums of this table, and take note when a counter stops at FLOW_SUMS_MAX. */
static inline void memory_add_sums(struct memory *m, struct flow_sums *into, const struct flow_sums *from)
{
	m->capped |= flow_sums_add(into, from);
}

/* The table is full: fold the smallest row into `other`. Returns its number, for a new flow. */
uint32_t memory_make_room(struct memory *m);

/* --- memory_distinct.c: only for a table with memory_distinct() ---------------- */

/* Cut a finer key into the key of its row, and the hash of the value, which is returned; 0: no
 * value is known. */
uint64_t memory_distinct_cut(const struct distinct *d, struct flow_key *key);

/* Add a value (0: nothing) to those of the row that these sums are of, or of `other`; and to those
 * of the total. */
void memory_distinct_add(struct memory *m, const struct flow_sums *sums, uint64_t value);

/* Add the values of row number i of another table to those of the row that these sums are of, or of
 * `other`. */
void memory_distinct_add_row(struct memory *m, const struct flow_sums *sums,
			     const struct memory *from, size_t i);

/* Add the values of `other` and of the total of another table. */
void memory_distinct_add_rest(struct memory *m, const struct memory *from);

/* The values of a row become values of `other`, and the row has none. */
void memory_distinct_fold(struct memory *m, uint32_t row);

void memory_distinct_clear(struct memory *m);
void memory_distinct_close(struct memory *m);

#endif
