/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "flow/dir.h"
#include "screen/names.h"
#include "view/sentence.h"
#include "view/show.h"

#define TEXT_SIZE 512	/* of a part of a name */

static const struct {
	const char *title;
	uint32_t fields;	/* of enum view_field: a row with one of these has the column */
} columns[NAME_N] = {
	[NAME_HOST] = { "host", 0 },
	[NAME_DIRECTION] = { "way", VIEW_DIRECTION },
	[NAME_PROTO] = { "proto", VIEW_PROTO },
	[NAME_SRC] = { "source", VIEW_SRC | VIEW_SPORT },
	[NAME_DST] = { "destination", VIEW_DST },
	[NAME_PORT] = { "port", VIEW_DPORT | VIEW_ICMP_TYPE | VIEW_ICMP_CODE },
	[NAME_SRC_LABEL] = { "source label", VIEW_SRC_LABEL },
	[NAME_DST_LABEL] = { "destination label", VIEW_DST_LABEL },
	[NAME_PREFIX] = { "prefix", VIEW_PREFIX },
	[NAME_RULE] = { "rule", VIEW_RULE },
	[NAME_COMMENT] = { "comment", VIEW_COMMENT },
	[NAME_NAT] = { "translated to", VIEW_NAT_SRC | VIEW_NAT_SPORT | VIEW_NAT_DST | VIEW_NAT_DPORT },
	[NAME_DEVICES] = { "devices", VIEW_IIF | VIEW_OIF },
	[NAME_DROP_REASON] = { "drop reason", VIEW_DROP_REASON },
	[NAME_NETNS] = { "namespace", VIEW_NETNS },
	[NAME_ZONE] = { "zone", VIEW_ZONE },
	[NAME_MARK] = { "mark", VIEW_MARK | VIEW_MARK_LABEL },
};

const char *names_title(enum name_column column)
{
	return columns[column].title;
}

bool names_of_group(enum board_group group, enum name_column column)
{
	static const uint32_t always[BOARD_N_GROUPS] = {
		[BOARD_SRC] = 1 << NAME_SRC,
		[BOARD_DST] = 1 << NAME_DST,
		[BOARD_PORT] = 1 << NAME_PROTO | 1 << NAME_PORT,
		[BOARD_RULE] = 1 << NAME_PREFIX | 1 << NAME_RULE,
		[BOARD_LABEL] = 1 << NAME_SRC_LABEL | 1 << NAME_DST_LABEL,
		[BOARD_DIRECTION] = 1 << NAME_DIRECTION,
		[BOARD_HOST] = 1 << NAME_HOST,
	};

	return always[group] >> column & 1;
}

bool names_of_key(const struct view_key *key, enum name_column column)
{
	if (column == NAME_PORT && key->has & VIEW_DST)
		return false;	/* it stands behind the address */
	return key->has & columns[column].fields;
}

/* A text that a record has brought. */
static void add_text(struct sentence *to, const struct shown *s, uint32_t number)
{
	size_t len;
	const char *text = view_texts_get(s->texts, number, &len);
	char harmless[TEXT_SIZE];

	show_text(harmless, sizeof(harmless), text, len);
	sentence_add(to, "%s", harmless);
}

static void add_address(struct sentence *to, const struct shown *s, const uint8_t addr[16],
			uint8_t bits, bool with_port)
{
	char text[TEXT_SIZE];
	bool named = s->name && bits == 128 && s->name(s->name_arg, addr, text, sizeof(text));

	if (!named)
		show_address(text, sizeof(text), addr, bits);
	if (with_port && !named && strchr(text, ':'))
		sentence_add(to, "[%s]", text);
	else
		sentence_add(to, "%s", text);
}

static void add_port(struct sentence *to, const struct shown *s, uint16_t port, uint8_t proto)
{
	char text[TEXT_SIZE];

	show_port(text, sizeof(text), port, proto, s->port_names);
	sentence_add(to, "%s", text);
}

/* An address and a port, of which one can be missing. */
static void add_end(struct sentence *to, const struct shown *s, const uint8_t addr[16],
		    uint8_t bits, bool has_address, const uint16_t *port, uint8_t proto)
{
	if (has_address)
		add_address(to, s, addr, bits, port);
	else
		sentence_add(to, "*");
	if (port) {
		sentence_add(to, ":");
		add_port(to, s, *port, proto);
	}
}

/* The type and the code of ICMP, `type 8 code 0'. */
static void add_icmp(struct sentence *to, const struct view_key *k)
{
	if (k->has & VIEW_ICMP_TYPE)
		sentence_add(to, "%stype %u", to->len ? " " : "", k->icmp_type);
	if (k->has & VIEW_ICMP_CODE)
		sentence_add(to, "%scode %u", to->len ? " " : "", k->icmp_code);
}

static void add_source(struct sentence *to, const struct shown *s, const struct view_key *k)
{
	add_end(to, s, k->src, k->src_bits, k->has & VIEW_SRC, k->has & VIEW_SPORT ? &k->sport : NULL,
		k->proto);
}

static void add_destination(struct sentence *to, const struct shown *s, const struct view_key *k)
{
	add_end(to, s, k->dst, k->dst_bits, k->has & VIEW_DST, k->has & VIEW_DPORT ? &k->dport : NULL,
		k->proto);
	add_icmp(to, k);
}

/* What the ends were translated to: `from 192.0.2.1:4000 to 10.0.0.1:80'. */
static void add_nat(struct sentence *to, const struct shown *s, const struct view_key *k)
{
	if (k->has & (VIEW_NAT_SRC | VIEW_NAT_SPORT)) {
		sentence_add(to, "from ");
		add_end(to, s, k->nat_src, k->nat_src_bits, k->has & VIEW_NAT_SRC,
			k->has & VIEW_NAT_SPORT ? &k->nat_sport : NULL, k->proto);
	}
	if (k->has & (VIEW_NAT_DST | VIEW_NAT_DPORT)) {
		sentence_add(to, "%sto ", to->len ? " " : "");
		add_end(to, s, k->nat_dst, k->nat_dst_bits, k->has & VIEW_NAT_DST,
			k->has & VIEW_NAT_DPORT ? &k->nat_dport : NULL, k->proto);
	}
}

static void add_mark(struct sentence *to, const struct shown *s, const struct view_key *k)
{
	if (k->has & VIEW_MARK_LABEL)
		add_text(to, s, k->mark_label);
	if (k->has & VIEW_MARK)
		sentence_add(to, "%s0x%" PRIx32, to->len ? " " : "", k->mark);
}

static void add_devices(struct sentence *to, const struct shown *s, const struct view_key *k)
{
	if (k->has & VIEW_IIF)
		add_text(to, s, k->iif);
	sentence_add(to, ">");
	if (k->has & VIEW_OIF)
		add_text(to, s, k->oif);
}

static const char *direction_name(uint8_t direction)
{
	static const char *const names[] = {
		[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in",
		[FLOW_DIR_OUT] = "out", [FLOW_DIR_LOCAL] = "local",
	};

	return direction < sizeof(names) / sizeof(names[0]) ? names[direction] : "?";
}

static void add_proto(struct sentence *to, const struct view_key *k)
{
	char text[TEXT_SIZE];

	show_proto(text, sizeof(text), k->proto);
	sentence_add(to, "%s", text);
}

static void add_column(struct sentence *to, const struct shown *s, const struct view_key *k,
		       enum name_column column)
{
	switch (column) {
	case NAME_DIRECTION:
		sentence_add(to, "%s", direction_name(k->direction));
		break;
	case NAME_PROTO:
		add_proto(to, k);
		break;
	case NAME_SRC:
		add_source(to, s, k);
		break;
	case NAME_DST:
		add_destination(to, s, k);
		break;
	case NAME_PORT:
		if (k->has & VIEW_DPORT)
			add_port(to, s, k->dport, k->proto);
		add_icmp(to, k);
		break;
	case NAME_SRC_LABEL:
		add_text(to, s, k->src_label);
		break;
	case NAME_DST_LABEL:
		add_text(to, s, k->dst_label);
		break;
	case NAME_PREFIX:
		add_text(to, s, k->prefix);
		break;
	case NAME_RULE:
		add_text(to, s, k->rule);
		break;
	case NAME_COMMENT:
		add_text(to, s, k->comment);
		break;
	case NAME_NAT:
		add_nat(to, s, k);
		break;
	case NAME_DEVICES:
		add_devices(to, s, k);
		break;
	case NAME_DROP_REASON:
		add_text(to, s, k->drop_reason);
		break;
	case NAME_NETNS:
		add_text(to, s, k->netns);
		break;
	case NAME_ZONE:
		sentence_add(to, "%u", k->zone);
		break;
	case NAME_MARK:
		add_mark(to, s, k);
		break;
	case NAME_HOST:
	case NAME_N:
		break;
	}
}

void names_text(char *to, size_t size, const struct shown *s, const struct board_row *row,
		enum name_column column)
{
	struct sentence text = sentence_begin(to, size);

	if (column == NAME_HOST)
		add_text(&text, s, row->host);
	else if (names_of_key(&row->key, column))
		add_column(&text, s, &row->key, column);
	if (!text.len)
		sentence_add(&text, "-");
}

/* Whether the whole name of a row has this column. A pair of labels has both: the one that is missing
 * is `-'. */
static bool in_whole(const struct shown *s, const struct board_row *row, enum name_column column)
{
	if (column == NAME_HOST)
		return s->query.group == BOARD_HOST;
	if (column == NAME_SRC_LABEL || column == NAME_DST_LABEL)
		return row->key.has & (VIEW_SRC_LABEL | VIEW_DST_LABEL);
	return names_of_key(&row->key, column);
}

void names_whole(char *to, size_t size, const struct shown *s, const struct board_row *row)
{
	struct sentence text = sentence_begin(to, size);
	char part[TEXT_SIZE];

	if (row->other)
		sentence_add(&text, "other");
	for (enum name_column c = 0; c < NAME_N && !row->other; c++) {
		bool to_another = c == NAME_DST || c == NAME_DST_LABEL;

		if (!in_whole(s, row, c))
			continue;
		names_text(part, sizeof(part), s, row, c);
		sentence_add(&text, "%s%s", !text.len ? "" : to_another ? " > " : " ", part);
	}
	if (!text.len)
		sentence_add(&text, "none");
}
