/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "sink/record_parts.h"

/* How many bytes a text of a rule may have in a record, escaped, so that no line is longer than
 * RECORD_MAX. MAX_TEXT: a prefix or a comment. MAX_NAME: the name of a table or a chain; nft(8)
 * takes names of up to 255 bytes, none of which needs an escape. */
#define MAX_TEXT 512
#define MAX_NAME 256

/* ,"NAME_cut":true */
static char *cut_field(char *p, const char *name)
{
	p = TEXT(p, ",\"");
	p = text_literal(p, name, strlen(name));
	return TEXT(p, "_cut\":true");
}

static char *text_field(char *p, const char *name, const char *text, size_t len)
{
	bool cut = false;

	p = TEXT(p, ",\"");
	p = text_literal(p, name, strlen(name));
	p = TEXT(p, "\":\"");
	p = text_escaped_max(p, text, len, MAX_TEXT, &cut);
	*p++ = '"';
	return cut ? cut_field(p, name) : p;
}

/* ,"rule":"FAMILY/TABLE/CHAIN/HANDLE". Table and chain may be cut, the handle never is. */
static char *rule_name(char *p, const struct label *label)
{
	bool cut = false;

	p = TEXT(p, ",\"rule\":\"");
	p = text_literal(p, label->family_name, strlen(label->family_name));
	*p++ = '/';
	p = text_escaped_max(p, label->table, strlen(label->table), MAX_NAME, &cut);
	*p++ = '/';
	p = text_escaped_max(p, label->chain, strlen(label->chain), MAX_NAME, &cut);
	*p++ = '/';
	p = text_u64(p, label->handle);
	*p++ = '"';
	return cut ? cut_field(p, "rule") : p;
}

char *record_label(const struct record *r, char *p, uint32_t number)
{
	const struct label *label = r->label_of(r->labels, number);

	if (!label->prefix)
		return TEXT(p, ",\"log_prefix\":null,\"rule\":null");
	p = text_field(p, "log_prefix", label->prefix, label->prefix_len);
	if (label->rules != 1) {
		p = TEXT(p, ",\"rule\":null");
		return label->rules ? NUMBER(p, "rule_candidates", label->rules) : p;
	}
	p = rule_name(p, label);
	if (*label->comment)
		p = text_field(p, "rule_comment", label->comment, strlen(label->comment));
	return p;
}

char *record_rule(struct record *r, char *p, const struct rule_total *total)
{
	p = record_head(r, TEXT(p, "{\"type\":\"rule"));
	p = record_label(r, p, total->number);
	p = NUMBER(p, "drops", total->drops);
	p = NUMBER(p, "logged", total->logged);
	return TEXT(p, "}\n");
}
