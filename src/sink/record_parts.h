/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_RECORD_PARTS_H
#define CTAGG_SINK_RECORD_PARTS_H

#include "sink/record.h"
#include "sink/text.h"

/* The parts that records of several kinds share; for the *record.c files only. Each function
 * writes at p and returns where the text ends. */

/* How long a line can be.
 *
 * A line has three parts: its origin (host, run, name of the namespace, tags), which takes at most
 * 1480 bytes and the same number in all lines of a run, also where the name is a key's; its fixed fields, of which numbers,
 * times, addresses and words have a largest length; and texts from outside, of which there is a
 * largest length for each (RECORD_MAX_TEXT) and, because all of them together would be too long
 * for some lines, one for all: the room that RECORD_MAX less the two other parts leaves.
 *
 * RECORD_MAX_FIXED is what the fixed fields take at most, in bytes, rounded up:
 *
 *   head    224  {"type":"window","schema":1,"id":, window_ms, slot, window_start, window_end
 *   key     704  direction, proto, 4 addresses of 50 bytes, 4 ports, ICMP, zone, mark, two
 *                names of interfaces of 90 bytes, and the reason of a drop
 *   rule    136  the names of three texts and of their _cut, the rule's family and handle
 *   sums    832  24 counters of 20 digits
 *   values  104  with --distinct: the longest name twice, two numbers
 *   times    86  first_seen, last_seen, the end of the line
 *
 * A line of a rule has at least RECORD_MAX - 1480 - 2124 = 492 bytes for its texts, mostly some
 * 1900: then each text has its largest length. The room does not depend on the flow, so a rule
 * has the same name in all lines.
 *
 * RECORD_MAX_NETLABELS is what --labels adds: the names of three texts and of their _cut. Each of
 * these texts has a sixth of the room, so that at least half of it is left for the texts of a rule.
 *
 * RECORD_MAX_FIXED_WINDOW is the same for the `window` record, whose only text is the key.
 * RECORD_MAX_FIXED_CHECK is the same for a record of --check, with the text and the command.
 */
#define RECORD_MAX_TEXT 512
#define RECORD_MAX_FIXED 2124
#define RECORD_MAX_NETLABELS 112
#define RECORD_NETLABELS 3	/* how many a line can have */
#define RECORD_MAX_FIXED_WINDOW 2604
#define RECORD_MAX_FIXED_CHECK 224

static inline size_t record_room(const struct record *r, size_t fixed)
{
	/* with room for unwatched_netns, where no origin has a namespace */
	size_t netns = r->everywhere || r->spec.fields & FIELD_NETNS ? ORIGIN_MAX_NETNS_FIELD : 0;

	return RECORD_MAX - fixed - r->origin->source_len - r->origin->tags_len - netns;
}

/* How long the label of a network or a mark may be, with escapes, in a line of a run with --labels. */
static inline size_t record_netlabel_max(const struct record *r)
{
	size_t max = record_room(r, RECORD_MAX_FIXED + RECORD_MAX_NETLABELS) / (2 * RECORD_NETLABELS);

	return max < RECORD_MAX_TEXT ? max : RECORD_MAX_TEXT;
}

/* The room for the texts of a rule. */
static inline size_t record_rule_room(const struct record *r)
{
	if (!r->netlabels)
		return record_room(r, RECORD_MAX_FIXED);
	return record_room(r, RECORD_MAX_FIXED + RECORD_MAX_NETLABELS) -
	       RECORD_NETLABELS * record_netlabel_max(r);
}

/* ,"name":"text", escaped and cut to max bytes, then ,"name_cut":true where it was cut. */
char *record_text(char *p, const char *name, const char *text, size_t len, size_t max);

/* The only text of a `window` record: as long as the line has room for. */
char *record_only_text(const struct record *r, char *p, const char *name, const char *text);

/* ,"NAME_cut":true */
char *record_cut(char *p, const char *name);

/* ,"name":n */
#define NUMBER(p, name, n) text_u64(TEXT((p), ",\"" name "\":"), (n))

/* From the closing quote of the record's type up to the last field that all records of a window
 * share. */
char *record_head(struct record *r, char *p);

/* The fields of a key without the rule, each with a comma before it. */
char *record_key(const struct record *r, char *p, const struct flow_key *key);

/* With --labels: the labels of the networks and of the mark in a key, where the key determines them, each
 * with a comma before it. */
char *record_netlabels(const struct record *r, char *p, const struct flow_key *key);

/* The same of the addresses of a socket. */
char *record_socket_labels(const struct record *r, char *p, const struct socket_facts *f);

/* name_and_colon as it is, then an address in quotes, as --anonymize shows it. */
char *record_address(const struct record *r, char *p, const char *name_and_colon, __u8 family,
		     const __u8 addr[16]);

/* The prefix and the rule that the label of this number names, each with a comma before it. */
char *record_label(const struct record *r, char *p, uint32_t number);

/* name_and_colon as it is (,"name":), then value in quotes; value needs no escapes. */
char *record_word(char *p, const char *name_and_colon, const char *value);

/* Counters of a flow, of `other` or of a window, each with a comma before it. */
char *record_counters(const struct record *r, char *p, const struct flow_sums *sum);

/* With --distinct: how many values the record has, with a comma before it, and the error of an
 * estimate. */
char *record_distinct(const struct record *r, char *p);

/* ,"drop_bytes":bytes: null where packets were dropped and the length of none is known. */
static inline char *record_drop_bytes(char *p, uint64_t bytes, uint64_t unsized)
{
	if (unsized && !bytes)
		return TEXT(p, ",\"drop_bytes\":null");
	return NUMBER(p, "drop_bytes", bytes);
}

/* Packets and bytes, each with a comma before it; null when they are not known. Inline,
 * as every flow has them. */
static inline char *record_traffic(char *p, const struct flow_sums *sum, bool known)
{
	if (!known)
		return TEXT(p, ",\"orig_packets\":null,\"orig_bytes\":null"
			       ",\"reply_packets\":null,\"reply_bytes\":null");
	p = NUMBER(p, "orig_packets", sum->orig_packets);
	p = NUMBER(p, "orig_bytes", sum->orig_bytes);
	p = NUMBER(p, "reply_packets", sum->reply_packets);
	return NUMBER(p, "reply_bytes", sum->reply_bytes);
}

/* Values without a name. */
char *record_closed_by(char *p, enum window_closed_by by);
char *record_onoff(char *p, enum window_switch s);
char *record_loss(char *p, const struct window_loss *loss);
char *record_signed(char *p, int64_t n);
char *record_kernel(char *p, const struct window_kernel *k);

/* A field of a window record of each kind that WINDOW_RECORD names, with a comma before
 * it; name is a literal. */
#define FIELD_NAME(p, name) TEXT((p), ",\"" name "\":")
#define FIELD_count(r, p, name, n) NUMBER(p, name, n)
#define FIELD_word(r, p, name, word) record_word(p, ",\"" name "\":", word)
#define FIELD_text(r, p, name, text) record_only_text(r, p, name, text)
#define FIELD_step(r, p, name, n) record_signed(FIELD_NAME(p, name), n)
#define FIELD_loss(r, p, name, loss) record_loss(FIELD_NAME(p, name), &(loss))
#define FIELD_onoff(r, p, name, s) record_onoff(FIELD_NAME(p, name), s)
#define FIELD_truth(r, p, name, yes) FIELD_onoff(r, p, name, (yes) ? SWITCH_ON : SWITCH_OFF)
#define FIELD_kernel(r, p, name, k) record_kernel(FIELD_NAME(p, name), &(k))
#define FIELD_status(r, p, name, s) record_word(p, ",\"" name "\":", window_status_name(s))
#define FIELD_closed_by(r, p, name, by) record_closed_by(FIELD_NAME(p, name), by)
#define FIELD_sums(r, p, name, sum) record_counters(r, p, sum)

#endif
