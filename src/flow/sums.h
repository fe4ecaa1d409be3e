/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_SUMS_H
#define CTAGG_FLOW_SUMS_H

#include "flow/key_layout.h"

/* The filter in the kernel is built from this header too, and the C library has no
 * headers for that machine. */
#ifdef __bpf__
typedef __u64 uint64_t;
#else
#include <stdbool.h>
#include <stdint.h>
#endif

/* What events add up to: every counter once, as X(HOW, name). HOW says how two values
 * of the counter become one:
 *
 *   EVENT   the sum of both, at most FLOW_SUMS_MAX; each unit is one event of its own
 *   SUM     the sum of both, at most FLOW_SUMS_MAX
 *   MAX     the larger one
 *   FIRST   the smaller one, once there is anything: nanoseconds since 1970
 *   LAST    the larger one, once there is anything: nanoseconds since 1970
 *
 *   starts, ends     NEW and DESTROY messages of ctnetlink
 *   drops, logged    packets that a rule has logged and dropped, or logged and let go
 *   drop_bytes       IP lengths of the dropped packets whose length is known
 *   unsized_drops    of the dropped packets: those whose length is unknown
 *   kernel_drops     packets that the kernel has dropped (--kernel-drops), logged or not
 *   live, closing    connections that were in the kernel's connection table when the reader
 *                    looked: those that are open, and those that TCP has closed
 *                    (flow_event_closed())
 *   unreplied        of the ends, or of the connections in the table: those without a reply
 *   tcp_*            of the ends: those in whose last state TCP was unanswered, closed, reset or
 *                    expired (flow/tcp_end.h). An end whose state is unknown is in none of them
 *   uncounted        of the ends: those whose packets and bytes are unknown
 *   uncounted_live   of the connections in the table: those whose packets and bytes are unknown
 *   orig_*, reply_*  packets and IP bytes, source to destination and back
 *   timed_ends       of the ends: those that say how long the connection lived
 *   duration_us_*    lifetimes, each in whole microseconds: the sum of nanoseconds would
 *                    wrap at 584 years, which the ends of a large table reach; the sum of
 *                    microseconds stops at 292,000 years
 *
 * Counters that are added stand side by side, and times last: the compiler then adds two
 * counters at once, and the memory table is faster by a tenth.
 */
#define FLOW_SUMS(X)               \
	X(EVENT, starts)           \
	X(EVENT, ends)             \
	X(EVENT, drops)            \
	X(EVENT, logged)           \
	X(EVENT, live)             \
	X(EVENT, closing)          \
	X(EVENT, kernel_drops)     \
	X(SUM, drop_bytes)         \
	X(SUM, unsized_drops)      \
	X(SUM, unreplied)          \
	X(SUM, tcp_unanswered)     \
	X(SUM, tcp_closed)         \
	X(SUM, tcp_reset)          \
	X(SUM, tcp_expired)        \
	X(SUM, uncounted)          \
	X(SUM, uncounted_live)     \
	X(SUM, orig_packets)       \
	X(SUM, orig_bytes)         \
	X(SUM, reply_packets)      \
	X(SUM, reply_bytes)        \
	X(SUM, timed_ends)         \
	X(SUM, duration_us_sum)    \
	X(MAX, duration_us_max)    \
	X(FIRST, first_ns)         \
	X(LAST, last_ns)

/* No counter is larger: many readers of JSON have 64 bits with a sign for a number. */
#define FLOW_SUMS_MAX 0x7fffffffffffffffULL

/* All zero is "nothing yet"; first_ns and last_ns mean nothing then. */
#define FLOW_SUMS_FIELD(how, name) uint64_t name;
struct flow_sums {
	FLOW_SUMS(FLOW_SUMS_FIELD)
};

/* The value of a row in the kernel: the counters that the filter keeps, those first that are
 * needed most often. A NEW changes the first three, which mostly share a cache line with the key.
 *
 * A name of two counters is a word that holds both, 32 bits each, the first one in the low half:
 * so a row takes three cache lines, and would take four otherwise. `stateless' is the ends that
 * are in no counter tcp_*. Each end is in one of these five counters, so their sum is `ends'.
 * `injected' is the starts that a process has caused; user space adds them up over all rows. A
 * row of its own for this sum would cost such a start another look-up.
 */
struct flow_sums_kernel {
	uint64_t starts_injected, last_ns, first_ns;
	uint64_t tcp_closed_stateless, tcp_unanswered_reset, tcp_expired_unreplied;
	uint64_t uncounted_timed_ends;
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
	uint64_t duration_us_sum, duration_us_max;
};

/* A word of two counters. A word is full when one of its counters has reached 2^31: the filter
 * adds nothing to a row with a full word, so no counter runs over unless 2^31 other runs of the
 * filter add to the row between the look and the addition. */
#define FLOW_SUMS_PAIR(low, high) ((uint64_t)(low) | (uint64_t)(high) << 32)
#define FLOW_SUMS_LOW(word) ((word) & 0xffffffff)
#define FLOW_SUMS_HIGH(word) ((word) >> 32)
#define FLOW_SUMS_FULL FLOW_SUMS_PAIR(1U << 31, 1U << 31)

struct flow_row {
	struct flow_key key;
	struct flow_sums sum;
};

#ifndef __bpf__

enum sums_how { SUMS_EVENT, SUMS_SUM, SUMS_MAX, SUMS_FIRST, SUMS_LAST };

/* How many connections were in the connection table. */
static inline uint64_t flow_sums_entries(const struct flow_sums *s)
{
	return s->live + s->closing;
}

static inline uint64_t flow_sums_events(const struct flow_sums *s)
{
#define FLOW_SUMS_EVENT(how, name) +(SUMS_##how == SUMS_EVENT ? s->name : 0)
	return 0 FLOW_SUMS(FLOW_SUMS_EVENT);
#undef FLOW_SUMS_EVENT
}

/* Whether anything has been added. A connection that was alive and has been forgotten
 * (memory_forget_live()) is in no counter of events any more, but its packets still are here. */
static inline bool flow_sums_any(const struct flow_sums *s)
{
#define FLOW_SUMS_EVENT(how, name) | (SUMS_##how == SUMS_EVENT ? s->name : 0)
	return (0 FLOW_SUMS(FLOW_SUMS_EVENT)) | s->orig_packets | s->reply_packets;
#undef FLOW_SUMS_EVENT
}

/* Whether a counter is near FLOW_SUMS_MAX: half of it, or more. No sum of counters that are
 * not near FLOW_SUMS_MAX is larger than FLOW_SUMS_MAX. */
static inline bool flow_sums_near_max(const struct flow_sums *s)
{
#define FLOW_SUMS_BITS(how, name) | (SUMS_##how <= SUMS_SUM ? s->name : 0)
	return (0 FLOW_SUMS(FLOW_SUMS_BITS)) > FLOW_SUMS_MAX / 2;
#undef FLOW_SUMS_BITS
}

/* Whether packets and bytes are known: an end or a live connection carried counters, or
 * something has been added for a connection that has been forgotten since. */
static inline bool flow_sums_has_counters(const struct flow_sums *s)
{
	return s->ends + flow_sums_entries(s) != s->uncounted + s->uncounted_live ||
	       s->orig_packets || s->reply_packets;
}

/* Merge one counter. any: there was something in `into` before. Always inlined, so that the
 * compiler leaves one case of the switch for each counter. */
static inline __attribute__((always_inline)) void
flow_sums_merge(enum sums_how how, uint64_t *into, uint64_t from, bool any)
{
	switch (how) {
	case SUMS_EVENT:
	case SUMS_SUM:
		*into += from;
		break;
	case SUMS_MAX:
		if (from > *into)
			*into = from;
		break;
	case SUMS_FIRST:
		if (!any || from < *into)
			*into = from;
		break;
	case SUMS_LAST:
		if (!any || from > *into)
			*into = from;
		break;
	}
}

/* How many ends have said in which state TCP was. The counters tcp_* are known unless this is 0. */
static inline uint64_t flow_sums_tcp_ends(const struct flow_sums *s)
{
	return s->tcp_unanswered + s->tcp_closed + s->tcp_reset + s->tcp_expired;
}

/* The counters that the filter has kept, the others 0. */
static inline void flow_sums_from_kernel(struct flow_sums *into, const struct flow_sums_kernel *from)
{
	*into = (struct flow_sums){
		.starts = FLOW_SUMS_LOW(from->starts_injected),
		.unreplied = FLOW_SUMS_HIGH(from->tcp_expired_unreplied),
		.tcp_unanswered = FLOW_SUMS_LOW(from->tcp_unanswered_reset),
		.tcp_closed = FLOW_SUMS_LOW(from->tcp_closed_stateless),
		.tcp_reset = FLOW_SUMS_HIGH(from->tcp_unanswered_reset),
		.tcp_expired = FLOW_SUMS_LOW(from->tcp_expired_unreplied),
		.uncounted = FLOW_SUMS_LOW(from->uncounted_timed_ends),
		.orig_packets = from->orig_packets,
		.orig_bytes = from->orig_bytes,
		.reply_packets = from->reply_packets,
		.reply_bytes = from->reply_bytes,
		.timed_ends = FLOW_SUMS_HIGH(from->uncounted_timed_ends),
		.duration_us_sum = from->duration_us_sum,
		.duration_us_max = from->duration_us_max,
		.first_ns = from->first_ns,
		.last_ns = from->last_ns,
	};
	into->ends = flow_sums_tcp_ends(into) + FLOW_SUMS_HIGH(from->tcp_closed_stateless);
}

/* The sum of two counters, at most FLOW_SUMS_MAX. */
static inline uint64_t flow_sums_capped(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) || sum > FLOW_SUMS_MAX ? FLOW_SUMS_MAX : sum;
}

/* flow_sums_add() where a sum may be larger than FLOW_SUMS_MAX. */
bool flow_sums_add_capped(struct flow_sums *into, const struct flow_sums *from);

/* Add all counters of `from` to those of `into`. Returns whether a sum was larger than
 * FLOW_SUMS_MAX, and is now FLOW_SUMS_MAX. */
static inline __attribute__((always_inline)) bool
flow_sums_add(struct flow_sums *into, const struct flow_sums *from)
{
	bool any = flow_sums_any(into);

	if (!flow_sums_any(from))
		return false;
	if (flow_sums_near_max(into) || flow_sums_near_max(from))
		return flow_sums_add_capped(into, from);
#define FLOW_SUMS_ADD(how, name) flow_sums_merge(SUMS_##how, &into->name, from->name, any);
	FLOW_SUMS(FLOW_SUMS_ADD)
#undef FLOW_SUMS_ADD
	return false;
}

#endif
#endif
