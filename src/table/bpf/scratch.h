/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_SCRATCH_H
#define CTAGG_TABLE_BPF_SCRATCH_H

/* What is known of the message in hand, and the words that a message is made of. */

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netlink.h>

#include <bpf/bpf_endian.h>

#include "table/bpf/maps.h"

#define AF_INET 2
#define AF_INET6 10

#define IPS_SEEN_REPLY 2	/* linux/netfilter/nf_conntrack_common.h */
#define IPS_NAT_CLASH (1 << 12)

/* 1 where the status of a connection says that it clashed with another one, and so had no start; else 0. */
static __always_inline __u64 is_clash(__u64 status)
{
	return (status & IPS_NAT_CLASH) != 0;
}

#define NESTED(type) ((type) | NLA_F_NESTED)

/* The first word of an attribute, as it lies in memory. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ATTR(len, type) ((__u32)(len) | (__u32)(type) << 16)
#define ATTR_LEN(word) ((word) & 0xffff)
#define ATTR_TYPE(word) ((word) >> 16 & NLA_TYPE_MASK)
#else
#define ATTR(len, type) ((__u32)(len) << 16 | (__u32)(type))
#define ATTR_LEN(word) ((word) >> 16)
#define ATTR_TYPE(word) ((word) & NLA_TYPE_MASK)
#endif
#define ATTR_ALIGN(len) (((len) + 3) & ~3U)

/* The word at which CTA_TUPLE_ORIG begins; and the words of a CTA_TUPLE_IP, its header
 * included. */
#define ORIG 5
#define IP4_WORDS 5
#define IP6_WORDS 11

/* No event is shorter than HEAD4_BYTES, and no event of IPv6 than HEAD6_BYTES. In every layout
 * these bytes from the beginning of an event reach beyond the source address of the reply. */
#define HEAD4_BYTES 104
#define HEAD6_BYTES 144

struct address {
	__u32 w[4];
} __attribute__((aligned(8)));

struct words {
	__u32 w[HEAD6_BYTES / 4];
} __attribute__((aligned(8)));

/* What a message says besides its key. time_ns is 0 where the message has no time of its own.
 * `injected` is a fact of a start, and `clash` of an end. Only an end has the facts behind them; these are 0
 * where unknown. */
struct facts {
	__u64 time_ns;
	__u64 is_end;
	union {
		__u64 injected, clash;
	};
	__u64 unreplied, has_counters, has_times, has_state, timed, tcp_state;
	__u64 orig_packets, orig_bytes, reply_packets, reply_bytes, duration_us;
};

/* What is known of the message in hand. `w` holds the part of the message that was loaded last,
 * and in the end the counters of a new row. `w` is never cleared as a whole, which would take
 * as long as reading a message. */
#ifndef SCRATCH_WORDS
#define SCRATCH_WORDS (HEAD6_BYTES / 4)
#endif
struct scratch {
	__u32 w[SCRATCH_WORDS];
	struct flow_key key;
	struct address real_daddr;
#ifndef FACTS_APART	/* a variable of its own, of which the compiler leaves out what it knows */
	struct facts facts;
#endif
};

/* Two words as one number of eight bytes, which lies in memory as the two words did. */
static __always_inline __u64 two_words(__u32 first, __u32 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u64)second << 32 | first;
#else
	return (__u64)first << 32 | second;
#endif
}

/* The part of a key behind its addresses, eight bytes at a time: without CAP_PERFMON, the
 * verifier does not let a program write a part of eight bytes that the compiler has spilled to
 * the stack. */
#define TAIL(key) (*(__u64 *)&(key)->dport)
#define WIDE0(key) (*(__u64 *)&(key)->rule)
#define WIDE1(key) (*(__u64 *)&(key)->mark)
#define LABELS(key) (*(__u64 *)&(key)->src_label)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define KEY_TAIL(dport, l4, family, icmp_type, has_ports, has_icmp) \
	((__u64)(dport) | (__u64)(l4) << 16 | (__u64)(family) << 24 | \
	 (__u64)(icmp_type) << 40 | (__u64)(has_ports) << 48 | (__u64)(has_icmp) << 56)
#define KEY_DIR(dir) ((__u64)(dir) << 32)
#define HALVES(first, second) ((__u32)(first) | (__u32)(second) << 16)
#else
#define KEY_TAIL(dport, l4, family, icmp_type, has_ports, has_icmp) \
	((__u64)(dport) << 48 | (__u64)(l4) << 40 | (__u64)(family) << 32 | \
	 (__u64)(icmp_type) << 16 | (__u64)(has_ports) << 8 | (has_icmp))
#define KEY_DIR(dir) ((__u64)(dir) << 24)
#define HALVES(first, second) ((__u32)(first) << 16 | (__u32)(second))
#endif

static __always_inline int has_ports(__u8 l4)
{
	return l4 == IPPROTO_TCP || l4 == IPPROTO_UDP || l4 == IPPROTO_UDPLITE ||
	       l4 == IPPROTO_SCTP || l4 == IPPROTO_DCCP;
}

static __always_inline void copy_address(void *to, const __u32 *from, int v6)
{
	__u64 *t = to;

	t[0] = v6 ? two_words(from[0], from[1]) : 0;
	t[1] = v6 ? two_words(from[2], from[3]) : two_words(bpf_htonl(0xffff), from[0]);
}

#endif
