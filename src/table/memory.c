/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
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
 * half full, and holds the upper half of the hash beside the row's number: a
 * probe touches a row only when it is very likely the right one. */
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

struct memory {
	uint64_t secret[2];
	struct slot *index;
	uint32_t mask;
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
	m->mask = slots - 1;
	m->index = calloc(slots, sizeof(*m->index));
	m->rows = calloc(max_flows, sizeof(*m->rows));
	m->folded.limit = max_flows > MIN_FOLDED ? max_flows : MIN_FOLDED;
	m->folded.mask = power_of_two_above(2 * m->folded.limit) - 1;
	m->folded.hash = calloc(m->folded.mask + 1, sizeof(*m->folded.hash));
	if (!m->index || !m->rows || !m->folded.hash) {
		memory_close(m);
		return -ENOMEM;
	}
	*out = m;
	return 0;
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
	return siphash(m->secret, key, sizeof(*key));
}

/* The sums that events of this key go to: its row's, a new row's, or `other`. */
static struct flow_sums *find_sums(struct memory *m, const struct flow_key *key, uint64_t hash)
{
	uint32_t tag = hash >> 32, i;
	struct slot *s;

	for (i = hash & m->mask; m->index[i].row; i = (i + 1) & m->mask) {
		struct flow_row *row = &m->rows[m->index[i].row - 1];

		if (m->index[i].tag == tag && !memcmp(&row->key, key, sizeof(*key)))
			return &row->sum;
	}
	if (m->used == m->max_flows) {
		remember_folded(&m->folded, hash);
		return &m->other;
	}
	s = &m->index[i];
	s->tag = tag;
	s->row = ++m->used;
	m->rows[s->row - 1].key = *key;
	memset(&m->rows[s->row - 1].sum, 0, sizeof(m->rows->sum));
	return &m->rows[s->row - 1].sum;
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
		break;
	case FLOW_END:
		s->ends = 1;
		break;
	}
	s->unreplied = !ev->replied;
	s->uncounted = !ev->counted;
	if (ev->counted) {
		s->orig_packets = ev->orig_packets;
		s->orig_bytes = ev->orig_bytes;
		s->reply_packets = ev->reply_packets;
		s->reply_bytes = ev->reply_bytes;
	}
	if (ev->timed) {
		s->timed_ends = 1;
		s->duration_ns_sum = s->duration_ns_max = ev->duration_ns;
	}
}

/* Have the row fetched that this hash most likely leads to. */
static void fetch_row(const struct memory *m, uint64_t hash)
{
	uint32_t row = m->index[hash & m->mask].row;
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
		__builtin_prefetch(&m->index[hash[i] & m->mask], 1);
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

void memory_merge_all(struct memory *m, struct memory *from)
{
	for (uint32_t i = 0; i < from->used; i++)
		memory_merge(m, &from->rows[i]);
	flow_sums_add(&m->other, &from->other);
	flow_sums_add(&m->total, &from->other);
	m->folded_elsewhere += from->folded.used + from->folded_elsewhere;
	memory_clear(from);
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
		uint32_t i = hash_of(m, &m->rows[row - 1].key) & m->mask;

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
	memset(&m->other, 0, sizeof(m->other));
	memset(&m->total, 0, sizeof(m->total));
}

void memory_close(struct memory *m)
{
	if (!m)
		return;
	free(m->index);
	free(m->rows);
	free(m->folded.hash);
	free(m);
}
