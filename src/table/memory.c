/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

#include "hash/hash_set.h"
#include "hash/siphash.h"
#include "table/event_sums.h"
#include "table/memory.h"
#include "table/smallest.h"

/* No memory_folded_limit() is less than this. */
#define MIN_FOLDED 65536

/* How many events are added together. Their index slots and rows are prefetched first, so
 * the processor waits for memory once and not once an event: with a million flows this is
 * most of the time. */
#define AHEAD EVENT_SUMS_BATCH

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
};

/* The key of siphash(), the same for all tables: a flow has the same hash in each, which
 * merging makes use of. Random, so that nobody outside can choose flows with equal hashes. */
static uint64_t secret[2];

static int make_secret(void)
{
	static bool made;

	if (made)
		return 0;
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return errno ? -errno : -EIO;
	made = true;
	return 0;
}

int memory_open(struct memory **out, uint32_t max_flows)
{
	struct memory *m = calloc(1, sizeof(*m));
	uint64_t slots = hash_set_slots(max_flows);
	int err;

	if (!m)
		return -ENOMEM;
	m->max_flows = max_flows;
	m->key_bytes = sizeof(struct flow_key);
	m->mask = slots - 1;
	m->index = calloc(slots, sizeof(*m->index));
	m->rows = calloc(max_flows, sizeof(*m->rows));
	m->ranks = calloc(max_flows, sizeof(*m->ranks));
	err = m->index && m->rows && m->ranks ? make_secret() : -ENOMEM;
	if (!err)
		err = hash_set_open(&m->folded, max_flows > MIN_FOLDED ? max_flows : MIN_FOLDED);
	if (!err)
		err = smallest_open(&m->smallest, max_flows);
	if (err) {
		memory_close(m);
		return err;
	}
	*out = m;
	return 0;
}

void memory_key_bytes(struct memory *m, size_t bytes)
{
	m->key_bytes = bytes;
}

static uint64_t hash_of(const struct memory *m, const struct flow_key *key)
{
	return siphash(secret, key, m->key_bytes);
}

/* --- making room ------------------------------------------------------------- */

static uint32_t tag_of(uint64_t hash)
{
	return hash >> 32;
}

/* Take the slot of a row out of the index. Slots behind it that linear probing has put there
 * because this one was taken move up, or a search would end at the hole. */
static void remove_slot(struct memory *m, uint32_t row)
{
	uint32_t hole = tag_of(m->ranks[row].hash) & m->mask, i;

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

static void fetch(const void *what, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 64)
		__builtin_prefetch((const char *)what + i, 1);
}

/* Prefetch the memory that the next evictions will most likely touch: of the next row its
 * slot, of the row after that the row itself. */
static void fetch_smallest(const struct memory *m)
{
	uint32_t row = smallest_next(&m->smallest, 0);

	if (row == NO_ROW)
		return;
	__builtin_prefetch(&m->index[tag_of(m->ranks[row].hash) & m->mask], 1);
	row = smallest_next(&m->smallest, 1);
	if (row == NO_ROW)
		return;
	fetch(&m->rows[row], sizeof(*m->rows));
	__builtin_prefetch(&m->ranks[row], 1);
}

/* Add sums to sums of this table, and take note when a counter stops at FLOW_SUMS_MAX. */
static void add_sums(struct memory *m, struct flow_sums *into, const struct flow_sums *from)
{
	m->capped |= flow_sums_add(into, from);
}

/* Fold the smallest row into `other`. Returns its number, for a new flow. */
static uint32_t evict(struct memory *m)
{
	uint64_t size;
	uint32_t row = take_smallest(m, &size);

	remove_slot(m, row);
	if (flow_sums_any(&m->rows[row].sum))	/* else nothing is folded */
		hash_set_add(&m->folded, m->ranks[row].hash);
	add_sums(m, &m->other, &m->rows[row].sum);
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

/* --- adding ------------------------------------------------------------------ */

static struct flow_sums *new_row(struct memory *m, const struct flow_key *key, uint64_t hash)
{
	uint32_t row, i;

	if (m->used < m->max_flows) {
		row = m->used++;
		m->ranks[row].error = 0;
	} else {
		row = evict(m);
		m->ranks[row].error = m->evicted;
	}
	m->ranks[row].hash = hash;
	for (i = tag_of(hash) & m->mask; m->index[i].row; i = (i + 1) & m->mask)
		;
	m->index[i] = (struct slot){ tag_of(hash), row + 1 };
	m->rows[row].key = *key;
	memset(&m->rows[row].sum, 0, sizeof(m->rows->sum));
	return &m->rows[row].sum;
}

/* The sums that events of this key go to: its row's, a new row's, or `other`. */
static struct flow_sums *find_sums(struct memory *m, const struct flow_key *key, uint64_t hash)
{
	uint32_t tag = tag_of(hash);

	for (uint32_t i = tag & m->mask; m->index[i].row; i = (i + 1) & m->mask) {
		struct flow_row *row = &m->rows[m->index[i].row - 1];

		if (m->index[i].tag == tag && !memcmp(&row->key, key, m->key_bytes))
			return &row->sum;
	}
	if (m->used == m->max_flows && !m->evicts) {
		hash_set_add(&m->folded, hash);
		return &m->other;
	}
	return new_row(m, key, hash);
}

/* Prefetch the row that this hash most likely leads to, or the one that a new key gets. */
static void fetch_row(const struct memory *m, uint64_t hash)
{
	uint32_t row = m->index[tag_of(hash) & m->mask].row;

	fetch(&m->rows[row ? row - 1 : m->used], sizeof(*m->rows));
}

static void add_capped(struct memory *m, struct flow_sums *row, const struct flow_event *ev)
{
	struct flow_sums s = { 0 };

	event_add(&s, ev);
	add_sums(m, row, &s);
	add_sums(m, &m->total, &s);
}

/* Whether these events may make a sum larger than FLOW_SUMS_MAX. No row has a larger counter than
 * the total, so only the total is looked at. */
static bool may_be_capped(const struct memory *m, const struct flow_event *ev, size_t n)
{
	bool large = flow_sums_near_max(&m->total);

	for (size_t i = 0; i < n; i++)
		large |= event_is_large(&ev[i]);
	return large;
}

/* At most AHEAD events. */
static void add_some(struct memory *m, const struct flow_key *keys, const struct flow_event *ev,
		     size_t n)
{
	bool careful = may_be_capped(m, ev, n);
	uint64_t hash[AHEAD];

	for (size_t i = 0; i < n; i++) {
		hash[i] = hash_of(m, &keys[i]);
		__builtin_prefetch(&m->index[tag_of(hash[i]) & m->mask], 1);
	}
	for (size_t i = 0; i < n; i++)
		fetch_row(m, hash[i]);
	for (size_t i = 0; i < n; i++) {
		struct flow_sums *row = find_sums(m, &keys[i], hash[i]);

		if (careful) {
			add_capped(m, row, &ev[i]);
			continue;
		}
		event_add(row, &ev[i]);
		event_add(&m->total, &ev[i]);
	}
}

void memory_add(struct memory *m, const struct flow_key *keys, const struct flow_event *events,
		size_t n)
{
	for (; n > AHEAD; keys += AHEAD, events += AHEAD, n -= AHEAD)
		add_some(m, keys, events, AHEAD);
	add_some(m, keys, events, n);
}

static void merge(struct memory *m, const struct flow_row *row, uint64_t hash)
{
	add_sums(m, find_sums(m, &row->key, hash), &row->sum);
	add_sums(m, &m->total, &row->sum);
}

void memory_merge(struct memory *m, const struct flow_row *row)
{
	merge(m, row, hash_of(m, &row->key));
}

bool memory_add_some(struct memory *m, const struct memory *from, size_t *next, size_t n)
{
	for (; *next < from->used && n; ++*next, n--)
		merge(m, &from->rows[*next], from->ranks[*next].hash);
	if (*next < from->used)
		return false;
	add_sums(m, &m->other, &from->other);
	add_sums(m, &m->total, &from->other);
	m->capped |= from->capped;
	m->inherited = flow_sums_capped(m->inherited, memory_max_error(from));
	hash_set_add_all(&m->folded, &from->folded);
	return true;
}

void memory_add_all(struct memory *m, const struct memory *from)
{
	size_t next = 0;

	memory_add_some(m, from, &next, SIZE_MAX);
}

void memory_merge_all(struct memory *m, struct memory *from)
{
	memory_add_all(m, from);
	memory_clear(from);
}

static void forget_live(struct flow_sums *s)
{
	s->live = s->closing = s->uncounted_live = 0;
}

void memory_forget_live(struct memory *m)
{
	if (!flow_sums_entries(&m->total))
		return;
	for (uint32_t row = 0; row < m->used; row++)
		forget_live(&m->rows[row].sum);
	forget_live(&m->other);
	forget_live(&m->total);
	m->ranked = false;	/* sizes are smaller now; in `smallest` they may only grow */
}

uint32_t memory_capacity(const struct memory *m)
{
	return m->max_flows;
}

size_t memory_rows(const struct memory *m)
{
	return m->used;
}

const struct flow_row *memory_row(const struct memory *m, size_t i)
{
	return &m->rows[i];
}

const struct flow_sums *memory_other(const struct memory *m)
{
	return &m->other;
}

uint64_t memory_folded(const struct memory *m)
{
	return m->folded.used;
}

uint64_t memory_folded_limit(const struct memory *m)
{
	return m->folded.limit;
}

const struct flow_sums *memory_total(const struct memory *m)
{
	return &m->total;
}

bool memory_capped(const struct memory *m)
{
	return m->capped;
}

/* Free the slots one by one, of the last row first. The slots that stood in a row's way when
 * the row was added are those of rows before it, and still taken: so the search finds the row's
 * slot. Rows that took the place of others do not come in this order, but then the table is
 * full, and memory_clear() takes the other way. */
static void clear_slots(struct memory *m)
{
	for (uint32_t row = m->used; row > 0; row--) {
		uint32_t i = tag_of(m->ranks[row - 1].hash) & m->mask;

		while (m->index[i].row != row)
			i = (i + 1) & m->mask;
		m->index[i].row = 0;
	}
}

void memory_clear(struct memory *m)
{
	if (m->used < m->mask / 32)
		clear_slots(m);
	else
		memset(m->index, 0, ((size_t)m->mask + 1) * sizeof(*m->index));
	m->used = 0;
	hash_set_clear(&m->folded);
	m->ranked = false;
	m->inherited = m->evicted = 0;
	m->capped = false;
	memset(&m->other, 0, sizeof(m->other));
	memset(&m->total, 0, sizeof(m->total));
}

void memory_close(struct memory *m)
{
	if (!m)
		return;
	free(m->index);
	free(m->rows);
	free(m->ranks);
	hash_set_close(&m->folded);
	smallest_close(&m->smallest);
	free(m);
}
