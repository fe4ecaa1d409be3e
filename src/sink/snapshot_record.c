/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "sink/record_parts.h"
#include "sink/snapshot_record.h"

/* Whether packets and bytes are known of any of the connections. */
static bool has_counters(const struct flow_sums *s)
{
	return flow_sums_entries(s) > s->uncounted_live;
}

/* The counters of connections in the table, X(prefix, name): those that are always known, and the
 * traffic. */
#define ENTRIES(X, prefix) X(prefix, live) X(prefix, closing) X(prefix, unreplied)
#define TRAFFIC(X, prefix)                                                                     \
	X(prefix, orig_packets) X(prefix, orig_bytes) X(prefix, reply_packets) X(prefix, reply_bytes)

#define NUMBER_OF(prefix, name) p = NUMBER(p, prefix #name, s->name);
#define NULL_OF(prefix, name) p = TEXT(p, ",\"" prefix #name "\":null");

/* Each field has the prefix before its name, and a comma before that. */
#define COUNTERS(function, prefix)                                                             \
	static char *function(char *p, const struct flow_sums *s)                              \
	{                                                                                      \
		ENTRIES(NUMBER_OF, prefix)                                                     \
		if (has_counters(s)) {                                                         \
			TRAFFIC(NUMBER_OF, prefix)                                             \
		} else {                                                                       \
			TRAFFIC(NULL_OF, prefix)                                               \
		}                                                                              \
		return s->uncounted_live ? NUMBER(p, prefix "uncounted_live", s->uncounted_live) : p; \
	}
COUNTERS(counters, "")
COUNTERS(previous_counters, "previous_")

char *record_live(struct record *r, char *p, const struct flow_row *row)
{
	p = record_head(r, TEXT(p, "{\"type\":\"flow"));
	p = record_key(r, p, &row->key);
	p = counters(p, &row->sum);
	p = record_distinct(r, p);
	return TEXT(p, "}\n");
}

char *record_live_other(struct record *r, char *p, const struct flow_sums *sum,
			const char *reason, uint64_t folded)
{
	p = record_head(r, TEXT(p, "{\"type\":\"other"));
	p = record_word(p, ",\"reason\":", reason);
	p = NUMBER(p, "folded_flows", folded);
	p = counters(p, sum);
	p = record_distinct(r, p);
	return TEXT(p, "}\n");
}

char *record_change(struct record *r, char *p, const struct flow_key *key,
		    const struct flow_sums *previous, const struct flow_sums *current)
{
	static const struct flow_sums none = { 0 };

	p = record_head(r, TEXT(p, "{\"type\":\"change"));
	p = record_word(p, ",\"change\":",
			!previous ? "appeared" : !current ? "vanished" : "changed");
	p = record_key(r, p, key);
	p = counters(p, current ? current : &none);
	p = previous_counters(p, previous ? previous : &none);
	return TEXT(p, "}\n");
}

static char *truth(char *p, bool yes)
{
	return yes ? TEXT(p, "true") : TEXT(p, "false");
}

static char *comparison(char *p, const struct record_snapshot *s)
{
	p = NUMBER(p, "appeared", s->appeared);
	p = NUMBER(p, "vanished", s->vanished);
	p = NUMBER(p, "changed", s->changed);
	p = NUMBER(p, "unprinted_changes", s->unprinted_changes);
	p = truth(TEXT(p, ",\"unchanged\":"), !(s->appeared + s->vanished + s->changed));
	p = record_word(p, ",\"sha256\":", s->sha256);
	return record_word(p, ",\"sha256_keys\":", s->sha256_keys);
}

/* A field that every window record has. */
#define FIELD(kind, name) FIELD_##kind(r, p, #name, w->name)

char *record_snapshot(struct record *r, char *p, const struct window_record *w,
		      const struct record_snapshot *s)
{
	p = record_head(r, TEXT(p, "{\"type\":\"window"));
	p = FIELD(count, seq);
	p = FIELD(closed_by, closed_by);
	p = FIELD(status, status);
	p = FIELD(count, records);
	p = counters(p, w->total);
	p = record_distinct(r, p);
	p = NUMBER(p, "duplicates", s->duplicates);
	p = FIELD(count, undecoded_events);
	p = NUMBER(p, "offloaded", s->offloaded);
	if (r->spooled) {
		p = FIELD(count, dropped_windows);
		p = FIELD(count, dropped_records);
	}
	p = FIELD(count, max_error);
	p = FIELD(word, max_error_counter);
	p = FIELD(onoff, accounting);
	p = FIELD(onoff, timestamps);
	p = FIELD(word, version);
	p = FIELD(text, key);
	p = FIELD(word, selection);
	if (s->compared)
		p = comparison(p, s);
	return TEXT(p, "}\n");
}
