/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_METRICS_WINDOWS_H
#define CTAGG_METRICS_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/window_record.h"
#include "metrics/exposition.h"

/* What the `window` records of a run have said so far, added up. Levels are left out: they repeat
 * what the shortest windows have. */

/* The counters, each with its help, X(from, name, help). From this list come the members of struct
 * metrics_windows, the additions and the text; a counter's family is ctagg_NAME_total.
 *
 * from   total: the counter of the window's sums with this name; record: the field of struct
 *        window_record with this name; loss: what is known of this field
 */
#define METRICS_COUNTERS(X)                                                                    \
	X(total, starts, "Connections that began.")                                            \
	X(total, ends, "Connections that ended.")                                              \
	X(total, unreplied, "Connections that ended without a reply.")                         \
	X(total, drops, "Packets that rules logged to the NFLOG groups and dropped.")          \
	X(total, logged, "Packets that rules logged to the NFLOG groups and let go.")          \
	X(total, kernel_drops, "Packets that the kernel dropped, logged or not (--kernel-drops).") \
	X(loss, lost_kernel_drops, "Packets that the kernel dropped and that are not counted.") \
	X(loss, lost_events, "Connection events that the kernel could not deliver.")           \
	X(record, passed_events, "Connection events that the kernel table passed on.")         \
	X(record, kernel_events, "Connection events that the kernel table counted.")           \
	X(record, undecoded_events, "Events that could not be decoded, and were not counted.") \
	X(record, dropped_windows, "Closed windows that were removed from a spool for want of room.") \
	X(record, dropped_records, "Records of these windows.")                                \
	X(record, injected_starts, "Connections that a process made in the connection table.")  \
	X(record, clash_ends, "Connections that ended and had not begun: they clashed.")        \
	X(record, unread_rules, "Counters of rules that could not be read.")                    \
	X(record, records, "Lines that were made, without window records.")

/* What only stands beside other counters, or has a rule of its own: see ctagg(1), METRICS.
 *
 * partial_windows   whose status is partial; flowtable_uncounted_windows: which say
 *                   flowtable_uncounted
 * uncounted         ends whose packets and bytes are unknown
 * tcp_*             ends by the state of TCP; 0 when no end has said its state
 * orig_*, reply_*   of the ends whose packets and bytes are known
 * counted           there was such an end
 * drop_bytes        of the dropped packets whose length is known; unsized_drops: how many others
 * lost_drops        logged packets that are known to be lost
 * unknown_losses    windows that could not say how many logged packets were lost
 * folded_flows      flows that found no room in the table, window by window
 * write_errors      as in the last record, which has all of the run
 * rotate_us ...     time spent; write_ns is added by whoever writes
 * rotates           there is a kernel table, which is rotated and drained: set by the caller
 * table_*           of the last window; end_ns: when it ended
 * kernel            the counters added up, and the values of the last window
 * fresh             a window was added since metrics_windows_print()
 */
#define METRICS_MEMBER(from, name, help) uint64_t name;
struct metrics_windows {
	METRICS_COUNTERS(METRICS_MEMBER)
	uint64_t windows, partial_windows, flowtable_uncounted_windows;
	uint64_t tcp_unanswered, tcp_closed, tcp_reset, tcp_expired;
	uint64_t uncounted, orig_packets, orig_bytes, reply_packets, reply_bytes;
	uint64_t drop_bytes, unsized_drops;
	uint64_t lost_drops, unknown_losses;
	uint64_t folded_flows, write_errors;
	uint64_t rotate_us, drain_us, write_ns;
	uint64_t table_rows, table_capacity, end_ns;
	struct window_kernel kernel;
	bool counted, rotates, fresh;
};
#undef METRICS_MEMBER

/* Add what the record of a shortest window says, which ended at end_ns and folded so many flows
 * for want of room. Sums stop at UINT64_MAX. */
void metrics_windows_add(struct metrics_windows *m, const struct window_record *w, uint64_t end_ns,
			 uint64_t folded_flows);

/* Write the families. A value that is not known has no sample. */
void metrics_windows_print(struct metrics_windows *m, struct exposition *x);

#endif
