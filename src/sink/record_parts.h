/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_RECORD_PARTS_H
#define CTAGG_SINK_RECORD_PARTS_H

#include "sink/record.h"
#include "sink/text.h"

/* The parts that records of several kinds share; for the *record.c files only. Each function
 * writes at p and returns where the text ends. */

/* ,"name":n */
#define NUMBER(p, name, n) text_u64(TEXT((p), ",\"" name "\":"), (n))

/* From the closing quote of the record's type up to the last field that all records of a window
 * share. */
char *record_head(struct record *r, char *p);

/* The fields of a key without the rule, each with a comma before it. */
char *record_key(const struct record *r, char *p, const struct flow_key *key);

/* The prefix and the rule that the label of this number names, each with a comma before it. */
char *record_label(const struct record *r, char *p, uint32_t number);

/* name_and_colon as it is (,"name":), then value in quotes; value needs no escapes. */
char *record_word(char *p, const char *name_and_colon, const char *value);

/* Counters of a flow, of `other` or of a window, each with a comma before it. */
char *record_counters(const struct record *r, char *p, const struct flow_sums *sum);

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
char *record_status(char *p, enum window_status status);
char *record_closed_by(char *p, enum window_closed_by by);
char *record_onoff(char *p, enum window_switch s);
char *record_loss(char *p, const struct window_loss *loss);
char *record_signed(char *p, int64_t n);

/* A field of a window record of each kind that WINDOW_RECORD names, with a comma before
 * it; name is a literal. */
#define FIELD_NAME(p, name) TEXT((p), ",\"" name "\":")
#define FIELD_count(r, p, name, n) NUMBER(p, name, n)
#define FIELD_word(r, p, name, word) record_word(p, ",\"" name "\":", word)
#define FIELD_step(r, p, name, n) record_signed(FIELD_NAME(p, name), n)
#define FIELD_loss(r, p, name, loss) record_loss(FIELD_NAME(p, name), &(loss))
#define FIELD_onoff(r, p, name, s) record_onoff(FIELD_NAME(p, name), s)
#define FIELD_status(r, p, name, s) record_status(FIELD_NAME(p, name), s)
#define FIELD_closed_by(r, p, name, by) record_closed_by(FIELD_NAME(p, name), by)
#define FIELD_sums(r, p, name, sum) record_counters(r, p, sum)

#endif
