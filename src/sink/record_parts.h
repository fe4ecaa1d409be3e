/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_RECORD_PARTS_H
#define CTAGG_SINK_RECORD_PARTS_H

#include "sink/record.h"
#include "sink/text.h"

/* What records of several kinds are made of; for record*.c only. Each writes at p
 * and returns where it stopped. */

/* ,"name":n */
#define NUMBER(p, name, n) text_u64(TEXT((p), ",\"" name "\":"), (n))

/* From the type's closing quote to the window's end. */
char *record_head(struct record *r, char *p);

/* The fields of a key but for the rule, each with a comma before it. */
char *record_key(const struct record *r, char *p, const struct flow_key *key);

/* The fields of a label, each with a comma before it: prefix and rule. */
char *record_label(const struct record *r, char *p, uint32_t number);

/* name_and_colon as it is, and a string that needs no escapes. */
char *record_word(char *p, const char *name_and_colon, const char *value);

const char *record_status(enum window_status status);

char *record_state(char *p, enum window_switch s);

#endif
