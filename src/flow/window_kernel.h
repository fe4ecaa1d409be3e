/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_WINDOW_KERNEL_H
#define CTAGG_FLOW_WINDOW_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* A number of a window, or of several windows together, which may not be known.
 *
 * n        how much of it is known
 * known    n is all of it; otherwise the record says null
 * pending  what is missing in n may become known only in a later window; it is then in that
 *          window's n
 * never    no later window will find what is not known: it is not known of a level either
 */
struct window_loss {
	uint64_t n;
	bool known, pending, never;
};

/* What connection tracking in the kernel says of itself, the `kernel' object of a window record.
 * From these lists come the members, the JSON text, its schema, what levels say, and the families
 * of --metrics: X(name, about).
 *
 * WINDOW_KERNEL_COUNTERS  by how much a counter of the kernel has grown since the window before
 * WINDOW_KERNEL_GAUGES    a value as it was when the window closed
 *
 * The names are those of conntrack(8), option -S, and of CTA_STATS_* in
 * linux/netfilter/nfnetlink_conntrack.h.
 */
#define WINDOW_KERNEL_COUNTERS(X)                                                              \
	X(drop, "packets that connection tracking dropped, nearly always because its table was full") \
	X(early_drop, "connections that were removed from the full table to make room")        \
	X(insert_failed, "packets that were dropped because their connection could not be entered") \
	X(invalid, "packets that belong to no connection and cannot begin one")                \
	X(clash_resolve, "packets whose connection another packet had entered at the same time") \
	X(chaintoolong, "packets that were dropped because too many connections had the same hash")
#define WINDOW_KERNEL_GAUGES(X)                                                                \
	X(entries, "connections in the table")                                                 \
	X(max, "connections that the table may have")

struct window_gauge {
	uint64_t n;
	bool known;
};

/* asked  the kernel was asked; otherwise the record has no such object */
struct window_kernel {
	bool asked;
#define WINDOW_KERNEL_COUNTER(name, about) struct window_loss name;
#define WINDOW_KERNEL_GAUGE(name, about) struct window_gauge name;
	WINDOW_KERNEL_COUNTERS(WINDOW_KERNEL_COUNTER)
	WINDOW_KERNEL_GAUGES(WINDOW_KERNEL_GAUGE)
#undef WINDOW_KERNEL_COUNTER
#undef WINDOW_KERNEL_GAUGE
};

/* Whether one of the values is known. */
bool window_kernel_known(const struct window_kernel *k);

#endif
