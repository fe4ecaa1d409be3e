/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_END_H
#define CTAGG_TABLE_BPF_END_H

/* What a DESTROY says behind its tuples. */

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "flow/tcp_end.h"
#include "table/bpf/scratch.h"

/* A number of eight bytes in network order, which begins at an even word or an odd one. */
static __always_inline __u64 be64(const __u32 *w)
{
	return bpf_be64_to_cpu(two_words(w[0], w[1]));
}

/* Read CTA_COUNTERS_ORIG and CTA_COUNTERS_REPLY, which follow one another. Returns 0 when
 * something else is at w. */
static __always_inline int counters(struct facts *f, const __u32 *w)
{
	if (w[0] != ATTR(28, NESTED(CTA_COUNTERS_ORIG)) || w[1] != ATTR(12, CTA_COUNTERS_PACKETS) ||
	    w[4] != ATTR(12, CTA_COUNTERS_BYTES) || w[7] != ATTR(28, NESTED(CTA_COUNTERS_REPLY)) ||
	    w[8] != ATTR(12, CTA_COUNTERS_PACKETS) || w[11] != ATTR(12, CTA_COUNTERS_BYTES))
		return 0;
	f->orig_packets = be64(w + 2);
	f->orig_bytes = be64(w + 5);
	f->reply_packets = be64(w + 9);
	f->reply_bytes = be64(w + 12);
	return f->has_counters = 1;
}

/* Read CTA_TIMESTAMP. Returns 0 when something else is at w. */
static __always_inline int lifetime(struct facts *f, const __u32 *w)
{
	__u64 start_ns, stop_ns;

	if (w[0] != ATTR(28, NESTED(CTA_TIMESTAMP)) || w[1] != ATTR(12, CTA_TIMESTAMP_START) ||
	    w[4] != ATTR(12, CTA_TIMESTAMP_STOP))
		return 0;
	start_ns = be64(w + 2);
	stop_ns = be64(w + 5);
	if (start_ns && stop_ns >= start_ns) {	/* else the clock was set in between */
		f->timed = 1;
		f->duration_us = (stop_ns - start_ns) / 1000;
		f->time_ns = stop_ns;
	}
	return f->has_times = 1;
}

/* Read CTA_PROTOINFO, of which the header and the first three words are at w. Returns 0 when
 * something else is at w, or CTA_PROTOINFO is laid out in a way that the filter does not know:
 * it is about SCTP or DCCP alone, or about TCP, and begins with the state. */
static __always_inline int state(struct facts *f, const __u32 *w)
{
	__u32 inner = ATTR_LEN(w[0]) - 4;
	__u8 tcp = *(const __u8 *)(w + 3);

	if (inner < 12 || w[0] != ATTR(inner + 4, NESTED(CTA_PROTOINFO)))
		return 0;
	if (w[1] == ATTR(inner, NESTED(CTA_PROTOINFO_SCTP)) ||
	    w[1] == ATTR(inner, NESTED(CTA_PROTOINFO_DCCP)))
		return f->has_state = 1;
	if (w[1] != ATTR(inner, NESTED(CTA_PROTOINFO_TCP)) ||
	    w[2] != ATTR(5, CTA_PROTOINFO_TCP_STATE))
		return 0;
	f->tcp_state = tcp < TCP_CONNTRACK_MAX ? tcp : TCP_CONNTRACK_NONE;
	return f->has_state = 1;
}

/* How many bytes the attributes from CTA_ID to CTA_PROTOINFO have at most in the messages of
 * current kernels, so that one load covers all that is wanted of them. */
#define END_BYTES 124

/* Read CTA_PROTOINFO of 16 bytes at word i, if it is there. Returns where it ends, in words. */
static __always_inline __u32 last_state(struct facts *f, const __u32 *w, __u32 i, __u32 left)
{
	return left >= 4 * i + 16 && ATTR_LEN(w[i]) == 16 && state(f, w + i) ? i + 4 : i;
}

/* Read from word i on what is there in this order: the counters, CTA_TIMESTAMP, CTA_PROTOINFO.
 * Returns where the attributes that were read end, in words. */
static __always_inline __u32 usual(struct facts *f, const __u32 *w, __u32 i, __u32 left)
{
	if (left < 4 * i + 56 || !counters(f, w + i))
		return i;
	if (left >= 4 * i + 84 && lifetime(f, w + i + 14))
		return last_state(f, w, i + 21, left);
	return last_state(f, w, i + 14, left);
}

/* Read CTA_ID and CTA_STATUS, and what usually follows. Returns where the attributes that were
 * read end, in bytes, or 0 for a message to pass on. */
static __always_inline __u64 status(struct __sk_buff *skb, __u64 at, struct facts *f, __u32 *w)
{
	__u32 left = skb->len - at;
	__u64 bytes;

	if (left < 16)
		return 0;
	bytes = left;
	/* The verifier of Linux 6.1 follows the register that is compared, and no copy of it; so
	 * the compiler must not see that this is one. */
	__asm__ volatile("" : "+r"(bytes));
	if (bytes > END_BYTES)
		bytes = END_BYTES;
	if (bpf_skb_load_bytes(skb, at, w, bytes) || w[0] != ATTR(8, CTA_ID) ||
	    w[2] != ATTR(8, CTA_STATUS))
		return 0;
	f->unreplied = !(bpf_ntohl(w[3]) & IPS_SEEN_REPLY);
	f->clash = is_clash(bpf_ntohl(w[3]));
	if (left >= 24 && w[4] == ATTR(8, CTA_TIMEOUT))
		return at + 4 * usual(f, w, 6, left);
	return at + 4 * usual(f, w, 4, left);
}

/* What rest() has found, in one number: where each attribute is, or 0. */
#define FOUND_MAX 0x7fff
#define FOUND(times_at, state_at) ((times_at) | (state_at) << 16)
#define FOUND_TIMES(found) ((found) & 0xffff)
#define FOUND_STATE(found) ((found) >> 16)

/* Go through the rest of a DESTROY, from `begin` on: only the end of the message shows that
 * it has no counters and no timestamps. Returns where CTA_TIMESTAMP and CTA_PROTOINFO are, as
 * FOUND() has them, or -1 for a message to pass on: counters at a place where status() does not
 * look, or too many attributes.
 *
 * The verifier looks at a global function once, and not for every way that leads to it:
 * without CAP_PERFMON there would be too many ways. */
__attribute__((noinline)) int rest(struct __sk_buff *skb, __u32 begin, __u32 has_counters)
{
	/* Variables of whole words: on Linux 6.1 without CAP_PERFMON, a value that is spilled
	 * to the stack may not share its eight bytes with another. */
	__u64 times_at = 0, state_at = 0, at = begin, word, bytes, type;
	__u32 slot[2] __attribute__((aligned(8)));

	if (skb->len > FOUND_MAX)
		return -1;
#pragma clang loop unroll(full)	/* see EIGHT_TIMES */
	for (int i = 0; i < 6; i++) {
		if (at >= skb->len)
			return FOUND(times_at, state_at);
		if (bpf_skb_load_bytes(skb, at, slot, 4))
			return -1;
		word = slot[0];
		bytes = ATTR_LEN(word);
		type = ATTR_TYPE(word);
		if (bytes < 4 || bytes > skb->len - at)
			return -1;
		if ((type == CTA_COUNTERS_ORIG || type == CTA_COUNTERS_REPLY) && !has_counters)
			return -1;
		if (type == CTA_TIMESTAMP && !times_at)
			times_at = at;
		if (type == CTA_PROTOINFO && !state_at)
			state_at = at;
		at += ATTR_ALIGN(bytes);
	}
	return at >= skb->len ? FOUND(times_at, state_at) : -1;
}

/* Read what follows the tuples of a DESTROY, from `at` on, into facts that are all 0 so far;
 * `words` is room to load into. Returns 0 for a message to pass on. A global function: see
 * rest(). */
__attribute__((noinline)) int end_of_flow(struct __sk_buff *skb, __u32 at, struct facts *f,
					  struct words *words)
{
	__u64 after;
	int found;

	if (!f || !words)
		return 0;
	after = status(skb, at, f, words->w);
	if (!after && words->w[0] == ATTR(6, CTA_ZONE))
		after = status(skb, at + 8, f, words->w);
	if (!after || after == skb->len)
		return after != 0;
	found = rest(skb, after, f->has_counters);
	if (found < 0)
		return 0;
	if (!f->has_times && FOUND_TIMES(found) &&
	    (bpf_skb_load_bytes(skb, FOUND_TIMES(found), words->w, 28) || !lifetime(f, words->w)))
		return 0;
	return f->has_state || !FOUND_STATE(found) ||
	       (!bpf_skb_load_bytes(skb, FOUND_STATE(found), words->w, 16) && state(f, words->w));
}

#endif
