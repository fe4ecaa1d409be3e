/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rule/counter_list.h"
#include "rule/dropping.h"
#include "rule/grow.h"
#include "rule/parse.h"

void counter_list_clear(struct counter_list *l)
{
	l->n_rules = l->n_named = l->texts_len = 0;
}

void counter_list_free(struct counter_list *l)
{
	free(l->rules);
	free(l->named);
	free(l->texts);
	memset(l, 0, sizeof(*l));
}

/* --- what is read ---------------------------------------------------------- */

/* Copy up to max bytes of a text. Returns where the copy begins, which is never 0. */
static size_t add_text(struct counter_list *l, const char *from, size_t max, int *err)
{
	size_t len = strnlen(from, max), at = l->texts_len ? l->texts_len : 1;

	while (l->texts_room < at + len + 1 && !*err)
		l->texts = grow(l->texts, l->texts_room, &l->texts_room, 1, err);
	if (*err)
		return 0;
	memcpy(l->texts + at, from, len);
	l->texts[at + len] = '\0';
	l->texts_len = at + len + 1;
	return at;
}

/* As add_text(), unless the text at `same' says the same: rules come chain by chain. */
static size_t add_name(struct counter_list *l, const char *name, size_t same, int *err)
{
	return same && !strcmp(l->texts + same, name) ? same : add_text(l, name, SIZE_MAX, err);
}

int counter_list_rule(struct counter_list *l, const struct nlmsghdr *nlh)
{
	const struct listed *last = l->n_rules ? &l->rules[l->n_rules - 1] : NULL;
	struct dropping rule;
	const char *comment;
	struct listed f = { 0 };
	int err = 0;

	if (!dropping_parse(nlh, &rule))
		return 0;
	f.row.family = rule.family;
	f.row.generation = generation_of(nlh);
	f.row.handle = rule.handle;
	f.row.packets = rule.packets;
	f.row.bytes = rule.bytes;
	f.table_at = add_name(l, rule.table, last ? last->table_at : 0, &err);
	f.chain_at = add_name(l, rule.chain, last ? last->chain_at : 0, &err);
	comment = parse_comment(nlh);
	if (*comment)
		f.comment_at = add_text(l, comment, PARSED_NAME_MAX, &err);
	if (rule.counter)
		f.counter_at = add_text(l, rule.counter, SIZE_MAX, &err);
	l->rules = grow(l->rules, l->n_rules, &l->rules_room, sizeof(f), &err);
	if (!err)
		l->rules[l->n_rules++] = f;
	return err;
}

int counter_list_object(struct counter_list *l, const struct nlmsghdr *nlh)
{
	const struct listed *last = l->n_named ? &l->named[l->n_named - 1] : NULL;
	struct listed f = { 0 };
	const char *name = counter_row_of_object(nlh, &f.row);
	int err = 0;

	if (!name)
		return 0;
	f.table_at = add_name(l, f.row.table, last ? last->table_at : 0, &err);
	f.counter_at = add_text(l, name, SIZE_MAX, &err);
	l->named = grow(l->named, l->n_named, &l->named_room, sizeof(f), &err);
	if (!err)
		l->named[l->n_named++] = f;
	return err;
}

/* --- what belongs together -------------------------------------------------- */

/* Complete rows but for the counters of rules: the texts do not move any more. */
static void complete(const struct counter_list *l, struct listed *list, size_t n)
{
	for (struct listed *f = list; f < list + n; f++) {
		f->row.table = l->texts + f->table_at;
		f->row.chain = f->chain_at ? l->texts + f->chain_at : NULL;
		f->row.comment = f->comment_at ? l->texts + f->comment_at : "";
		f->name = f->counter_at ? l->texts + f->counter_at : NULL;
	}
}

/* Counters with names, ordered by table and name. */
static int compare(const void *one, const void *other)
{
	const struct listed *a = one, *b = other;
	int table = strcmp(a->row.table, b->row.table);

	if (a->row.family != b->row.family)
		return a->row.family < b->row.family ? -1 : 1;
	return table ? table : strcmp(a->name, b->name);
}

/* Give a rule what its counter shows. Returns whether the counter is the rule's alone. */
static bool join(const struct counter_list *l, struct listed *rule)
{
	const struct listed *counter;

	if (!rule->name)
		return true;
	counter = l->n_named ? bsearch(rule, l->named, l->n_named, sizeof(*rule), compare) : NULL;
	if (!counter || counter->row.uses != 1)
		return false;
	rule->row.object = counter->row.handle;
	rule->row.packets = counter->row.packets;
	rule->row.bytes = counter->row.bytes;
	return true;
}

void counter_list_join(struct counter_list *l)
{
	size_t kept = 0;

	complete(l, l->rules, l->n_rules);
	complete(l, l->named, l->n_named);
	if (l->n_named)
		qsort(l->named, l->n_named, sizeof(*l->named), compare);
	for (size_t i = 0; i < l->n_rules; i++)
		if (join(l, &l->rules[i]))
			l->rules[kept++] = l->rules[i];
	l->n_rules = kept;
}
