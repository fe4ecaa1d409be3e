/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "table/memory_parts.h"

/* Making room in a full table. */

/* Take the slot of a row out of the index. Slots behind it that linear probing has put there
 * because this one was taken move up, or a search would end at the hole. */
static void remove_slot(struct memory *m, uint32_t row)
{
	uint32_t hole = memory_tag(m->ranks[row].hash) & m->mask, i;

	while (m->index[hole].row != row + 1)
		hole = (hole + 1) & m->mask;
	for (i = (hole + 1) & m->mask; m->index[i].row; i = (i + 1) & m->mask) {
		uint32_t home = m->index[i].tag & m->mask;

		/* A search for this slot begins behind the hole: it can stay. */
		if (((i - home) & m->mask) < ((i - hole) & m->mask))
			continue;
		m->index[hole] = m->index[i];
		hole = i;
	}
	m->index[hole].row = 0;
}

/* The size by which the table chooses rows to evict: see `evicted` in struct memory. */
static uint64_t size_now(const struct memory *m, uint32_t row)
{
	uint64_t size;

	if (__builtin_add_overflow(m->ranks[row].error, size_of(&m->rows[row].sum, m->by), &size))
		return UINT64_MAX;
	return size;
}

static void rank_all(struct memory *m)
{
	smallest_clear(&m->smallest);
	for (uint32_t row = 0; row < m->used; row++)
		smallest_put(&m->smallest, row, size_now(m, row));
	m->ranked = true;
}

/* Take the smallest row out of `smallest`. Rows have grown since they were put in, and are
 * put in again with their new sizes as they come out. Sizes only grow: the first row that
 * comes out with the size that it still has is the smallest of all. */
static uint32_t take_smallest(struct memory *m, uint64_t *size)
{
	uint32_t row;
	uint64_t now;

	if (!m->ranked)
		rank_all(m);
	else if (m->newest != NO_ROW)
		smallest_put(&m->smallest, m->newest, size_now(m, m->newest));
	m->newest = NO_ROW;
	for (;;) {
		row = smallest_take(&m->smallest, size);
		now = size_now(m, row);
		if (now <= *size)
			return row;
		smallest_put(&m->smallest, row, now);
	}
}

/* Prefetch the memory that the next evictions will most likely touch: of the next row its
 * slot, of the row after that the row itself. */
static void fetch_smallest(const struct memory *m)
{
	uint32_t row = smallest_next(&m->smallest, 0);

	if (row == NO_ROW)
		return;
	__builtin_prefetch(&m->index[memory_tag(m->ranks[row].hash) & m->mask], 1);
	row = smallest_next(&m->smallest, 1);
	if (row == NO_ROW)
		return;
	memory_fetch(&m->rows[row], sizeof(*m->rows));
	__builtin_prefetch(&m->ranks[row], 1);
}

uint32_t memory_make_room(struct memory *m)
{
	uint64_t size;
	uint32_t row = take_smallest(m, &size);

	remove_slot(m, row);
	if (flow_sums_any(&m->rows[row].sum))	/* else nothing is folded */
		hash_set_add(&m->folded, m->ranks[row].hash);
	memory_add_sums(m, &m->other, &m->rows[row].sum);
	if (m->distinct)
		memory_distinct_fold(m, row);
	m->capped |= size > FLOW_SUMS_MAX;	/* so would memory_max_error() be */
	if (size > m->evicted)
		m->evicted = size;
	m->newest = row;
	fetch_smallest(m);
	return row;
}

void memory_evict(struct memory *m, enum top_by by)
{
	m->evicts = true;
	m->by = by;
}

uint64_t memory_max_error(const struct memory *m)
{
	return flow_sums_capped(m->inherited, m->evicted);
}

const char *memory_error_counter(const struct memory *m)
{
	return size_name(m->by);
}
