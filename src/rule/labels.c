/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rule/labels.h"

/* How many questions of labels_find() are remembered with their answers: packets come in runs
 * from few rules, and looking through the ruleset takes long. */
#define ASKED 64

#define BUCKETS 4096	/* a power of two */

/* A label with its number.
 *
 * strings      the bytes of table, chain and comment
 * last_window  the last window in which a packet got the number
 * holders      labels_hold() less labels_release()
 * next         the next number in the same bucket; 0 ends the bucket
 */
struct entry {
	struct label label;
	char prefix[LABELS_MAX_PREFIX];
	char *strings;
	uint64_t last_window;
	uint32_t holders;
	uint32_t hash, next;
};

/* A question of labels_find(), and its answer. */
struct asked {
	uint8_t family;
	uint16_t group;
	char prefix[LABELS_MAX_PREFIX];
	size_t prefix_len;
	uint32_t number;
	enum rule_verdict verdict;
};

/* The struct is so large that malloc() maps fresh pages for it. A page takes memory only once it
 * is written, so entries that were never used cost nothing.
 *
 * window   how many windows have been closed
 * asked    the last questions, a ring of n_asked, of which next_asked is replaced next
 * buckets  a hash table: the number that is first in each bucket; 0: the bucket is empty
 * made     how many entries have ever been used, from the first on
 * hand     where the search for a free entry goes on, once all entries have been used
 * full     the search found no free entry, and none has become free since
 * entries  number n is entries[n - 1]; the last entry is that of LABELS_NONE
 */
struct labels {
	const struct ruleset *ruleset;
	uint64_t window;
	struct asked asked[ASKED];
	size_t n_asked, next_asked;
	uint32_t buckets[BUCKETS];
	uint32_t made, hand;
	bool full;
	struct entry entries[LABELS_NONE];
};

int labels_open(struct labels **out)
{
	struct labels *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	*out = l;
	return 0;
}

static void forget_answers(struct labels *l)
{
	l->n_asked = l->next_asked = 0;
}

void labels_ruleset(struct labels *l, const struct ruleset *r)
{
	l->ruleset = r;
	forget_answers(l);
}

static bool same_prefix(const struct label *a, const char *prefix, size_t len)
{
	return a->prefix_len == len && !memcmp(a->prefix, prefix, len);
}

/* Whether a label speaks of this rule; or, where not exactly one rule may have logged the
 * packet, of as many rules. */
static bool same_rule(const struct label *a, size_t rules, const struct log_rule *rule)
{
	if (a->rules != rules || rules != 1)
		return a->rules == rules;
	return a->family == rule->family && a->handle == rule->handle &&
	       !strcmp(a->table, rule->table) && !strcmp(a->chain, rule->chain) &&
	       !strcmp(a->comment, rule->comment);
}

/* Make an entry's label anew. False: no memory. */
static bool make(struct entry *e, uint32_t hash, const char *prefix, size_t len, size_t rules,
		 const struct log_rule *rule)
{
	free(e->strings);
	memset(e, 0, sizeof(*e));
	memcpy(e->prefix, prefix, len);
	e->hash = hash;
	e->label.prefix = e->prefix;
	e->label.prefix_len = len;
	e->label.rules = rules;
	if (rules == 1)
		e->strings = label_set_rule(&e->label, rule->family, rule->handle, rule->table,
					    rule->chain, rule->comment);
	return rules != 1 || e->strings;
}

/* FNV-1a with 32 bits. */
static uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len)
{
	for (const uint8_t *p = bytes; len--; p++)
		hash = (hash ^ *p) * 16777619;
	return hash;
}

static uint32_t hash_of(const char *prefix, size_t len, size_t rules, const struct log_rule *rule)
{
	uint32_t hash = hash_bytes(2166136261, prefix, len);

	return rules == 1 ? hash_bytes(hash, &rule->handle, sizeof(rule->handle)) : hash;
}

static uint32_t *bucket_of(struct labels *l, uint32_t hash)
{
	return &l->buckets[(hash ^ hash >> 16) & (BUCKETS - 1)];
}

/* Take an entry out of its bucket. An entry for which make() has failed is in no bucket. */
static void unlink_entry(struct labels *l, const struct entry *e)
{
	uint32_t *at = bucket_of(l, e->hash), number = e - l->entries + 1;

	while (*at && *at != number)
		at = &l->entries[*at - 1].next;
	if (*at)
		*at = e->next;
}

/* Whether an entry can get another label: nobody holds its number, and all packets that got the
 * number have been counted or left out. That is done in the window in which a packet is read
 * or, at the latest, in the next one. */
static bool is_free(const struct labels *l, const struct entry *e)
{
	return !e->holders && e->last_window + 1 < l->window;
}

/* Find a free entry, and take it out of its bucket. Returns NULL when no entry is free. */
static struct entry *use_again(struct labels *l)
{
	for (size_t i = 0; i < LABELS_MAX && !l->full; i++) {
		struct entry *e = &l->entries[l->hand];

		l->hand = (l->hand + 1) % LABELS_MAX;
		if (is_free(l, e)) {
			unlink_entry(l, e);
			forget_answers(l);	/* an answer may be this entry's number */
			return e;
		}
	}
	return NULL;
}

/* Make a new label. Returns its number, or LABELS_NONE when there is no room or no memory. */
static uint32_t make_one(struct labels *l, uint32_t hash, const char *prefix, size_t len,
			 size_t rules, const struct log_rule *rule)
{
	struct entry *e = l->made < LABELS_MAX ? &l->entries[l->made++] : use_again(l);
	uint32_t *bucket = bucket_of(l, hash), number;

	if (!e || !make(e, hash, prefix, len, rules, rule)) {
		l->full = true;
		return LABELS_NONE;
	}
	number = e - l->entries + 1;
	e->next = *bucket;
	*bucket = number;
	return number;
}

uint32_t labels_number(struct labels *l, const char *prefix, size_t len, size_t rules,
		       const struct log_rule *rule)
{
	uint32_t hash = hash_of(prefix, len, rules, rule), number = *bucket_of(l, hash);

	for (; number; number = l->entries[number - 1].next) {
		const struct entry *e = &l->entries[number - 1];

		if (e->hash == hash && same_prefix(&e->label, prefix, len) &&
		    same_rule(&e->label, rules, rule))
			break;
	}
	if (!number)
		number = make_one(l, hash, prefix, len, rules, rule);
	l->entries[number - 1].last_window = l->window;
	return number;
}

static struct asked *remembered(struct labels *l, uint8_t family, uint16_t group,
				const char *prefix, size_t len)
{
	for (size_t i = 0; i < l->n_asked; i++) {
		struct asked *a = &l->asked[i];

		if (a->family == family && a->group == group && a->prefix_len == len &&
		    !memcmp(a->prefix, prefix, len))
			return a;
	}
	return NULL;
}

/* Look for the rules that may have logged the packet, and remember the answer. */
static struct asked *ask(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
			 size_t len)
{
	const struct log_rule *rule = NULL;
	enum rule_verdict verdict = RULE_UNKNOWN;
	struct asked *a;
	uint32_t number;
	size_t rules = 0;

	if (l->ruleset)
		rules = ruleset_find(l->ruleset, family, group, prefix, len, &rule, &verdict);
	number = labels_number(l, prefix, len, rules, rule);
	a = &l->asked[l->next_asked];
	l->next_asked = (l->next_asked + 1) % ASKED;
	if (l->n_asked < ASKED)
		l->n_asked++;
	a->family = family;
	a->group = group;
	memcpy(a->prefix, prefix, len);
	a->prefix_len = len;
	a->number = number;
	a->verdict = verdict;
	return a;
}

uint32_t labels_find(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
		     size_t prefix_len, enum rule_verdict *verdict)
{
	struct asked *a = remembered(l, family, group, prefix, prefix_len);

	if (!a)
		a = ask(l, family, group, prefix, prefix_len);
	l->entries[a->number - 1].last_window = l->window;
	*verdict = a->verdict;
	return a->number;
}

/* Call when an entry may have become free. Answers are forgotten, so that packets which got
 * LABELS_NONE can get a label of their own. */
static void look_again(struct labels *l)
{
	if (l->full)
		forget_answers(l);
	l->full = false;
}

void labels_next_window(struct labels *l)
{
	l->window++;
	look_again(l);
}

void labels_hold(struct labels *l, uint32_t number)
{
	l->entries[number - 1].holders++;
}

void labels_release(struct labels *l, uint32_t number)
{
	if (!--l->entries[number - 1].holders)
		look_again(l);
}

const struct label *labels_get(const struct labels *l, uint32_t number)
{
	return &l->entries[number - 1].label;
}

void labels_close(struct labels *l)
{
	if (!l)
		return;
	for (struct entry *e = l->entries; e < l->entries + l->made; e++)
		free(e->strings);
	free(l);
}
