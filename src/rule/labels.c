/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/labels.h"
#include "source/nflog.h"

/* What was asked lately, with the answer. */
#define ASKED 64

struct entry {
	struct label label;
	char prefix[NFLOG_MAX_PREFIX];
	char *strings;			/* table, chain, comment */
	uint64_t drops, logged;		/* of the open window */
	uint64_t last_window;		/* in which it was found */
	bool used;
};

struct asked {
	uint8_t family;
	uint16_t group;
	char prefix[NFLOG_MAX_PREFIX];
	size_t prefix_len;
	uint32_t number;
	enum rule_verdict verdict;
};

struct labels {
	const struct ruleset *ruleset;
	uint64_t window;
	struct asked asked[ASKED];
	size_t n_asked, next_asked;
	struct entry entries[LABELS_MAX + 1];	/* the last is LABELS_NONE */
};

int labels_open(struct labels **out)
{
	struct labels *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->window = 2;	/* a new entry is older than the last window */
	*out = l;
	return 0;
}

void labels_ruleset(struct labels *l, const struct ruleset *r)
{
	l->ruleset = r;
	l->n_asked = l->next_asked = 0;
}

static bool same_prefix(const struct label *a, const char *prefix, size_t len)
{
	return a->prefix_len == len && !memcmp(a->prefix, prefix, len);
}

static bool same_rule(const struct label *a, size_t rules, const struct log_rule *rule)
{
	if (a->rules != rules || rules != 1)
		return a->rules == rules;
	return a->family == rule->family && a->handle == rule->handle &&
	       !strcmp(a->table, rule->table) && !strcmp(a->chain, rule->chain) &&
	       !strcmp(a->comment, rule->comment);
}

static bool set_rule(struct entry *e, const struct log_rule *rule)
{
	size_t table = strlen(rule->table) + 1, chain = strlen(rule->chain) + 1;
	char *p = malloc(table + chain + strlen(rule->comment) + 1);

	if (!p)
		return false;
	e->strings = p;
	e->label.family = rule->family;
	e->label.handle = rule->handle;
	e->label.table = strcpy(p, rule->table);
	e->label.chain = strcpy(p + table, rule->chain);
	e->label.comment = strcpy(p + table + chain, rule->comment);
	return true;
}

/* Make a free entry, or one that no window in hand uses, this label. */
static bool make(struct entry *e, const char *prefix, size_t len, size_t rules,
		 const struct log_rule *rule)
{
	free(e->strings);
	memset(e, 0, sizeof(*e));
	memcpy(e->prefix, prefix, len);
	e->label.prefix = e->prefix;
	e->label.prefix_len = len;
	e->label.rules = rules;
	e->used = rules != 1 || set_rule(e, rule);
	return e->used;
}

static uint32_t find_or_make(struct labels *l, const char *prefix, size_t len, size_t rules,
			     const struct log_rule *rule)
{
	struct entry *old = NULL;
	uint32_t number;

	for (struct entry *e = l->entries; e < l->entries + LABELS_MAX; e++) {
		if (e->used && same_prefix(&e->label, prefix, len) &&
		    same_rule(&e->label, rules, rule)) {
			return e - l->entries + 1;
		}
		if (!old && (!e->used || e->last_window + 1 < l->window))
			old = e;
	}
	if (!old || !make(old, prefix, len, rules, rule))
		return LABELS_NONE;
	number = old - l->entries + 1;
	/* An answer that this number was may still be remembered. */
	l->n_asked = l->next_asked = 0;
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
	number = find_or_make(l, prefix, len, rules, rule);
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

/* Found is used: it must not be given away before it is counted. */
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

void labels_count(struct labels *l, uint32_t number, bool dropped)
{
	struct entry *e = &l->entries[number - 1];

	e->last_window = l->window;
	if (dropped)
		e->drops++;
	else
		e->logged++;
}

void labels_close_window(struct labels *l)
{
	for (struct entry *e = l->entries; e < l->entries + LABELS_NONE; e++) {
		e->label.drops = e->drops;
		e->label.logged = e->logged;
		e->drops = e->logged = 0;
	}
	l->window++;
}

const struct label *labels_get(const struct labels *l, uint32_t number)
{
	return &l->entries[number - 1].label;
}

static uint64_t size_of(const struct labels *l, uint32_t number)
{
	const struct label *label = labels_get(l, number);

	return label->drops + label->logged;
}

size_t labels_top(const struct labels *l, uint32_t *numbers, size_t max)
{
	size_t n = 0, kept = 0;

	for (uint32_t number = 1; number <= LABELS_NONE; number++) {
		size_t at;

		if (!size_of(l, number))
			continue;
		n++;
		for (at = kept; at && size_of(l, number) > size_of(l, numbers[at - 1]); at--)
			if (at < max)
				numbers[at] = numbers[at - 1];
		if (at < max)
			numbers[at] = number;
		if (kept < max)
			kept++;
	}
	return n;
}

void labels_close(struct labels *l)
{
	if (!l)
		return;
	for (struct entry *e = l->entries; e < l->entries + LABELS_NONE; e++)
		free(e->strings);
	free(l);
}
