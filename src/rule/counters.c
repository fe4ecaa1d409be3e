/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/counters.h"
#include "rule/fnv.h"
#include "rule/grow.h"
#include "rule/moves.h"

/* A rule, or a counter with a name, whose label has no chain.
 *
 * label         names the rule; its strings are in `strings', NULL: the entry is not in use
 * object        of a rule: the handle of its counter with a name; 0: the counter is its own
 * last          what the counter showed in the reading before, or begins with
 * now           what it shows in the reading that is being taken
 * reading       the last reading in which it was
 * uses          of a counter with a name, as in struct counter_row
 * dropping      of a counter with a name: the last reading in which no rule used it but one that drops
 *               all that it counts
 * changed       the generation of the ruleset that added it, until it has been read; or that
 *               removed it
 * fresh         it has not been compared yet
 * begun         `last' is known
 * replaces      the rule has taken the place of another one, which has not been said yet
 * gone          it is gone. The entry stays until the reading is over, and as long as its number is
 *               held
 * holders       rule_counters_hold() less rule_counters_release()
 * next          the next number in the same bucket, or of entries not in use; 0: the last one
 */
struct entry {
	struct label label;
	char *strings;
	uint64_t object;
	struct shown {
		uint64_t packets, bytes;
	} last, now;
	uint64_t reading, dropping;
	uint32_t uses;
	uint16_t changed;
	bool fresh, begun, replaces, gone;
	uint32_t holders, next;
};

/* list      number n is list[n - 1]; entries do not move
 * buckets   hash tables of n_buckets, a power of two: the number that is first in each bucket; 0:
 *           the bucket is empty
 * unused    the first entry that is not in use; 0: there is none
 * reading   how many readings have been ended
 * based     there has been a whole reading: a rule that was not in it is new; no_room: but for a rule there was no memory
 * lost      the chains, hashed, of rules that are gone since the reading before
 * unread    how many counters found no memory in this reading
 */
struct rule_counters {
	struct entry **list;
	size_t n_list, list_room;
	uint32_t *buckets;
	size_t n_buckets;
	uint32_t unused;
	size_t n_rules;
	uint64_t reading;
	bool based, no_room;
	uint64_t *lost;
	size_t n_lost, lost_room;
	size_t unread;
};

#define FIRST_BUCKETS 64

int rule_counters_open(struct rule_counters **out)
{
	struct rule_counters *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->buckets = calloc(FIRST_BUCKETS, sizeof(*c->buckets));
	c->n_buckets = FIRST_BUCKETS;
	if (!c->buckets) {
		rule_counters_close(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

/* --- entries ---------------------------------------------------------------------- */

/* The same for all rules of a chain, also when its table was deleted and made again. */
static uint64_t chain_of(const struct label *l)
{
	return fnv_text(fnv_text(FNV_BEGIN + l->family, l->table), l->chain);
}

/* Rules of one table have different handles, and so have its counters with names. */
static uint32_t *bucket_of(const struct rule_counters *c, const struct label *l)
{
	uint64_t hash = fnv_bytes(FNV_BEGIN + !l->chain, &l->handle, sizeof(l->handle));

	hash = fnv_text(hash + l->family, l->table);
	return &c->buckets[(hash ^ hash >> 32) & (c->n_buckets - 1)];
}

static struct entry *entry_of(const struct rule_counters *c, uint32_t number)
{
	return c->list[number - 1];
}

static bool same_name(const struct label *a, const struct label *b)
{
	return a->handle == b->handle && a->family == b->family && !a->chain == !b->chain &&
	       !strcmp(a->table, b->table) && (!a->chain || !strcmp(a->chain, b->chain));
}

/* The number of the entry with this name that exists; else of the last one that is gone; else 0. */
static uint32_t find(const struct rule_counters *c, const struct label *name)
{
	uint32_t gone = 0;

	for (uint32_t n = *bucket_of(c, name); n; n = entry_of(c, n)->next) {
		if (!same_name(&entry_of(c, n)->label, name))
			continue;
		if (!entry_of(c, n)->gone)
			return n;
		if (!gone)
			gone = n;
	}
	return gone;
}

static struct label name_of(const struct counter_row *row)
{
	return (struct label){
		.family = row->family, .handle = row->handle, .table = row->table, .chain = row->chain,
	};
}

static void link_entry(struct rule_counters *c, uint32_t number)
{
	uint32_t *bucket = bucket_of(c, &entry_of(c, number)->label);

	entry_of(c, number)->next = *bucket;
	*bucket = number;
}

static void unlink_entry(struct rule_counters *c, uint32_t number)
{
	uint32_t *at = bucket_of(c, &entry_of(c, number)->label);

	while (*at != number)
		at = &entry_of(c, *at)->next;
	*at = entry_of(c, number)->next;
}

/* Twice the buckets. Without memory the buckets stay as they are, and are slower. */
static void grow_buckets(struct rule_counters *c)
{
	uint32_t *grown = calloc(2 * c->n_buckets, sizeof(*grown));

	if (!grown)
		return;
	free(c->buckets);
	c->buckets = grown;
	c->n_buckets *= 2;
	for (uint32_t n = 1; n <= c->n_list; n++)
		if (entry_of(c, n)->strings)
			link_entry(c, n);
}

/* The number of an entry that is not in use; 0 without memory. */
static uint32_t unused_entry(struct rule_counters *c)
{
	uint32_t number = c->unused;
	struct entry *e;
	int err = 0;

	if (number) {
		c->unused = entry_of(c, number)->next;
		return number;
	}
	c->list = grow(c->list, c->n_list, &c->list_room, sizeof(*c->list), &err);
	e = err ? NULL : calloc(1, sizeof(*e));
	if (!e)
		return 0;
	c->list[c->n_list++] = e;
	return c->n_list;
}

static void forget(struct rule_counters *c, uint32_t number)
{
	struct entry *e = entry_of(c, number);

	free(e->strings);
	memset(e, 0, sizeof(*e));
	e->next = c->unused;
	c->unused = number;
}

/* Returns the new entry, or NULL without memory. */
static struct entry *add(struct rule_counters *c, const struct counter_row *row)
{
	uint32_t number = unused_entry(c);
	struct entry *e = number ? entry_of(c, number) : NULL;

	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	e->strings = label_set_rule(&e->label, row->family, row->handle, row->table,
				    row->chain ? row->chain : "", row->comment);
	if (!e->strings) {
		forget(c, number);
		return NULL;
	}
	if (!row->chain)
		e->label.chain = NULL;
	e->label.rules = 1;
	e->object = row->object;
	e->fresh = true;
	c->n_rules += row->chain != NULL;
	link_entry(c, number);
	if (c->n_list > c->n_buckets)
		grow_buckets(c);
	return e;
}

/* --- changes --------------------------------------------------------------------- */

/* A rule with a counter that has a name begins with what that counter shows. */
void rule_counters_added(struct rule_counters *c, const struct counter_row *row)
{
	struct label name = name_of(row);
	uint32_t n = find(c, &name);
	struct entry *e;

	if (n && !entry_of(c, n)->gone)
		return;
	e = add(c, row);
	if (!e) {
		c->no_room = true;
		c->unread++;
		return;
	}
	e->changed = row->generation;
	e->begun = !row->object;
	e->last = (struct shown){ row->packets, row->bytes };
}

/* The entry is gone. Without memory for the chain of a lost rule, a rule that takes its place is not
 * known to do so. */
static void lose(struct rule_counters *c, struct entry *e)
{
	int err = 0;

	e->gone = true;
	if (!e->label.chain)
		return;
	c->n_rules--;
	c->unread++;
	c->lost = grow(c->lost, c->n_lost, &c->lost_room, sizeof(*c->lost), &err);
	if (!err)
		c->lost[c->n_lost++] = chain_of(&e->label);
}

void rule_counters_removed(struct rule_counters *c, const struct counter_row *row)
{
	struct label name = name_of(row);
	uint32_t n = find(c, &name);

	if (!n || entry_of(c, n)->gone)
		return;
	entry_of(c, n)->changed = row->generation;
	lose(c, entry_of(c, n));
}

void rule_counters_restart(struct rule_counters *c)
{
	c->based = false;
	for (uint32_t n = 1; n <= c->n_list; n++)
		entry_of(c, n)->fresh = false;
}

/* --- readings ------------------------------------------------------------------ */

void rule_counters_take(struct rule_counters *c, const struct counter_row *row)
{
	struct label name = name_of(row);
	uint32_t n = find(c, &name);
	struct entry *e = n ? entry_of(c, n) : NULL;

	/* The row is from before a change that has been said: it shows what another rule of this
	 * name counted, or a rule that is gone. */
	if (e && (e->gone || e->fresh) && is_later(e->changed, row->generation))
		return;
	if (!e || e->gone) {
		e = add(c, row);
		if (!e) {
			c->no_room = true;
			c->unread++;
			return;
		}
		e->changed = row->generation;
	}
	e->object = row->object;
	e->uses = row->uses;
	e->reading = c->reading + 1;
	e->now = (struct shown){ row->packets, row->bytes };
}

static int compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* An entry that was added after the reading is not missing. */
static void lose_missing(struct rule_counters *c, bool whole)
{
	for (uint32_t n = 1; n <= c->n_list; n++) {
		struct entry *e = entry_of(c, n);

		if (!e->strings || e->gone || e->fresh || e->reading == c->reading)
			continue;
		if (whole)
			lose(c, e);
		else
			c->unread += e->label.chain != NULL;
	}
	if (c->n_lost)
		qsort(c->lost, c->n_lost, sizeof(*c->lost), compare_hashes);
}

static bool takes_a_place(const struct rule_counters *c, const struct entry *e)
{
	uint64_t chain = chain_of(&e->label);

	return c->n_lost && bsearch(&chain, c->lost, c->n_lost, sizeof(chain), compare_hashes);
}

/* Also of rules that were added after the reading: chains are lost only in this one. */
static void note_places(struct rule_counters *c)
{
	for (uint32_t n = 1; n <= c->n_list && c->n_lost; n++) {
		struct entry *e = entry_of(c, n);

		if (e->strings && e->fresh && !e->gone && e->label.chain)
			e->replaces |= takes_a_place(c, e);
	}
}

/* The counter with a name that a rule has; NULL: the rule has a counter of its own. */
static struct entry *named_of(const struct rule_counters *c, const struct entry *e)
{
	struct label name = { .family = e->label.family, .handle = e->object, .table = e->label.table };
	uint32_t n = e->object ? find(c, &name) : 0;

	return n ? entry_of(c, n) : NULL;
}

/* Where the counter of a rule begins of which that was not said. A counter with a name can be older
 * than the rule: it goes on where it was, unless other rules may have used it since, which perhaps
 * let packets go. Then what it has counted until now is not known to have been dropped. */
static struct shown first_of(struct rule_counters *c, const struct entry *e)
{
	const struct entry *named = named_of(c, e);

	if (!named || !named->begun)
		return (struct shown){ 0 };
	if (named->fresh || named->dropping + 1 == c->reading)
		return named->last;
	c->unread++;
	return e->now;
}

/* By how much the counter of one rule has moved. When the move finds no memory, the next reading
 * compares with the same one as this reading did. */
static void compare(struct rule_counters *c, uint32_t number, struct rule_moves *into)
{
	struct entry *e = entry_of(c, number);
	struct shown none = { 0 }, base;
	bool reset;

	if (!c->based) {
		c->unread++;
		e->last = e->now;
	} else if (!e->begun) {
		e->last = first_of(c, e);
	}
	e->begun = true;
	e->fresh = false;
	reset = e->now.packets < e->last.packets || e->now.bytes < e->last.bytes;
	base = reset ? none : e->last;
	if (!reset && e->now.packets == base.packets && e->now.bytes == base.bytes)
		return;
	if (rule_moves_add(into, number, e->now.packets - base.packets, e->now.bytes - base.bytes,
			   reset || e->replaces)) {
		c->unread++;
		return;
	}
	e->last = e->now;
	e->replaces = false;
}

/* The entries of this reading that are rules, or that are counters with names. */
static void compare_all(struct rule_counters *c, bool rules, struct rule_moves *into)
{
	for (uint32_t n = 1; n <= c->n_list; n++) {
		struct entry *e = entry_of(c, n), *named;

		if (!e->strings || e->gone || e->reading != c->reading || rules != !!e->label.chain)
			continue;
		if (rules) {
			compare(c, n, into);
			named = named_of(c, e);
			if (named)
				named->dropping = c->reading;
			continue;
		}
		if (!e->uses)
			e->dropping = c->reading;
		e->last = e->now;
		e->begun = true;
		e->fresh = false;
	}
}

static void forget_if_gone(struct rule_counters *c, uint32_t number)
{
	const struct entry *e = entry_of(c, number);

	if (!e->strings || !e->gone || e->holders)
		return;
	unlink_entry(c, number);
	forget(c, number);
}

/* Rules are compared before counters with names: first_of() asks what these showed before. */
size_t rule_counters_end(struct rule_counters *c, bool whole, struct rule_moves *into)
{
	size_t unread;

	c->reading++;
	lose_missing(c, whole);
	note_places(c);
	compare_all(c, true, into);
	compare_all(c, false, into);
	for (uint32_t n = 1; n <= c->n_list; n++)
		forget_if_gone(c, n);
	c->based |= whole;
	if (c->no_room)
		rule_counters_restart(c);
	c->no_room = false;
	unread = c->unread;
	c->unread = 0;
	c->n_lost = 0;
	return unread;
}

/* --- numbers ----------------------------------------------------------------------- */

size_t rule_counters_n(const struct rule_counters *c)
{
	return c->n_rules;
}

uint32_t rule_counters_find(const struct rule_counters *c, const struct label *label)
{
	return find(c, label);
}

const struct label *rule_counters_label(const struct rule_counters *c, uint32_t number)
{
	return &entry_of(c, number)->label;
}

void rule_counters_hold(struct rule_counters *c, uint32_t number)
{
	entry_of(c, number)->holders++;
}

void rule_counters_release(struct rule_counters *c, uint32_t number)
{
	entry_of(c, number)->holders--;
	forget_if_gone(c, number);
}

void rule_counters_close(struct rule_counters *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_list; i++) {
		free(c->list[i]->strings);
		free(c->list[i]);
	}
	free(c->list);
	free(c->buckets);
	free(c->lost);
	free(c);
}
