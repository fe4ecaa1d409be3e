/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hash/siphash.h"
#include "table/memory_parts.h"

int memory_distinct(struct memory *m, const struct flow_cut *cut, const uint64_t key[2])
{
	struct distinct *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->rows = calloc(m->max_flows, sizeof(*d->rows));
	if (!d->rows) {
		free(d);
		return -ENOMEM;
	}
	d->cut = *cut;
	d->key[0] = key[0];
	d->key[1] = key[1];
	m->distinct = d;
	return 0;
}

uint64_t memory_distinct_cut(const struct distinct *d, struct flow_key *key)
{
	__u8 value[FLOW_CUT_BYTES];
	size_t bytes = flow_cut_key(&d->cut, key, value);
	uint64_t hash = bytes ? siphash(d->key, value, bytes) : 0;

	return bytes && !hash ? 1 : hash;
}

/* --- adding ------------------------------------------------------------------- */

/* The values that belong to sums of this table, which are those of a row or of `other`. */
static struct sketch *values_of(struct memory *m, const struct flow_sums *sums)
{
	const char *row = (const char *)sums - offsetof(struct flow_row, sum);

	if (sums == &m->other)
		return &m->distinct->other;
	return &m->distinct->rows[(row - (const char *)m->rows) / sizeof(*m->rows)];
}

void memory_distinct_add(struct memory *m, const struct flow_sums *sums, uint64_t value)
{
	if (!value)
		return;
	sketch_add(values_of(m, sums), value);
	sketch_add(&m->distinct->total, value);
}

void memory_distinct_add_row(struct memory *m, const struct flow_sums *sums,
			     const struct memory *from, size_t i)
{
	sketch_add_all(values_of(m, sums), &from->distinct->rows[i]);
}

void memory_distinct_add_rest(struct memory *m, const struct memory *from)
{
	sketch_add_all(&m->distinct->other, &from->distinct->other);
	sketch_add_all(&m->distinct->total, &from->distinct->total);
}

void memory_distinct_fold(struct memory *m, uint32_t row)
{
	sketch_add_all(&m->distinct->other, &m->distinct->rows[row]);
	sketch_clear(&m->distinct->rows[row]);
}

/* --- counting ----------------------------------------------------------------- */

struct flow_distinct_count memory_distinct_count(const struct sketch *values,
						 const struct flow_sums *sums)
{
	struct flow_distinct_count count;

	count.known = sketch_count(values, &count.n, &count.error) &&
		      (count.n || !flow_sums_any(sums));
	return count;
}

bool memory_counts_distinct(const struct memory *m)
{
	return m->distinct;
}

const struct sketch *memory_distinct_values(const struct memory *m, size_t i)
{
	return &m->distinct->rows[i];
}

struct flow_distinct_count memory_distinct_row(const struct memory *m, size_t i)
{
	return memory_distinct_count(&m->distinct->rows[i], &m->rows[i].sum);
}

struct flow_distinct_count memory_distinct_other(const struct memory *m)
{
	return memory_distinct_count(&m->distinct->other, &m->other);
}

struct flow_distinct_count memory_distinct_total(const struct memory *m)
{
	return memory_distinct_count(&m->distinct->total, &m->total);
}

/* --- emptying ----------------------------------------------------------------- */

void memory_distinct_clear(struct memory *m)
{
	for (uint32_t row = 0; row < m->used; row++)
		sketch_clear(&m->distinct->rows[row]);
	sketch_clear(&m->distinct->other);
	sketch_clear(&m->distinct->total);
}

void memory_distinct_close(struct memory *m)
{
	memory_distinct_clear(m);
	free(m->distinct->rows);
	free(m->distinct);
}
