/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_EVENT_READ_H
#define CTAGG_LINES_EVENT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/drop_reasons.h"
#include "flow/event.h"
#include "flow/window_record.h"

/* Reads the lines that --events writes (ctagg-record(5), EVENTS AS LINES). */

enum line_type {
	LINE_EVENT,
	LINE_LOSS,
	LINE_OTHER,	/* a well-formed object of another type; nothing else is known of it */
};

/* The longest text of log_prefix, in bytes: a prefix has up to 127, and --events writes up to
 * three for each that belongs to no character. */
#define LINE_MAX_PREFIX 384
/* The longest name of a table, and of a chain. */
#define LINE_MAX_NAME 511

/* The rule that logged a packet.
 *
 * family        NFPROTO_*
 * table, chain  end with a NUL. Names can have slashes, so a rule whose table has one is read with
 *               another boundary between the two: the text is the same
 */
struct line_rule {
	uint8_t family;
	uint64_t handle;
	char table[LINE_MAX_NAME + 1], chain[LINE_MAX_NAME + 1];
};

/* What a line says.
 *
 * event        of LINE_EVENT, complete but for `rule' and, unless has_direction, `dir'. A
 *              connection without reply_* has its original tuple turned round; one without
 *              `replied' has a reply when reply_packets says so, and also when nothing is known:
 *              only ends that are known to lack a reply are `unreplied'
 * has_direction  the line says `direction': event.dir
 * lost_events  of LINE_LOSS; unknown where the line has null. A loss that the line does not
 * lost_*drops  name is a known 0
 * time_ns      of LINE_EVENT and LINE_LOSS; event.time_ns is the same
 * has_prefix   of a packet: prefix and prefix_len are known; UTF-8, without a NUL
 * has_rule     of a packet: rule is known, the only one that can have logged it
 * drop_reason  of a FLOW_KERNEL_DROP: its name as in struct drop_reasons, or "" where the line has none;
 *              event.drop_reason is 0
 */
struct line_event {
	enum line_type type;
	struct flow_event event;
	bool has_direction;
	uint64_t time_ns;
	struct window_loss lost_events, lost_drops, lost_kernel_drops;
	bool has_prefix, has_rule;
	size_t prefix_len;
	char prefix[LINE_MAX_PREFIX];
	struct line_rule rule;
	char drop_reason[DROP_REASON_BYTES];
};

/* Why a line is malformed: the field, or NULL where no field is to blame, and the reason; both
 * static. */
struct line_problem {
	const char *field, *why;
};

/* Read a line of len bytes, without its newline. Returns 0, or -EBADMSG and *problem when the
 * line is malformed: no flat object (json/flat.h); a field that is needed is missing, has the
 * wrong type or a value that it cannot have; or fields that contradict each other. null is
 * the same as a missing field, but for these, of which it says that the value exists and is
 * unknown: ports and icmp_* of a protocol that has them, proto of a packet of IPv6, iif, oif,
 * lost_*. A field that says nothing of an event of this kind (orig_bytes of a drop) is checked
 * and then left out. */
int line_read(const char *line, size_t len, struct line_event *out, struct line_problem *problem);

#endif
