/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

#include "table/memory.h"
#include "table/siphash.h"

/* How many keys without room are told apart, at least; see memory_folded(). */
#define MIN_FOLDED 65536

/* Events whose places are fetched from memory at the same time, not one after
 * the other: with a million flows that makes all the difference. */
#define AHEAD 32

/* Rows stand packed in the order of their arrival, so that a drain walks memory
 * forwards. The index is open addressing with linear probing, never more than
 * half full, and holds half of the hash, which says where the slot should be, beside
 * the row's number: a probe touches a row only when it is very likely the right one. */
struct slot {
	uint32_t tag;
	uint32_t row;	/* row number + 1; 0 is free */
};

/* Keys that found no room, by their 64-bit hash: enough to count them without
 * keeping them. 0 is free. */
struct folded {
	uint64_t *hash;
	uint64_t mask, used, limit;
};

/* Of each row: its hash; how many events of it may be in `other`, because its key was
 * there before or the one whose place it took; and that with the row's own events, as
 * it was when somebody last looked: it only grows. */
struct rank {
	uint64_t hash, error, size;
};

struct memory {
	uint64_t secret[2];
	bool evicts;
	struct rank *ranks;
	/* No row is smaller than this; the search for such as are no larger goes on
	 * where it stopped. */
	uint64_t smallest, next_smallest, max_error;
	uint32_t hand;
	struct slot *index;
	uint32_t mask;
	size_t key_bytes;
	struct flow_row *rows;
	uint32_t used, max_flows;
	struct folded folded;
	uint64_t folded_elsewhere;	/* came with memory_merge_all() */
	struct flow_sums other, total;
};

static uint64_t power_of_two_above(uint64_t n)
{
	uint64_t p = 2;

	while (p < n)
		p *= 2;
	return p;
}

int memory_open(struct memory **out, uint32_t max_flows)
{
	struct memory *m = calloc(1, sizeof(*m));
	uint64_t slots = power_of_two_above(2 * (uint64_t)max_flows);

	if (!m)
		return -ENOMEM;
	if (getrandom(m->secret, sizeof(m->secret), 0) != sizeof(m->secret)) {
		int err = errno ? -errno : -EIO;

		free(m);
		return err;
	}
	m->max_flows = max_flows;
	m->next_smallest = UINT64_MAX;
	m->key_bytes = sizeof(struct flow_key);
	m->mask = slots - 1;
	m->index = calloc(slots, sizeof(*m->index));
	m->rows = calloc(max_flows, sizeof(*m->rows));
	m->ranks = calloc(max_flows, sizeof(*m->ranks));
	m->folded.limit = max_flows > MIN_FOLDED ? max_flows : MIN_FOLDED;
	m->folded.mask = power_of_two_above(2 * m->folded.limit) - 1;
	m->folded.hash = calloc(m->folded.mask + 1, sizeof(*m->folded.hash));
	if (!m->index || !m->rows || !m->ranks || !m->folded.hash) {
		memory_close(m);
		return -ENOMEM;
	}
	*out = m;
	return 0;
}

void memory_key_bytes(struct memory *m, size_t bytes)
{
	m->key_bytes = bytes;
}

static void remember_folded(struct folded *f, uint64_t hash)
{
	uint64_t i;

	if (!hash)
		hash = 1;
	for (i = hash & f->mask; f->hash[i]; i = (i + 1) & f->mask)
		if (f->hash[i] == hash)
			return;
	if (f->used < f->limit) {
		f->hash[i] = hash;
		f->used++;
	}
}

static uint64_t hash_of(const struct memory *m, const struct flow_key *key)
{
	return siphash(m->secret, key, m->key_bytes);
}

/* --- making room ------------------------------------------------------------- */

static uint32_t tag_of(uint64_t hash)
{
	return hash >> 32;
}

/* Take the slot of a row out of the index; what was put behind it because of it moves
 * up. */
static void remove_slot(struct memory *m, uint32_t row)
{
	uint32_t hole = tag_of(m->ranks[row].hash) & m->mask, i;

	while (m->index[hole].row != row + 1)
		hole = (hole + 1) & m->mask;
	for (i = (hole + 1) & m->mask; m->index[i].row; i = (i + 1) & m->mask) {
		uint32_t home = m->index[i].tag & m->mask;

		/* It stays when its home lies behind the hole. */
		if (((i - home) & m->mask) < ((i - hole) & m->mask))
			continue;
		m->index[hole] = m->index[i];
		hole = i;
	}
	m->index[hole].row = 0;
}

/* Whether the row is one of the smallest; looked at only where it may be. */
static bool is_smallest(struct memory *m, uint32_t row)
{
	struct rank *rank = &m->ranks[row];

	if (rank->size <= m->smallest)
		rank->size = rank->error + flow_sums_events(&m->rows[row].sum);
	if (rank->size <= m->smallest)
		return true;
	if (rank->size < m->next_smallest)
		m->next_smallest = rank->size;
	return false;
}

/* The next of the smallest rows, round and round. When there is none left, the bound
 * is raised to what was the least on the way. */
static uint32_t find_smallest(struct memory *m)
{
	for (;;) {
		for (; m->hand < m->max_flows; m->hand++)
			if (is_smallest(m, m->hand))
				return m->hand++;
		m->hand = 0;
		if (m->next_smallest != UINT64_MAX && m->next_smallest > m->smallest)
			m->smallest = m->next_smallest;
		m->next_smallest = UINT64_MAX;
	}
}

/* Empty one row into `other`; the new key inherits its size as error. */
static uint32_t evict(struct memory *m)
{
	uint32_t row = find_smallest(m);
	struct rank *rank = &m->ranks[row];

	remove_slot(m, row);
	remember_folded(&m->folded, rank->hash);
	flow_sums_add(&m->other, &m->rows[row].sum);
	rank->error = rank->size;
	if (rank->error > m->max_error)
		m->max_error = rank->error;
	return row;
}

void memory_evict(struct memory *m)
{
	m->evicts = true;
}

uint64_t memory_max_error(const struct memory *m)
{
	return m->max_error;
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
	}
	m->ranks[row].hash = hash;
	m->ranks[row].size = m->ranks[row].error;
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
		remember_folded(&m->folded, hash);
		return &m->other;
	}
	return new_row(m, key, hash);
}

static void add_traffic(struct flow_sums *s, const struct flow_event *ev)
{
	if (!ev->counted)
		return;
	s->orig_packets = ev->orig_packets;
	s->orig_bytes = ev->orig_bytes;
	s->reply_packets = ev->reply_packets;
	s->reply_bytes = ev->reply_bytes;
}

static void event_sums(struct flow_sums *s, const struct flow_event *ev)
{
	memset(s, 0, sizeof(*s));
	s->first_ns = s->last_ns = ev->time_ns;
	switch (ev->kind) {
	case FLOW_START:
		s->starts = 1;
		return;
	case FLOW_DROP:
		s->drops = 1;
		return;
	case FLOW_LOGGED:
		s->logged = 1;
		return;
	case FLOW_LIVE:
		s->live = 1;
		s->unreplied = ev->unreplied_live && !ev->replied;
		s->uncounted_live = !ev->counted;
		add_traffic(s, ev);
		return;
	case FLOW_END:
		s->ends = 1;
		break;
	}
	s->unreplied = !ev->replied;
	s->uncounted = !ev->counted;
	add_traffic(s, ev);
	if (ev->timed) {
		s->timed_ends = 1;
		s->duration_us_sum = s->duration_us_max = ev->duration_ns / 1000;
	}
}

/* Have the row fetched that this hash most likely leads to. */
static void fetch_row(const struct memory *m, uint64_t hash)
{
	uint32_t row = m->index[tag_of(hash) & m->mask].row;
	const char *p = (const char *)&m->rows[row ? row - 1 : m->used];

	for (size_t i = 0; i < sizeof(*m->rows); i += 64)
		__builtin_prefetch(p + i, 1);
}

/* At most AHEAD events. */
static void add_some(struct memory *m, const struct flow_event *ev, size_t n)
{
	uint64_t hash[AHEAD];
	struct flow_sums s;

	for (size_t i = 0; i < n; i++) {
		hash[i] = hash_of(m, &ev[i].key);
		__builtin_prefetch(&m->index[tag_of(hash[i]) & m->mask], 1);
	}
	for (size_t i = 0; i < n; i++)
		fetch_row(m, hash[i]);
	for (size_t i = 0; i < n; i++) {
		event_sums(&s, &ev[i]);
		flow_sums_add(find_sums(m, &ev[i].key, hash[i]), &s);
		flow_sums_add(&m->total, &s);
	}
}

void memory_add(struct memory *m, const struct flow_event *ev, size_t n)
{
	for (; n > AHEAD; ev += AHEAD, n -= AHEAD)
		add_some(m, ev, AHEAD);
	add_some(m, ev, n);
}

void memory_merge(struct memory *m, const struct flow_row *row)
{
	flow_sums_add(find_sums(m, &row->key, hash_of(m, &row->key)), &row->sum);
	flow_sums_add(&m->total, &row->sum);
}

void memory_add_all(struct memory *m, const struct memory *from)
{
	for (uint32_t i = 0; i < from->used; i++)
		memory_merge(m, &from->rows[i]);
	flow_sums_add(&m->other, &from->other);
	flow_sums_add(&m->total, &from->other);
	m->max_error += from->max_error;
	m->folded_elsewhere += from->folded.used + from->folded_elsewhere;
}

void memory_merge_all(struct memory *m, struct memory *from)
{
	memory_add_all(m, from);
	memory_clear(from);
}

static void forget_live(struct flow_sums *s)
{
	s->live = s->uncounted_live = 0;
}

void memory_forget_live(struct memory *m)
{
	for (uint32_t row = 0; row < m->used; row++)
		forget_live(&m->rows[row].sum);
	forget_live(&m->other);
	forget_live(&m->total);
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
	return m->folded.used + m->folded_elsewhere;
}

uint64_t memory_folded_limit(const struct memory *m)
{
	return m->folded.limit;
}

const struct flow_sums *memory_total(const struct memory *m)
{
	return &m->total;
}

/* Newest first: whatever stood in a row's way when it came is still there, so
 * its slot is found where it was put. */
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
	if (m->folded.used)
		memset(m->folded.hash, 0, (m->folded.mask + 1) * sizeof(*m->folded.hash));
	m->folded.used = 0;
	m->folded_elsewhere = 0;
	m->smallest = m->max_error = 0;
	m->next_smallest = UINT64_MAX;
	m->hand = 0;
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
	free(m->folded.hash);
	free(m);
}
