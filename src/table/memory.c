/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

#include "hash/siphash.h"
#include "table/event_sums.h"
#include "table/memory_parts.h"

/* No memory_folded_limit() is less than this. */
#define MIN_FOLDED 65536

/* How many events are added together. Their index slots and rows are prefetched first, so
 * the processor waits for memory once and not once an event: with a million flows this is
 * most of the time. */
#define AHEAD EVENT_SUMS_BATCH

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

/* --- adding ------------------------------------------------------------------ */

static struct flow_sums *new_row(struct memory *m, const struct flow_key *key, uint64_t hash)
{
	uint32_t row, i;

	if (m->used < m->max_flows) {
		row = m->used++;
		m->ranks[row].error = 0;
	} else {
		row = memory_make_room(m);
		m->ranks[row].error = m->evicted;
	}
	m->ranks[row].hash = hash;
	for (i = memory_tag(hash) & m->mask; m->index[i].row; i = (i + 1) & m->mask)
		;
	m->index[i] = (struct slot){ memory_tag(hash), row + 1 };
	m->rows[row].key = *key;
	memset(&m->rows[row].sum, 0, sizeof(m->rows->sum));
	return &m->rows[row].sum;
}

/* The sums that events of this key go to: its row's, a new row's, or `other`. */
static struct flow_sums *find_sums(struct memory *m, const struct flow_key *key, uint64_t hash)
{
	uint32_t tag = memory_tag(hash);

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
	uint32_t row = m->index[memory_tag(hash) & m->mask].row;

	memory_fetch(&m->rows[row ? row - 1 : m->used], sizeof(*m->rows));
}

static void add_capped(struct memory *m, struct flow_sums *row, const struct flow_event *ev)
{
	struct flow_sums s = { 0 };

	event_add(&s, ev);
	memory_add_sums(m, row, &s);
	memory_add_sums(m, &m->total, &s);
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

/* Add one event, and its value where values are counted. */
static inline void add_one(struct memory *m, struct flow_sums *row, const struct flow_event *ev,
			   bool careful, const uint64_t *value)
{
	if (value)
		memory_distinct_add(m, row, *value);
	if (careful) {
		add_capped(m, row, ev);
		return;
	}
	event_add(row, ev);
	event_add(&m->total, ev);
}

/* At most AHEAD events. values: of --distinct; NULL: without. */
static inline void add_some(struct memory *m, const struct flow_key *keys,
			    const struct flow_event *ev, const uint64_t *values, size_t n)
{
	bool careful = may_be_capped(m, ev, n);
	uint64_t hash[AHEAD];

	for (size_t i = 0; i < n; i++) {
		hash[i] = hash_of(m, &keys[i]);
		__builtin_prefetch(&m->index[memory_tag(hash[i]) & m->mask], 1);
	}
	for (size_t i = 0; i < n; i++)
		fetch_row(m, hash[i]);
	for (size_t i = 0; i < n; i++)
		add_one(m, find_sums(m, &keys[i], hash[i]), &ev[i], careful,
			values ? &values[i] : NULL);
}

/* The same for finer keys, which are cut first. */
static void add_finer(struct memory *m, const struct flow_key *finer, const struct flow_event *ev,
		      size_t n)
{
	struct flow_key keys[AHEAD];
	uint64_t values[AHEAD];

	for (size_t i = 0; i < n; i++) {
		keys[i] = finer[i];
		values[i] = memory_distinct_cut(m->distinct, &keys[i]);
	}
	add_some(m, keys, ev, values, n);
}

static void add_batch(struct memory *m, const struct flow_key *keys, const struct flow_event *ev,
		      size_t n)
{
	if (m->distinct)
		add_finer(m, keys, ev, n);
	else
		add_some(m, keys, ev, NULL, n);
}

void memory_add(struct memory *m, const struct flow_key *keys, const struct flow_event *events,
		size_t n)
{
	for (; n > AHEAD; keys += AHEAD, events += AHEAD, n -= AHEAD)
		add_batch(m, keys, events, AHEAD);
	add_batch(m, keys, events, n);
}

/* Returns the sums that the row's were added to. */
static const struct flow_sums *merge(struct memory *m, const struct flow_row *row, uint64_t hash)
{
	struct flow_sums *sums = find_sums(m, &row->key, hash);

	memory_add_sums(m, sums, &row->sum);
	memory_add_sums(m, &m->total, &row->sum);
	return sums;
}

static void merge_finer(struct memory *m, const struct flow_row *row)
{
	struct flow_row cut = *row;
	uint64_t value = memory_distinct_cut(m->distinct, &cut.key);

	memory_distinct_add(m, merge(m, &cut, hash_of(m, &cut.key)), value);
}

void memory_merge(struct memory *m, const struct flow_row *row)
{
	if (m->distinct)
		merge_finer(m, row);
	else
		merge(m, row, hash_of(m, &row->key));
}

bool memory_add_some(struct memory *m, const struct memory *from, size_t *next, size_t n)
{
	for (; *next < from->used && n; ++*next, n--) {
		const struct flow_sums *sums = merge(m, &from->rows[*next], from->ranks[*next].hash);

		if (m->distinct)
			memory_distinct_add_row(m, sums, from, *next);
	}
	if (*next < from->used)
		return false;
	if (m->distinct)
		memory_distinct_add_rest(m, from);
	memory_add_sums(m, &m->other, &from->other);
	memory_add_sums(m, &m->total, &from->other);
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
		uint32_t i = memory_tag(m->ranks[row - 1].hash) & m->mask;

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
	if (m->distinct)
		memory_distinct_clear(m);
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
	if (m->distinct)
		memory_distinct_close(m);
	free(m->index);
	free(m->rows);
	free(m->ranks);
	hash_set_close(&m->folded);
	smallest_close(&m->smallest);
	free(m);
}
