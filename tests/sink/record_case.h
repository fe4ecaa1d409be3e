/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SINK_RECORD_CASE_H
#define CTAGG_TESTS_SINK_RECORD_CASE_H

#include <jansson.h>

#include "sink/record.h"

/* What the tests of records share. A function that fails ends the test. */

#define START 1795222800000000000ULL	/* 2026-11-21T01:00:00Z */
#define END (START + 60000000000ULL)

#define HEAD "type schema id host run window_ms slot window_start window_end"
#define SNAPSHOT_HEAD "type schema id host run window_start window_end"
#define EVENTS "starts ends drops drop_bytes logged unreplied " TCP
#define TCP "tcp_unanswered tcp_closed tcp_reset tcp_expired"
#define TRAFFIC "orig_packets orig_bytes reply_packets reply_bytes"
#define SEEN "first_seen last_seen"

/* A writer of records of the window from START to END, which is aligned; there is one. */
struct record *record_writer(const char *host);

/* Parse one line as a reader would: one JSON object of printable ASCII, not longer than
 * RECORD_MAX, with a newline at its end, and with the fields and kinds of values that the
 * schema has for its type. */
json_t *parse_line(const char *line, const char *end);

/* Write a record of each type and parse it. The object is the caller's. */
json_t *flow_line(struct record *r, const struct flow_row *row);
json_t *other_line(struct record *r, const struct flow_sums *sum);
json_t *window_line(struct record *r, const struct window_record *w);

/* The object has these fields and no others, in this order. */
void expect_fields(const json_t *object, const char *fields);

/* The field of the object has this value. */
void expect_string(const json_t *object, const char *key, const char *expected);
void expect_number(const json_t *object, const char *key, long long expected);
void expect_null(const json_t *object, const char *key);

/* A flow with counters, over IPv4: of this protocol, without ports; and of TCP to port 443. */
struct flow_row row4(__u8 l4);
struct flow_row tcp4(void);

/* The record of window 7, in which each counter has a value of its own. */
struct window_record window7(const struct flow_sums *total);

#endif
