/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/proto.h"
#include "lines/address.h"
#include "lines/words.h"
#include "view/record.h"

static int refuse(const char **why, const char *because)
{
	*why = because;
	return -EBADMSG;
}

const char *view_record_text(const struct record_line *r, enum record_field field, char copy[VIEW_TEXT_MAX],
			     size_t *len)
{
	const struct flat_text *text = &r->of[field].text;

	*len = text->len;
	if (!text->escaped)
		return text->p;
	if (!flat_copy(text, copy, VIEW_TEXT_MAX, len))
		*len = 0;
	return copy;
}

/* The number of a text, 0 where the line has none, and where there is no room for the text. */
static int text_of(struct view_texts *texts, const struct record_line *r, enum record_field field,
		   uint32_t *number)
{
	char copy[VIEW_TEXT_MAX];
	const char *text;
	size_t len;
	int err;

	*number = 0;
	if (!record_has(r, field))
		return 0;
	text = view_record_text(r, field, copy, &len);
	err = view_texts_number(texts, text, len, number);
	if (err != -ENOSPC)
		return err;
	view_texts_blank(texts);
	return 0;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Two texts of one network become the same key. */
static void cut(uint8_t addr[16], unsigned int bits)
{
	for (unsigned int i = bits / 8; i < 16; i++)
		addr[i] &= i == bits / 8 ? 0xff00 >> bits % 8 : 0;
}

/* An address, or a network: the prefix of a record counts the bits of its own family. */
static bool address(const struct record_line *r, enum record_field field, uint8_t addr[16], uint8_t *bits)
{
	char copy[VIEW_TEXT_MAX];
	const char *text;
	unsigned int n;
	uint8_t family;
	size_t len;

	text = view_record_text(r, field, copy, &len);
	if (!line_network(text, len, addr, &family, &n))
		return false;
	*bits = (uint8_t)(family == AF_INET ? 96 + n : n);
	if (*bits < 128)
		cut(addr, *bits);
	return true;
}

static int addresses(struct view_key *key, const struct record_line *r)
{
	const struct {
		enum record_field field;
		enum view_field has;
		uint8_t *addr, *bits;
	} of[] = {
		{ RECORD_src_ip, VIEW_SRC, key->src, &key->src_bits },
		{ RECORD_dst_ip, VIEW_DST, key->dst, &key->dst_bits },
		{ RECORD_nat_src_ip, VIEW_NAT_SRC, key->nat_src, &key->nat_src_bits },
		{ RECORD_nat_dst_ip, VIEW_NAT_DST, key->nat_dst, &key->nat_dst_bits },
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		if (!record_has(r, of[i].field))
			continue;
		key->has |= of[i].has;
		if (!address(r, of[i].field, of[i].addr, of[i].bits))
			return -EBADMSG;
	}
	return 0;
}

/* A number that the key has room for; false when the line has a larger one. */
static bool number(struct view_key *key, const struct record_line *r, enum record_field field,
		   enum view_field has, uint64_t max, uint64_t *n)
{
	*n = record_count(r, field);
	if (record_has(r, field))
		key->has |= has;
	return *n <= max;
}

#define NUMBER(field, has, max, member)                                     \
	if (!number(key, r, RECORD_##field, has, max, &n))                  \
		return refuse(why, #field " is larger than it can be");     \
	key->member = n

static int numbers(struct view_key *key, const struct record_line *r, const char **why)
{
	uint64_t n;

	NUMBER(src_port, VIEW_SPORT, UINT16_MAX, sport);
	NUMBER(dst_port, VIEW_DPORT, UINT16_MAX, dport);
	NUMBER(nat_src_port, VIEW_NAT_SPORT, UINT16_MAX, nat_sport);
	NUMBER(nat_dst_port, VIEW_NAT_DPORT, UINT16_MAX, nat_dport);
	NUMBER(icmp_type, VIEW_ICMP_TYPE, UINT8_MAX, icmp_type);
	NUMBER(icmp_code, VIEW_ICMP_CODE, UINT8_MAX, icmp_code);
	NUMBER(zone, VIEW_ZONE, UINT16_MAX, zone);
	NUMBER(mark, VIEW_MARK, UINT32_MAX, mark);
	return 0;
}

static int direction(struct view_key *key, const struct record_line *r, const char **why)
{
	if (!record_has(r, RECORD_direction))
		return 0;
	for (unsigned int i = 0; line_directions[i]; i++)
		if (flat_is(&r->of[RECORD_direction].text, line_directions[i], strlen(line_directions[i]))) {
			key->has |= VIEW_DIRECTION;
			key->direction = i;
			return 0;
		}
	return refuse(why, "direction is none that there is");
}

/* A protocol by its name or, as a text, by its number. */
static int protocol(struct view_key *key, const struct record_line *r, const char **why)
{
	char copy[VIEW_TEXT_MAX];
	const char *text;
	size_t len;
	int proto;

	if (!record_has(r, RECORD_proto))
		return 0;
	text = view_record_text(r, RECORD_proto, copy, &len);
	proto = proto_of_text(text, len);
	if (proto < 0)
		return refuse(why, "proto is none that there is");
	key->has |= VIEW_PROTO;
	key->proto = proto;
	return 0;
}

static int key_texts(struct view_key *key, struct view_texts *texts, const struct record_line *r)
{
	const struct {
		enum record_field field;
		enum view_field has;
		uint32_t *number;
	} of[] = {
		{ RECORD_iif, VIEW_IIF, &key->iif },
		{ RECORD_oif, VIEW_OIF, &key->oif },
		{ RECORD_src_label, VIEW_SRC_LABEL, &key->src_label },
		{ RECORD_dst_label, VIEW_DST_LABEL, &key->dst_label },
		{ RECORD_mark_label, VIEW_MARK_LABEL, &key->mark_label },
		{ RECORD_log_prefix, VIEW_PREFIX, &key->prefix },
		{ RECORD_rule, VIEW_RULE, &key->rule },
		{ RECORD_rule_comment, VIEW_COMMENT, &key->comment },
		{ RECORD_drop_reason, VIEW_DROP_REASON, &key->drop_reason },
		{ RECORD_netns, VIEW_NETNS, &key->netns },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(of) / sizeof(of[0]); i++) {
		if (!record_has(r, of[i].field) && !record_is_null(r, of[i].field))
			continue;
		key->has |= of[i].has;
		err = text_of(texts, r, of[i].field, of[i].number);
	}
	return err;
}

static int read_key(struct view_key *key, struct view_texts *texts, const struct record_line *r,
		    const char **why)
{
	int err = direction(key, r, why);

	if (!err)
		err = protocol(key, r, why);
	if (!err)
		err = numbers(key, r, why);
	if (!err && addresses(key, r))
		err = refuse(why, "an address that is none");
	return err ? err : key_texts(key, texts, r);
}

/* --- records ---------------------------------------------------------------------------------- */

static void read_sums(struct view_sums *sums, const struct record_line *r)
{
	static const enum record_field of[VIEW_N_COUNTERS] = {
#define COUNTER_FIELD(name) RECORD_##name,
		VIEW_COUNTERS(COUNTER_FIELD)
	};

	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++) {
		sums->of[i] = record_count(r, of[i]);
		sums->known |= (uint32_t)record_has(r, of[i]) << i;
		sums->unknown |= (uint32_t)record_is_null(r, of[i]) << i;
	}
	if (!view_traffic_unknown(sums))
		sums->unknown &= ~VIEW_TRAFFIC;
	else if (sums->of[VIEW_uncounted_ends])
		sums->unknown |= VIEW_TRAFFIC;
}

int view_record_flow(struct view_flow *f, struct view_texts *texts, const struct record_line *r,
		     const char **why)
{
	memset(f, 0, sizeof(*f));
	read_sums(&f->sums, r);
	f->other = r->type == RECORD_OTHER;
	if (!f->other)
		return read_key(&f->key, texts, r, why);
	f->table_full = record_has(r, RECORD_reason) && flat_is(&r->of[RECORD_reason].text, "table_full", 10);
	f->folded_flows = record_count(r, RECORD_folded_flows);
	return 0;
}

/* *to is all 0, and its padding stays so: rules are compared as bytes. */
static void read_number(struct view_number *to, const struct record_line *r, enum record_field field)
{
	to->n = record_count(r, field);
	to->state = record_has(r, field) ? VIEW_KNOWN : record_is_null(r, field) ? VIEW_NULL : VIEW_ABSENT;
}

int view_record_rule(struct view_rule *rule, struct view_texts *texts, const struct record_line *r)
{
	int err;

	memset(rule, 0, sizeof(*rule));
	read_number(&rule->drops, r, RECORD_drops);
	read_number(&rule->drop_bytes, r, RECORD_drop_bytes);
	read_number(&rule->logged, r, RECORD_logged);
	read_number(&rule->packets, r, RECORD_packets);
	read_number(&rule->bytes, r, RECORD_bytes);
	err = text_of(texts, r, RECORD_rule, &rule->rule);
	if (!err)
		err = text_of(texts, r, RECORD_rule_comment, &rule->comment);
	return err ? err : text_of(texts, r, RECORD_log_prefix, &rule->prefix);
}

static int status(struct view_window *w, const struct record_line *r, const char **why)
{
	if (record_has(r, RECORD_status))
		for (enum window_status s = WINDOW_NODATA; s <= WINDOW_PARTIAL; s++)
			if (flat_is(&r->of[RECORD_status].text, window_status_name(s), strlen(window_status_name(s)))) {
				w->status = s;
				return 0;
			}
	return refuse(why, "a window record without a status that there is");
}

static int clock_step(struct view_window *w, const struct record_line *r, const char **why)
{
	const struct flat_field *f = &r->of[RECORD_clock_step_ms];
	char text[24], *end;
	size_t len;

	w->clock_step_ms = 0;
	if (!record_has(r, RECORD_clock_step_ms))
		return 0;
	if (f->type == FLAT_COUNT) {
		w->clock_step_ms = (int64_t)f->count;
		return 0;
	}
	if (!flat_copy(&f->text, text, sizeof(text) - 1, &len))
		return refuse(why, "clock_step_ms is no whole number");
	text[len] = '\0';
	w->clock_step_ms = strtoll(text, &end, 10);
	return *end ? refuse(why, "clock_step_ms is no whole number") : 0;
}

int view_record_window(struct view_window *w, struct view_texts *texts, const struct record_line *r,
		       const char **why)
{
	int err = status(w, r, why);

	if (!err)
		err = clock_step(w, r, why);
	if (!err)
		err = text_of(texts, r, RECORD_engine, &w->engine);
	if (!err)
		err = text_of(texts, r, RECORD_closed_by, &w->closed_by);
	if (!err)
		err = text_of(texts, r, RECORD_netns, &w->netns);
	w->flowtable_uncounted = record_has(r, RECORD_flowtable_uncounted) &&
				 r->of[RECORD_flowtable_uncounted].truth;
	read_sums(&w->total, r);
#define READ_NUMBER(name) read_number(&w->name, r, RECORD_##name);
	VIEW_WINDOW_NUMBERS(READ_NUMBER)
	return err;
}
