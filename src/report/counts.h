/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_COUNTS_H
#define CTAGG_REPORT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "view/flow.h"

/* Those counters of records that a row of the report's tables has, X(name as in the record). A
 * report keeps several hundred thousand rows. */
#define REPORT_COUNTERS(X) \
	X(starts)          \
	X(ends)            \
	X(drops)           \
	X(drop_bytes)      \
	X(logged)          \
	X(unreplied)       \
	X(tcp_unanswered)  \
	X(tcp_reset)       \
	X(orig_packets)    \
	X(orig_bytes)      \
	X(reply_packets)   \
	X(reply_bytes)     \
	X(uncounted_ends)
#define REPORT_COUNTER_NUMBER(name) REPORT_##name,
enum report_counter { REPORT_COUNTERS(REPORT_COUNTER_NUMBER) REPORT_N_COUNTERS };
#undef REPORT_COUNTER_NUMBER

/* Sums, which stop at REPORT_LARGEST as those of ctagg do. All zero: nothing was added.
 *
 * known, unknown  a bit for each counter, as in struct view_sums
 */
#define REPORT_LARGEST ((uint64_t)INT64_MAX)
struct report_counts {
	uint64_t of[REPORT_N_COUNTERS];
	uint16_t known, unknown;
};

/* The counters of a record. Null is no unknown number where there was nothing to count: bytes without
 * an end and a connection that is open, ends of TCP without any end. */
void report_counts_of(struct report_counts *to, const struct view_sums *sums);

/* The record is of another protocol than TCP: it has no state of TCP, and lacks none. */
void report_counts_without_tcp(struct report_counts *counts);
void report_counts_add(struct report_counts *to, const struct report_counts *from);

/* The sum of two sums. */
static inline uint64_t report_plus(uint64_t a, uint64_t b)
{
	return a > REPORT_LARGEST - b ? REPORT_LARGEST : a + b;
}

/* What a figure of a table is made of: one counter, or the sum of two. */
struct report_figure {
	enum report_counter first, second;	/* the same twice: one counter */
};

/* The value of a figure. `known' is false where the records had no number at all; `least' is true
 * where some of them had none, or where the sum stopped: the true value may be larger. */
struct report_value {
	uint64_t n;
	bool known, least;
};

struct report_value report_value(const struct report_counts *counts, struct report_figure figure);

#endif
