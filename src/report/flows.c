/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "report/flows.h"

/* --- how large a row is ----------------------------------------------------------------------- */

/* By what it carried; where nobody knows, by events. */
static struct report_size traffic_size(const struct report_counts *c)
{
	return (struct report_size){ {
		report_plus(c->of[REPORT_orig_bytes], c->of[REPORT_reply_bytes]),
		report_plus(report_plus(c->of[REPORT_starts], c->of[REPORT_ends]), c->of[REPORT_drops]),
	} };
}

/* By connections that failed: a connection without a reply is no reset one. Handshakes that were not
 * completed can be either. */
static struct report_size failed_size(const struct report_counts *c)
{
	return (struct report_size){ {
		report_plus(c->of[REPORT_unreplied], c->of[REPORT_tcp_reset]),
		report_plus(c->of[REPORT_tcp_unanswered], c->of[REPORT_ends]),
	} };
}

static struct report_size rule_size(const struct report_counts *c)
{
	return (struct report_size){ {
		c->of[REPORT_drops] > c->of[REPORT_orig_packets] ? c->of[REPORT_drops] : c->of[REPORT_orig_packets],
		c->of[REPORT_logged],
	} };
}

int report_flows_open(struct report_totals *t)
{
	int err = 0;

	for (unsigned int i = 0; i < REPORT_N_GROUPS && !err; i++)
		err = report_group_open(&t->groups[i], REPORT_MAX_ROWS,
					i == REPORT_SERVICES ? failed_size : i == REPORT_RULES ? rule_size : traffic_size);
	return err;
}

/* --- keys of flows ---------------------------------------------------------------------------- */

static void take_source(struct report_field *to, const struct view_key *key)
{
	if (!(key->has & VIEW_SRC))
		return;
	to->has |= REPORT_HAS_ADDR;
	to->bits = key->src_bits;
	memcpy(to->addr, key->src, sizeof(to->addr));
}

static void take_destination(struct report_field *to, const struct view_key *key)
{
	if (!(key->has & VIEW_DST))
		return;
	to->has |= REPORT_HAS_ADDR;
	to->bits = key->dst_bits;
	memcpy(to->addr, key->dst, sizeof(to->addr));
}

static void take_port(struct report_field *to, const struct view_key *key)
{
	if (key->has & VIEW_PROTO) {
		to->has |= REPORT_HAS_PROTO;
		to->proto = key->proto;
	}
	if (key->has & VIEW_DPORT) {
		to->has |= REPORT_HAS_PORT;
		to->port = key->dport;
	} else if (key->has & VIEW_ICMP_TYPE) {
		to->has |= REPORT_HAS_ICMP;
		to->port = key->icmp_type;
	}
}

static void take_labels(struct report_field *to, const struct view_key *key)
{
	to->text[0] = key->src_label;
	to->text[1] = key->dst_label;
}

static void take_direction(struct report_field *to, const struct view_key *key)
{
	if (key->has & VIEW_DIRECTION) {
		to->has |= REPORT_HAS_DIRECTION;
		to->direction = key->direction;
	}
}

static void take_service(struct report_field *to, const struct view_key *key)
{
	take_destination(to, key);
	take_port(to, key);
}

typedef void take_fn(struct report_field *to, const struct view_key *key);
static take_fn *const takes[REPORT_N_GROUPS] = {
	[REPORT_SOURCES] = take_source,
	[REPORT_DESTINATIONS] = take_destination,
	[REPORT_PORTS] = take_port,
	[REPORT_LABELS] = take_labels,
	[REPORT_DIRECTIONS] = take_direction,
	[REPORT_SERVICES] = take_service,
};

void report_flows_expect(const struct report_totals *t, const struct view_flow *f, struct report_flow *to)
{
	for (unsigned int i = 0; i < REPORT_N_GROUPS; i++) {
		struct report_field field = { .what = f->other ? REPORT_OTHERS : REPORT_KEYED };

		if (!takes[i])
			continue;
		if (!f->other)
			takes[i](&field, &f->key);
		memcpy(&to->keys[i], &field, sizeof(field));
		to->hashes[i] = report_keys_expect(&t->groups[i].keys, &to->keys[i]);
	}
}

static int add_flow(struct report_totals *t, const struct report_flow *flow)
{
	int err = 0;

	for (unsigned int i = 0; i < REPORT_N_GROUPS && !err; i++)
		if (takes[i])
			err = report_group_add_by(&t->groups[i], &flow->keys[i], flow->hashes[i], &flow->counts);
	return err;
}

int report_flows_add(struct report_totals *t, const struct report_flow *flows, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned int j = 0; j < REPORT_N_GROUPS; j++)
			if (takes[j])
				report_keys_approach(&t->groups[j].keys, flows[i].hashes[j]);
	for (size_t i = 0; i < n && !err; i++)
		err = add_flow(t, &flows[i]);
	return err;
}

/* --- rules ------------------------------------------------------------------------------------ */

static void take_number(struct report_counts *to, enum report_counter counter, struct view_number number)
{
	to->of[counter] = number.state == VIEW_KNOWN ? number.n : 0;
	to->known |= (unsigned int)(number.state == VIEW_KNOWN) << counter;
	to->unknown |= (unsigned int)(number.state == VIEW_NULL) << counter;
}

int report_rules_add(struct report_totals *t, uint32_t host, const struct view_rule *r)
{
	struct report_field field = { .text = { r->prefix, r->rule, r->comment }, .host = host };
	struct report_counts counts = { .known = 0 };
	struct report_key key;

	memcpy(&key, &field, sizeof(key));
	take_number(&counts, REPORT_drops, r->drops);
	take_number(&counts, REPORT_drop_bytes, r->drop_bytes);
	take_number(&counts, REPORT_logged, r->logged);
	take_number(&counts, REPORT_orig_packets, r->packets);
	take_number(&counts, REPORT_orig_bytes, r->bytes);
	t->rule_logs = t->rule_logs || r->drops.state != VIEW_ABSENT;
	t->rule_counters = t->rule_counters || r->packets.state != VIEW_ABSENT;
	return report_group_add(&t->groups[REPORT_RULES], &key, &counts);
}
