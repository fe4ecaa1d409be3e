/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_RECORD_READ_H
#define CTAGG_LINES_RECORD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/flat.h"

/* Reads the records that ctagg writes (ctagg-record(5)), one line at a time, and copies nothing. */

enum record_type {
	RECORD_UNKNOWN,		/* a well-formed object of a type that is not listed here */
	RECORD_FLOW,
	RECORD_OTHER,
	RECORD_WINDOW,
	RECORD_RULE,
	RECORD_SOCKET,
	RECORD_CHANGE,
	RECORD_EVENT,		/* of --events; event_read.h reads those */
	RECORD_LOSS,
	RECORD_CHECK,
};

/* The fields that the readers of records want, in the order in which records have them, and the
 * type that each one's value has (FLAT_* of json/flat.h) when it is not null. Fields that are not
 * listed are skipped. kernel_* are the members of the `kernel' object of a window record. */
#define RECORD_FIELDS(X)           \
	X(type, STRING)            \
	X(host, STRING)            \
	X(run, STRING)             \
	X(netns, STRING)           \
	X(window_ms, COUNT)        \
	X(slot, STRING)            \
	X(window_start, STRING)    \
	X(window_end, STRING)      \
	X(seq, COUNT)              \
	X(closed_by, STRING)       \
	X(status, STRING)          \
	X(records, COUNT)          \
	X(direction, STRING)       \
	X(proto, STRING)           \
	X(src_ip, STRING)          \
	X(src_port, COUNT)         \
	X(dst_ip, STRING)          \
	X(dst_port, COUNT)         \
	X(icmp_type, COUNT)        \
	X(icmp_code, COUNT)        \
	X(nat_src_ip, STRING)      \
	X(nat_src_port, COUNT)     \
	X(nat_dst_ip, STRING)      \
	X(nat_dst_port, COUNT)     \
	X(zone, COUNT)             \
	X(mark, COUNT)             \
	X(drop_reason, STRING)     \
	X(iif, STRING)             \
	X(oif, STRING)             \
	X(src_label, STRING)       \
	X(dst_label, STRING)       \
	X(mark_label, STRING)      \
	X(log_prefix, STRING)      \
	X(rule, STRING)            \
	X(rule_candidates, COUNT)  \
	X(rule_comment, STRING)    \
	X(packets, COUNT)          \
	X(bytes, COUNT)            \
	X(reason, STRING)          \
	X(folded_flows, COUNT)     \
	X(starts, COUNT)           \
	X(ends, COUNT)             \
	X(drops, COUNT)            \
	X(drop_bytes, COUNT)       \
	X(unsized_drops, COUNT)    \
	X(logged, COUNT)           \
	X(kernel_drops, COUNT)     \
	X(live, COUNT)             \
	X(closing, COUNT)          \
	X(unreplied, COUNT)        \
	X(tcp_unanswered, COUNT)   \
	X(tcp_closed, COUNT)       \
	X(tcp_reset, COUNT)        \
	X(tcp_expired, COUNT)      \
	X(orig_packets, COUNT)     \
	X(orig_bytes, COUNT)       \
	X(reply_packets, COUNT)    \
	X(reply_bytes, COUNT)      \
	X(uncounted_ends, COUNT)   \
	X(duration_ms_sum, COUNT)  \
	X(duration_ms_max, COUNT)  \
	X(lost_events, COUNT)      \
	X(lost_drops, COUNT)       \
	X(lost_kernel_drops, COUNT) \
	X(odd_drops, COUNT)        \
	X(engine, STRING)          \
	X(kernel_events, COUNT)    \
	X(passed_events, COUNT)    \
	X(table_rows, COUNT)       \
	X(table_capacity, COUNT)   \
	X(max_error, COUNT)        \
	X(max_error_counter, STRING) \
	X(late_ends, COUNT)        \
	X(late_events, COUNT)      \
	X(vanished, COUNT)         \
	X(unread_rules, COUNT)     \
	X(unread_sockets, COUNT)   \
	X(clock_step_ms, NUMBER)   \
	X(undecoded_events, COUNT) \
	X(dropped_windows, COUNT)  \
	X(dropped_records, COUNT)  \
	X(accounting, TRUTH)       \
	X(flowtable_uncounted, TRUTH) \
	X(key, STRING)             \
	X(kernel_drop, COUNT)      \
	X(kernel_early_drop, COUNT) \
	X(kernel_insert_failed, COUNT) \
	X(kernel_invalid, COUNT)   \
	X(kernel_clash_resolve, COUNT) \
	X(kernel_chaintoolong, COUNT) \
	X(kernel_entries, COUNT)   \
	X(kernel_max, COUNT)

#define RECORD_FIELD_NUMBER(name, type) RECORD_##name,
enum record_field { RECORD_FIELDS(RECORD_FIELD_NUMBER) RECORD_N_FIELDS };
#undef RECORD_FIELD_NUMBER

/* The fields of one line, which lends their texts.
 *
 * names  for record_read.c only
 * of     those that record_has() says are there; the others are undefined. The last one is not for use
 * seen   a bit for each field that is there with a value of its type
 * null   a bit for each field that is there and null
 */
struct record_line {
	struct flat_names names;
	enum record_type type;
	uint64_t seen[2], null[2];
	struct flat_field of[RECORD_N_FIELDS + 1];
};
_Static_assert(RECORD_N_FIELDS <= 128, "a bit for each field");

/* Call it once, before the first record_read(). */
void record_line_init(struct record_line *r);

/* Read a line of len bytes, without its newline. Returns 0; or -EBADMSG when the line is no flat
 * object (json/flat.h; the `kernel' object of a window record is allowed), lacks `type', or has a
 * listed field whose value is neither null nor of its type; then *why is a static text that says
 * what is wrong. */
int record_read(struct record_line *r, const char *line, size_t len, const char **why);

/* Whether the line has the field, with a value. */
static inline bool record_has(const struct record_line *r, enum record_field field)
{
	return r->seen[field / 64] >> field % 64 & 1;
}

/* Whether the line says that the field's value is unknown. */
static inline bool record_is_null(const struct record_line *r, enum record_field field)
{
	return r->null[field / 64] >> field % 64 & 1;
}

/* The number of a field of type COUNT; 0 when the line has none. */
static inline uint64_t record_count(const struct record_line *r, enum record_field field)
{
	return record_has(r, field) ? r->of[field].count : 0;
}

#endif
