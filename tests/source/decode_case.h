/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SOURCE_DECODE_CASE_H
#define CTAGG_TESTS_SOURCE_DECODE_CASE_H

#include <stddef.h>

#include "flow/event.h"
#include "source/message.h"

/* What the tests of conntrack_decode() share. A function that fails ends the test. */

/* Decode a message in memory of just its size, so that reading past it is seen. Returns what
 * conntrack_decode() returns. */
int decode(const void *bytes, size_t len, struct flow_event *ev);
int decode_message(const struct message *m, struct flow_event *ev);
int decode_spec(const struct message_spec *s, struct flow_event *ev);

/* ev is what the description stands for: what is not known does not count. */
void expect_event(const struct flow_event *ev, const struct message_spec *s);

/* Descriptions with the most in them: number 0 to RICH_SPECS - 1. */
#define RICH_SPECS 16
struct message_spec rich_spec(int i);

#endif
