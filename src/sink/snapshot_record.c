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

/* The counters of connections in the table; no comma before the first one. */
static char *counters(char *p, const struct flow_sums *s)
{
	p = text_u64(TEXT(p, "\"live\":"), s->live);
	p = NUMBER(p, "closing", s->closing);
	p = NUMBER(p, "unreplied", s->unreplied);
	p = record_traffic(p, s, has_counters(s));
	return s->uncounted_live ? NUMBER(p, "uncounted_live", s->uncounted_live) : p;
}

char *record_live(struct record *r, char *p, const struct flow_row *row)
{
	p = record_head(r, TEXT(p, "{\"type\":\"flow"));
	p = record_key(r, p, &row->key);
	*p++ = ',';
	p = counters(p, &row->sum);
	return TEXT(p, "}\n");
}

char *record_live_other(struct record *r, char *p, const struct flow_sums *sum,
			const char *reason, uint64_t folded)
{
	p = record_head(r, TEXT(p, "{\"type\":\"other"));
	p = record_word(p, ",\"reason\":", reason);
	p = NUMBER(p, "folded_flows", folded);
	*p++ = ',';
	p = counters(p, sum);
	return TEXT(p, "}\n");
}

/* now - then, with a sign where it is negative; the difference of two uint64_t can be larger
 * than an int64_t. */
static char *difference(char *p, uint64_t now, uint64_t then)
{
	if (now >= then)
		return text_u64(p, now - then);
	*p++ = '-';
	return text_u64(p, then - now);
}
#define DIFFERENCE(p, name, field)                                                             \
	difference(TEXT((p), ",\"" name "\":"), now->field, then->field)

static char *delta(char *p, const struct flow_sums *now, const struct flow_sums *then)
{
	p = difference(TEXT(p, "\"live\":"), now->live, then->live);
	p = DIFFERENCE(p, "closing", closing);
	p = DIFFERENCE(p, "unreplied", unreplied);
	if (!has_counters(now) || !has_counters(then))
		return TEXT(p, ",\"orig_packets\":null,\"orig_bytes\":null"
			       ",\"reply_packets\":null,\"reply_bytes\":null");
	p = DIFFERENCE(p, "orig_packets", orig_packets);
	p = DIFFERENCE(p, "orig_bytes", orig_bytes);
	p = DIFFERENCE(p, "reply_packets", reply_packets);
	return DIFFERENCE(p, "reply_bytes", reply_bytes);
}

char *record_change(struct record *r, char *p, const struct flow_key *key,
		    const struct flow_sums *previous, const struct flow_sums *current)
{
	p = record_head(r, TEXT(p, "{\"type\":\"change"));
	p = record_word(p, ",\"change\":",
			!previous ? "appeared" : !current ? "vanished" : "changed");
	p = record_key(r, p, key);
	if (previous)
		p = TEXT(counters(TEXT(p, ",\"previous\":{"), previous), "}");
	if (current)
		p = TEXT(counters(TEXT(p, ",\"current\":{"), current), "}");
	if (previous && current)
		p = TEXT(delta(TEXT(p, ",\"delta\":{"), current, previous), "}");
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
	p = truth(TEXT(p, ",\"unchanged\":"), !(s->appeared + s->vanished + s->changed));
	return record_word(p, ",\"sha256\":", s->sha256);
}

/* A field that every window record has. */
#define FIELD(kind, name) FIELD_##kind(r, p, #name, w->name)

	p = FIELD(word, version);
	p = FIELD(text, key);
	p = FIELD(word, selection);
char *record_snapshot(struct record *r, char *p, const struct window_record *w,
		      const struct record_snapshot *s)
{
	p = record_head(r, TEXT(p, "{\"type\":\"window"));
	p = FIELD(count, seq);
	p = FIELD(closed_by, closed_by);
	p = FIELD(status, status);
	p = FIELD(count, records);
	*p++ = ',';
	p = counters(p, w->total);
	p = NUMBER(p, "duplicates", s->duplicates);
	p = FIELD(count, undecoded_events);
	p = NUMBER(p, "offloaded", s->offloaded);
	p = FIELD(count, max_error);
	p = FIELD(word, max_error_counter);
	p = FIELD(onoff, accounting);
	p = FIELD(onoff, timestamps);
	if (s->compared)
		p = comparison(p, s);
	return TEXT(p, "}\n");
}
