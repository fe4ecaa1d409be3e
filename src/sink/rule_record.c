/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "sink/record_parts.h"
#include "sink/values.h"

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How long each text of the label may be, so that all of them have room in the line. Mostly they
 * have room whatever they are, and need not be measured. */
static size_t longest(const struct record *r, const struct label *label)
{
	size_t room = record_rule_room(r), lens[4];

	if (room >= 2 * RECORD_MAX_TEXT + 2 * VALUE_MAX_NAME)
		return SIZE_MAX;
	lens[0] = text_escaped_len(label->prefix, label->prefix_len, RECORD_MAX_TEXT);
	lens[1] = text_escaped_len(label->comment, strlen(label->comment), RECORD_MAX_TEXT);
	lens[2] = text_escaped_len(label->table, strlen(label->table), VALUE_MAX_NAME);
	lens[3] = text_escaped_len(label->chain, strlen(label->chain), VALUE_MAX_NAME);
	return text_share(lens, 4, room);
}

/* ,"rule":"FAMILY/TABLE/CHAIN/HANDLE". Table and chain may be cut, the handle never is. */
static char *rule_name(char *p, const struct label *label, size_t max)
{
	bool cut = false;

	p = value_rule(TEXT(p, ",\"rule\":"), label, max, &cut);
	return cut ? record_cut(p, "rule") : p;
}

/* The name of a label's one rule, and the rule's comment; no text is longer than max. */
static char *one_rule(char *p, const struct label *label, size_t max)
{
	p = rule_name(p, label, smaller(max, VALUE_MAX_NAME));
	if (*label->comment)
		p = record_text(p, "rule_comment", label->comment, strlen(label->comment),
				smaller(max, RECORD_MAX_TEXT));
	return p;
}

char *record_label(const struct record *r, char *p, uint32_t number)
{
	const struct label *label = r->label_of(r->labels, number);
	size_t max;

	if (!label->prefix)
		return TEXT(p, ",\"log_prefix\":null,\"rule\":null");
	if (label->rules != 1) {
		p = record_text(p, "log_prefix", label->prefix, label->prefix_len,
				smaller(record_rule_room(r), RECORD_MAX_TEXT));
		p = TEXT(p, ",\"rule\":null");
		return label->rules ? NUMBER(p, "rule_candidates", label->rules) : p;
	}
	max = longest(r, label);
	p = record_text(p, "log_prefix", label->prefix, label->prefix_len,
			smaller(max, RECORD_MAX_TEXT));
	return one_rule(p, label, max);
}

static char *what_it_logged(const struct record *r, char *p, const struct rule_total *total)
{
	p = record_label(r, p, total->number);
	p = NUMBER(p, "drops", total->drops);
	p = record_drop_bytes(p, total->drop_bytes, total->unsized_drops);
	p = NUMBER(p, "logged", total->logged);
	return total->unsized_drops ? NUMBER(p, "unsized_drops", total->unsized_drops) : p;
}

static char *what_it_counted(char *p, const struct rule_moved *moved)
{
	p = NUMBER(p, "packets", moved->packets);
	p = NUMBER(p, "bytes", moved->bytes);
	return moved->reset ? TEXT(p, ",\"reset\":true") : p;
}

char *record_rule(struct record *r, char *p, const struct rule_total *total,
		  const struct rule_moved *moved)
{
	p = record_head(r, TEXT(p, "{\"type\":\"rule"));
	/* cppcheck-suppress nullPointerRedundantCheck; without total there is moved */
	p = total ? what_it_logged(r, p, total) : one_rule(p, moved->label, longest(r, moved->label));
	if (moved)
		p = what_it_counted(p, moved);
	return TEXT(p, "}\n");
}
