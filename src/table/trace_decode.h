/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TRACE_DECODE_H
#define CTAGG_TABLE_TRACE_DECODE_H

#include "flow/event.h"
#include "table/trace_event.h"

/* Make of what the tracing program has passed on the event that conntrack_decode() would make of the
 * message about it. id is 0: only the kernel can tell it. */
void trace_event_decode(const struct trace_event *from, struct flow_event *ev);

/* The hash of the event's struct flow_identity. */
uint64_t trace_event_identity(const struct trace_event *from, const uint64_t secret[2]);

#endif
