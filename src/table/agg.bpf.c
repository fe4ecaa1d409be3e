/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel table: a socket filter on the ctnetlink event socket that adds each
 * event to a hash map and eats the message (returns 0), or leaves everything as
 * it was and passes the message on (returns ~0). Never both, never neither.
 *
 * It can be interrupted on its CPU by another run of itself: events come from
 * process context, softirq and kernel threads. So there is no scratch memory but
 * the stack, and what is shared is changed by atomic operations only.
 *
 * Messages are matched against the layouts that Linux 5.4 to 6.18 writes
 * (ctnetlink_conntrack_event() in net/netfilter/nf_conntrack_netlink.c):
 *
 *   nlmsghdr, nfgenmsg,
 *   CTA_TUPLE_ORIG  { CTA_TUPLE_IP, CTA_TUPLE_PROTO, [CTA_TUPLE_ZONE] },
 *   CTA_TUPLE_REPLY { the same }, [CTA_ZONE], CTA_ID, CTA_STATUS,
 *   DESTROY: [CTA_TIMEOUT], [CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY],
 *            [CTA_TIMESTAMP], [CTA_PROTOINFO];    NEW: whatever,
 *   [CTA_MARK], [CTA_TIMESTAMP_EVENT]
 *
 * A message that is folded means what conntrack_decode() says of it: the first
 * attribute of a type counts. Loads have constant sizes, and the stack is only
 * indexed by constants: the verifier is stricter without CAP_PERFMON.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "table/layout.h"

#define AF_INET 2
#define AF_INET6 10
#define IPS_SEEN_REPLY 2
#define TIMESTAMP_EVENT 27	/* linux/netfilter/nfnetlink_conntrack.h of 6.14 */

#define PASS 0xffffffff
#define FOLDED 0

#define EEXIST 17
#define E2BIG 7

#define NESTED(type) ((type) | NLA_F_NESTED)
#define always_inline inline __attribute__((always_inline))

/* --- maps ---------------------------------------------------------------- */

struct rows {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);		/* set before loading */
	__uint(key_size, FLOW_KEY_KERNEL_BYTES);
	__uint(value_size, FLOW_SUMS_KERNEL_BYTES);
} rows_a SEC(".maps"), rows_b SEC(".maps");

#ifndef CTAGG_NO_GRACE
/* The table of the open window. Replacing it waits until no run of the filter
 * uses the old one. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rows);
} window SEC(".maps") = {
	.values = { &rows_a },
};
#else
/* What not to do, for a test that shows why: a switch without the wait. */
__u32 second = 0;
#endif

/* The addresses of this namespace, to enum kernel_address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u8[16]);
	__type(value, __u32);
} addresses SEC(".maps");

/* Messages passed on, and more, by enum kernel_passed. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} passed SEC(".maps");

/* For the stub, see below: one slot, the filter. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} program SEC(".maps");

/* The networks of --src and --dst. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_network);
	__type(value, __u32);
} networks SEC(".maps");

/* Constants once it is loaded. */
const volatile struct flow_key own_keys[OWN_ROWS] = { 0 };
const volatile struct filter_config config = { .fields = FIELDS_DEFAULT };
const volatile __u64 sport_bits[PORT_WORDS] = { 0 };
const volatile __u64 dport_bits[PORT_WORDS] = { 0 };

/* Written by user space. */
struct kernel_clock clock = { 0 };
__u64 address_bits[ADDRESS_WORDS] = { 0 };

/* See tick_time(). No time has a check of 1. */
struct {
	__u64 check, monotonic_ns;
} tick_now = { .check = 1 };

/* See read_clock(). */
__u64 clock_reading = 0;

/* --- messages ------------------------------------------------------------ */

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

/* Words up to the tuple that comes first, and of CTA_TUPLE_IP as a whole. */
#define ORIG 5
#define IP4_WORDS 5
#define IP6_WORDS 11

/* Every message reaches as far as these; the second covers the reply's source in
 * every layout of IPv6, the first in every one of IPv4. */
#define HEAD4_BYTES 104
#define HEAD6_BYTES 144

struct address {
	__u32 w[4];
} __attribute__((aligned(8)));

struct words {
	__u32 w[HEAD6_BYTES / 4];
} __attribute__((aligned(8)));

/* What is known of the message in hand. The words are not cleared, that takes as
 * long as reading a message; they are used again for what follows the tuples, and for
 * a new row. */
struct scratch {
	__u32 w[HEAD6_BYTES / 4];
	struct flow_key key;
	struct address real_daddr;
	__u64 time_ns;
	__u64 is_end;
	/* of an end, 0 where unknown */
	__u64 unreplied, counted, timed;
	__u64 orig_packets, orig_bytes, reply_packets, reply_bytes, duration_us;
};

/* Eight bytes, as they lie in memory. */
static always_inline __u64 two_words(__u32 first, __u32 second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u64)second << 32 | first;
#else
	return (__u64)first << 32 | second;
#endif
}

/* What follows the addresses in a key, a word at a time: what was spilled to the
 * stack may not be written in parts. */
#define TAIL(key) (*(__u64 *)&(key)->dport)
#define WIDE0(key) (*(__u64 *)&(key)->rule)
#define WIDE1(key) (*(__u64 *)&(key)->mark)
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

static always_inline void copy_address(void *to, const __u32 *from, int v6)
{
	__u64 *t = to;

	t[0] = v6 ? two_words(from[0], from[1]) : 0;
	t[1] = v6 ? two_words(from[2], from[3]) : two_words(bpf_htonl(0xffff), from[0]);
}

static always_inline int has_ports(__u8 l4)
{
	return l4 == IPPROTO_TCP || l4 == IPPROTO_UDP || l4 == IPPROTO_UDPLITE ||
	       l4 == IPPROTO_SCTP || l4 == IPPROTO_DCCP;
}

/* The reply tuple at word `at`: all that matters is its source. Returns where it
 * ends, in bytes, or 0. */
static always_inline __u64 reply_tuple(struct scratch *s, __u32 at, int v6, __u32 len)
{
	const __u32 *w = s->w + at;
	__u32 ip_bytes = 4 * (v6 ? IP6_WORDS : IP4_WORDS);
	__u32 bytes = ATTR_LEN(w[0]);

	if (w[0] != ATTR(bytes, NESTED(CTA_TUPLE_REPLY)) || bytes < 4 + ip_bytes ||
	    4 * at + bytes > len || w[1] != ATTR(ip_bytes, NESTED(CTA_TUPLE_IP)) ||
	    w[2] != (v6 ? ATTR(20, CTA_IP_V6_SRC) : ATTR(8, CTA_IP_V4_SRC)))
		return 0;
	copy_address(&s->real_daddr, w + 3, v6);
	return 4 * at + ATTR_ALIGN(bytes);
}

/* What follows CTA_TUPLE_PROTO, which ends at word `at`: the original tuple ends
 * there, or after a zone. */
static always_inline __u64 after_proto(struct scratch *s, __u32 at, int v6, __u32 len)
{
	__u32 bytes = ATTR_LEN(s->w[ORIG]);

	if (bytes == 4 * (at - ORIG))
		return reply_tuple(s, at, v6, len);
	if (bytes == 4 * (at - ORIG) + 8 && s->w[at] == ATTR(6, CTA_TUPLE_ZONE))
		return reply_tuple(s, at + 2, v6, len);
	return 0;
}

/* The tuples, into the key and real_daddr. Returns where they end, or 0. */
static always_inline __u64 tuples(struct scratch *s, int v6, __u32 len)
{
	int ip_words = v6 ? IP6_WORDS : IP4_WORDS, addr_words = v6 ? 4 : 1;
	const __u32 *ip = s->w + ORIG + 1, *proto = ip + ip_words;
	__u32 proto_at = ORIG + 1 + ip_words;
	__u8 l4 = *(const __u8 *)(proto + 2);

	if (s->w[ORIG] != ATTR(ATTR_LEN(s->w[ORIG]), NESTED(CTA_TUPLE_ORIG)) ||
	    ip[0] != ATTR(4 * ip_words, NESTED(CTA_TUPLE_IP)) ||
	    ip[1] != (v6 ? ATTR(20, CTA_IP_V6_SRC) : ATTR(8, CTA_IP_V4_SRC)) ||
	    ip[2 + addr_words] != (v6 ? ATTR(20, CTA_IP_V6_DST) : ATTR(8, CTA_IP_V4_DST)) ||
	    proto[1] != ATTR(5, CTA_PROTO_NUM))
		return 0;
	copy_address(s->key.saddr, ip + 2, v6);
	copy_address(s->key.daddr, ip + 3 + addr_words, v6);
	TAIL(&s->key) = KEY_TAIL(0, l4, v6 ? AF_INET6 : AF_INET, 0, 0, 0);
	if (l4 == IPPROTO_ICMP || l4 == IPPROTO_ICMPV6) {
		int icmp6 = l4 == IPPROTO_ICMPV6;

		if (proto[0] != ATTR(36, NESTED(CTA_TUPLE_PROTO)) ||
		    proto[3] != ATTR(6, icmp6 ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID) ||
		    proto[5] != ATTR(5, icmp6 ? CTA_PROTO_ICMPV6_TYPE : CTA_PROTO_ICMP_TYPE) ||
		    proto[7] != ATTR(5, icmp6 ? CTA_PROTO_ICMPV6_CODE : CTA_PROTO_ICMP_CODE))
			return 0;
		TAIL(&s->key) |= KEY_TAIL(0, 0, 0, *(const __u8 *)(proto + 6), 0, 1);
		return after_proto(s, proto_at + 9, v6, len);
	}
	if (proto[0] == ATTR(28, NESTED(CTA_TUPLE_PROTO))) {
		if (proto[3] != ATTR(6, CTA_PROTO_SRC_PORT) || proto[5] != ATTR(6, CTA_PROTO_DST_PORT))
			return 0;
		if (has_ports(l4))	/* GRE has its key there */
			TAIL(&s->key) |= KEY_TAIL(*(const __be16 *)(proto + 6), 0, 0, 0, 1, 0);
		return after_proto(s, proto_at + 7, v6, len);
	}
	if (proto[0] == ATTR(12, NESTED(CTA_TUPLE_PROTO)))
		return after_proto(s, proto_at + 3, v6, len);
	return 0;
}

static always_inline __u64 be64(const __u32 *w)
{
	return (__u64)bpf_ntohl(w[0]) << 32 | bpf_ntohl(w[1]);
}

/* Both counter attributes at w, if that is what is there. */
static always_inline int counters(struct scratch *s, const __u32 *w)
{
	if (w[0] != ATTR(28, NESTED(CTA_COUNTERS_ORIG)) || w[1] != ATTR(12, CTA_COUNTERS_PACKETS) ||
	    w[4] != ATTR(12, CTA_COUNTERS_BYTES) || w[7] != ATTR(28, NESTED(CTA_COUNTERS_REPLY)) ||
	    w[8] != ATTR(12, CTA_COUNTERS_PACKETS) || w[11] != ATTR(12, CTA_COUNTERS_BYTES))
		return 0;
	s->orig_packets = be64(w + 2);
	s->orig_bytes = be64(w + 5);
	s->reply_packets = be64(w + 9);
	s->reply_bytes = be64(w + 12);
	return 1;
}

static always_inline int load(struct __sk_buff *skb, __u32 at, struct scratch *s, __u32 bytes)
{
	return bpf_skb_load_bytes(skb, at, s->w, bytes);
}

/* CTA_STATUS, and the counters where they follow it at once; one load covers both
 * in a message of today's kernels. Returns where what has been read ends, or 0. */
static always_inline __u64 status(struct __sk_buff *skb, struct scratch *s, __u64 at)
{
	__u32 left = skb->len - at;

	if (load(skb, at, s, left < 80 ? 16 : 80) || s->w[0] != ATTR(8, CTA_ID) ||
	    s->w[2] != ATTR(8, CTA_STATUS))
		return 0;
	s->unreplied = !(bpf_ntohl(s->w[3]) & IPS_SEEN_REPLY);
	at += 16;
	if (left < 80) {
		if (left < 72 || load(skb, at, s, 56))
			return at;
		s->counted = counters(s, s->w);
		return s->counted ? at + 56 : at;
	}
	if (s->w[4] == ATTR(8, CTA_TIMEOUT)) {
		s->counted = counters(s, s->w + 6);
		return s->counted ? at + 64 : at + 8;
	}
	s->counted = counters(s, s->w + 4);
	return s->counted ? at + 56 : at;
}

/* CTA_TIMESTAMP, which lies within the message. */
static always_inline int lifetime(struct __sk_buff *skb, struct scratch *s, __u32 at)
{
	__u64 start_ns, stop_ns;

	if (load(skb, at, s, 28) || s->w[0] != ATTR(28, NESTED(CTA_TIMESTAMP)) ||
	    s->w[1] != ATTR(12, CTA_TIMESTAMP_START) || s->w[4] != ATTR(12, CTA_TIMESTAMP_STOP))
		return 0;
	start_ns = be64(s->w + 2);
	stop_ns = be64(s->w + 5);
	if (start_ns && stop_ns >= start_ns) {	/* else the clock was set in between */
		s->timed = 1;
		s->duration_us = (stop_ns - start_ns) / 1000;
		s->time_ns = stop_ns;
	}
	return 1;
}

/* The rest of a DESTROY, which begins at `at`: that there are no counters, and no
 * timestamps, is only known at the end of it. Returns where CTA_TIMESTAMP is, 0
 * when it is not there, or -1 for a message that is passed on. A function that is
 * global is verified once, and not for every way that leads here: without
 * CAP_PERFMON that would be too many. */
__attribute__((noinline)) int rest(struct __sk_buff *skb, __u32 begin, __u32 counted)
{
	/* Whole words, all of them: what is spilled to the stack may not share its
	 * eight bytes with anything, on Linux 6.1 without CAP_PERFMON. */
	__u64 times_at = 0, at = begin, word, bytes, type;
	__u32 slot[2] __attribute__((aligned(8)));

#pragma clang loop unroll(full)	/* see EIGHT_TIMES */
	for (int i = 0; i < 6; i++) {
		if (at >= skb->len)
			return times_at;
		if (bpf_skb_load_bytes(skb, at, slot, 4))
			return -1;
		word = slot[0];
		bytes = ATTR_LEN(word);
		type = ATTR_TYPE(word);
		if (bytes < 4 || bytes > skb->len - at)
			return -1;
		if ((type == CTA_COUNTERS_ORIG || type == CTA_COUNTERS_REPLY) && !counted)
			return -1;
		if (type == CTA_TIMESTAMP && !times_at)
			times_at = at;
		at += ATTR_ALIGN(bytes);
	}
	return at >= skb->len ? times_at : -1;
}

/* Where the first attribute of a type is, from `begin` on: 0 when there is none, -1
 * when that cannot be said. */
__attribute__((noinline)) int attribute(struct __sk_buff *skb, __u32 begin, __u32 wanted)
{
	__u64 at = begin, word, bytes;
	__u32 slot[2] __attribute__((aligned(8)));

#pragma clang loop unroll(full)
	for (int i = 0; i < 12; i++) {
		if (at >= skb->len)
			return 0;
		if (bpf_skb_load_bytes(skb, at, slot, 4))
			return -1;
		word = slot[0];
		bytes = ATTR_LEN(word);
		if (bytes < 4 || bytes > skb->len - at)
			return -1;
		if (ATTR_TYPE(word) == wanted)
			return at;
		at += ATTR_ALIGN(bytes);
	}
	return at >= skb->len ? 0 : -1;
}

/* What follows the tuples of a DESTROY. */
static always_inline int end_of_flow(struct __sk_buff *skb, struct scratch *s, __u64 at)
{
	__u64 after = status(skb, s, at);
	int times_at;

	if (!after && s->w[0] == ATTR(6, CTA_ZONE))
		after = status(skb, s, at + 8);
	if (!after)
		return 0;
	times_at = rest(skb, after, s->counted);
	return !times_at || (times_at > 0 && lifetime(skb, s, times_at));
}

/* The kernel's own time of the event, the last attribute where there is one. */
static always_inline __u64 event_time(struct __sk_buff *skb, struct scratch *s)
{
	if (!clock.event_times || load(skb, skb->len - 12, s, 12) ||
	    s->w[0] != ATTR(12, TIMESTAMP_EVENT))
		return 0;
	return be64(s->w + 1);
}

/* The time of the kernel's tick, as the first event in it has seen it: reading
 * the clock costs a third of what all the rest does. CPUs that write at once write
 * nearly the same. The two words can be read and written in any order, by any CPU:
 * the check is the tick, above 32 bits, plus the time that belongs to it, so a time
 * and a check of two writers give no tick, and the clock is read. */
static always_inline __u64 tick_time(void)
{
	__u64 tick = bpf_jiffies64() << 32, now_ns = tick_now.monotonic_ns;

	if (tick_now.check - now_ns != tick) {
		now_ns = bpf_ktime_get_ns();
		tick_now.monotonic_ns = now_ns;
		tick_now.check = tick + now_ns;
	}
	now_ns += clock.wall_minus_monotonic_ns;
	return now_ns > clock.not_before_ns ? now_ns : clock.not_before_ns;
}

/* Read the message into what is known of it. Returns 0 for one that is not
 * known well enough. */
static always_inline int read_message(struct __sk_buff *skb, struct scratch *s)
{
	const struct nlmsghdr *nlh = (const void *)s->w;
	const struct nfgenmsg *nfg = (const void *)(s->w + 4);
	__u32 len = skb->len, type, flags;
	__u64 at;

	/* What a short message leaves unread is still looked at in speculation. */
	__builtin_memset(s->w + HEAD4_BYTES / 4, 0, HEAD6_BYTES - HEAD4_BYTES);
	if (len < HEAD4_BYTES || load(skb, 0, s, len < HEAD6_BYTES ? HEAD4_BYTES : HEAD6_BYTES))
		return 0;
	type = nlh->nlmsg_type;
	flags = nlh->nlmsg_flags;
	if (nlh->nlmsg_len != len)
		return 0;
	if (nfg->nfgen_family == AF_INET) {
		at = tuples(s, 0, len);
	} else if (nfg->nfgen_family == AF_INET6) {
		if (len < HEAD6_BYTES)
			return 0;
		at = tuples(s, 1, len);
	} else {
		return 0;
	}
	if (!at)
		return 0;
	s->unreplied = s->counted = s->timed = 0;
	s->orig_packets = s->orig_bytes = s->reply_packets = s->reply_bytes = 0;
	s->duration_us = s->time_ns = 0;
	s->is_end = type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE);
	if (s->is_end) {
		if (!end_of_flow(skb, s, at))
			return 0;
	} else if (type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
		   !(flags & NLM_F_CREATE)) {
		return 0;
	}
	if (!s->time_ns)
		s->time_ns = event_time(skb, s);
	return 1;
}

/* --- what another key or a selection needs besides -------------------------- */

/* The zone of both directions, or that of the original one. Returns 0 for a message to
 * pass on. */
static always_inline int zone(struct __sk_buff *skb, struct flow_key *key, __u32 *w, __u32 proto,
			      __u64 reply_at, __u64 after)
{
	int found = attribute(skb, after, CTA_ZONE);

	if (found < 0)
		return 0;
	if (found) {
		if (bpf_skb_load_bytes(skb, found, w, 8) || w[0] != ATTR(6, CTA_ZONE))
			return 0;
		key->zone = bpf_ntohs(*(const __be16 *)(w + 1));
	} else if (ATTR_LEN(w[ORIG]) == 4 * (proto - ORIG) + ATTR_LEN(w[proto]) + 8) {
		if (bpf_skb_load_bytes(skb, reply_at - 4, w, 4))
			return 0;
		key->zone = bpf_ntohs(*(const __be16 *)w);
	}
	return 1;
}

static always_inline int mark(struct __sk_buff *skb, struct flow_key *key, __u32 *w, __u64 after)
{
	int found = attribute(skb, after, CTA_MARK);

	if (found < 0)
		return 0;
	if (found) {
		if (bpf_skb_load_bytes(skb, found, w, 8) || w[0] != ATTR(8, CTA_MARK))
			return 0;
		key->mark = bpf_ntohl(w[1]);
	}
	return 1;
}

/* The reply's tuple once more, for its addresses and ports. What answers is who the
 * destination really was. */
static always_inline int translation(struct __sk_buff *skb, struct flow_key *key, __u32 *w,
				     int v6, __u64 reply_at)
{
	const __u32 src = 3, dst = v6 ? 7 : 4, proto = v6 ? 12 : 6, bytes = v6 ? 76 : 52;

	if (bpf_skb_load_bytes(skb, reply_at, w, v6 ? 48 : 24) ||
	    w[dst] != (v6 ? ATTR(20, CTA_IP_V6_DST) : ATTR(8, CTA_IP_V4_DST)))
		return 0;
	copy_address(key->nat_saddr, w + dst + 1, v6);
	copy_address(key->nat_daddr, w + src, v6);
	if (!key->has_ports)
		return 1;
	if (bpf_skb_load_bytes(skb, reply_at, w, bytes) || ATTR_LEN(w[0]) < bytes ||
	    w[proto] != ATTR(28, NESTED(CTA_TUPLE_PROTO)) ||
	    w[proto + 1] != ATTR(5, CTA_PROTO_NUM) ||
	    w[proto + 3] != ATTR(6, CTA_PROTO_SRC_PORT) ||
	    w[proto + 5] != ATTR(6, CTA_PROTO_DST_PORT))
		return 0;
	if (config.fields & FIELD_NAT_SPORT)
		key->nat_sport = *(const __be16 *)(w + proto + 6);
	if (config.fields & FIELD_NAT_DPORT)
		key->nat_dport = *(const __be16 *)(w + proto + 4);
	return 1;
}

static always_inline int extras_of(struct __sk_buff *skb, struct flow_key *key, __u32 *w, int v6)
{
	const __u32 proto = ORIG + 1 + (v6 ? IP6_WORDS : IP4_WORDS);
	__u64 reply_at, after;

	if (bpf_skb_load_bytes(skb, 0, w, v6 ? HEAD6_BYTES : HEAD4_BYTES))
		return 0;
	reply_at = 4 * ORIG + ATTR_ALIGN(ATTR_LEN(w[ORIG]));
	if (key->has_ports)
		key->sport = *(const __be16 *)(w + proto + 4);
	if (key->has_icmp)
		key->icmp_code = *(const __u8 *)(w + proto + 8);
	if (!(config.fields & (FIELDS_NAT | FIELD_ZONE | FIELD_MARK)) &&
	    !(config.selects & (SELECT_ZONE | SELECT_MARK)))
		return 1;
	if (bpf_skb_load_bytes(skb, reply_at, w + HEAD4_BYTES / 4, 4))
		return 0;
	after = reply_at + ATTR_ALIGN(ATTR_LEN(w[HEAD4_BYTES / 4]));
	if ((config.fields & FIELD_ZONE || config.selects & SELECT_ZONE) &&
	    !zone(skb, key, w, proto, reply_at, after))
		return 0;
	if ((config.fields & FIELD_MARK || config.selects & SELECT_MARK) &&
	    !mark(skb, key, w, after))
		return 0;
	return !(config.fields & FIELDS_NAT) || translation(skb, key, w, v6, reply_at);
}

/* Of a message that read_message() has read: the rest of the key. Returns 0 for one to
 * pass on. A function that is global is verified once, see rest(); and what it is given
 * pointers to is not the verifier's to follow. */
__attribute__((noinline)) int extras(struct __sk_buff *skb, struct flow_key *key,
				     struct words *words)
{
	if (!key || !words)
		return 0;
	return key->family == AF_INET6 ? extras_of(skb, key, words->w, 1)
				       : extras_of(skb, key, words->w, 0);
}

/* --- direction: the same as addresses_direction() ------------------------- */

static always_inline int is_v4(const __u32 a[4])
{
	return !a[0] && !a[1] && a[2] == bpf_htonl(0xffff);
}

#define NO_ADDRESS 0xffffffff

/* What `addresses` says of an address. Most are not of this host, and most of
 * those need no look-up. A pointer that may be a constant 0 as well would be
 * followed, as such, by a verifier that thinks of speculation. */
static always_inline __u32 kind_of(const __u32 a[4])
{
	__u32 bit = address_bit(a);
	const __u32 *kind;

	if (!(address_bits[bit / 64] >> bit % 64 & 1))
		return NO_ADDRESS;
	kind = bpf_map_lookup_elem(&addresses, a);
	if (!kind)
		return NO_ADDRESS;
	return *kind;
}

static always_inline int is_loopback(const __u32 a[4])
{
	return is_v4(a) && (a[3] & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000);
}

static always_inline int is_ours(const __u32 a[4])
{
	return is_loopback(a) || kind_of(a) == ADDRESS_OURS;
}

static always_inline int reaches_us(const __u32 a[4])
{
	if (is_v4(a) ? (a[3] & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000) || a[3] == ~0U
		     : (a[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000))
		return 1;
	return is_loopback(a) || kind_of(a) != NO_ADDRESS;
}

static always_inline __u8 direction(const __u32 src[4], const __u32 dst[4])
{
	if (is_ours(src))
		return is_ours(dst) ? FLOW_DIR_LOCAL : FLOW_DIR_OUT;
	return reaches_us(dst) ? FLOW_DIR_IN : FLOW_DIR_FORWARD;
}

/* The same for the filter that does more: see selected(). What a map is asked for has
 * to be on its own stack. */
__attribute__((noinline)) int direction_of(const struct address *src, const struct address *real)
{
	struct address s, r;

	if (!src || !real)
		return 0;
	s = *src;
	r = *real;
	return direction(s.w, r.w);
}

/* --- selection: the same as flow_select_holds() ----------------------------- */

static always_inline int bit_of(const volatile __u64 *words, __u32 n)
{
	return words[n / 64] >> n % 64 & 1;
}

static always_inline int port_selected(const struct flow_key *key, const volatile __u64 *words,
				       __be16 port, __u32 select)
{
	if (!key->has_ports)
		return (config.inverted & select) != 0;
	return bit_of(words, bpf_ntohs(port));
}

static always_inline int network_selected(__u16 family, const __u8 addr[16], __u32 select)
{
	const __u32 *from = (const __u32 *)addr;
	/* A struct filter_network, eight bytes at a time: see TAIL. */
	__u64 network[3] = {
		two_words(32 + 128, HALVES(select, family)),
		two_words(from[0], from[1]),
		two_words(from[2], from[3]),
	};
	int found = bpf_map_lookup_elem(&networks, network) != 0;

	return found != ((config.inverted & select) != 0);
}

static always_inline int in_ranges(const volatile struct filter_range *ranges, __u32 n,
				   __u32 value)
{
	int found = 0;

#pragma clang loop unroll(full)
	for (__u32 i = 0; i < FILTER_RANGES; i++)
		if (i < n && value >= ranges[i].first && value <= ranges[i].last)
			found = 1;
	return found;
}

/* A function that is global is verified once, and not for every way that leads to it:
 * see rest(). */
__attribute__((noinline)) int selected(const struct flow_key *key)
{
	if (!key)
		return 0;
	if (config.selects & SELECT_PROTO && !bit_of(config.protocols, key->l4))
		return 0;
	if (config.selects & SELECT_DIR && !(config.directions >> (key->dir & 3) & 1))
		return 0;
	if (config.selects & SELECT_DPORT &&
	    !port_selected(key, dport_bits, key->dport, SELECT_DPORT))
		return 0;
	if (config.selects & SELECT_SPORT &&
	    !port_selected(key, sport_bits, key->sport, SELECT_SPORT))
		return 0;
	if (config.selects & SELECT_SRC &&
	    !network_selected(key->family, key->saddr, SELECT_SRC))
		return 0;
	if (config.selects & SELECT_DST &&
	    !network_selected(key->family, key->daddr, SELECT_DST))
		return 0;
	if (config.selects & SELECT_ZONE && in_ranges(config.zones, config.n_zones, key->zone) ==
					    ((config.inverted & SELECT_ZONE) != 0))
		return 0;
	if (config.selects & SELECT_MARK && in_ranges(config.marks, config.n_marks, key->mark) ==
					    ((config.inverted & SELECT_MARK) != 0))
		return 0;
	return 1;
}

/* --- the key: the same as flow_spec_apply() ---------------------------------- */

static always_inline void mask_address(__u8 addr[16], const volatile __u64 mask[2])
{
	__u64 *words = (__u64 *)addr;

	words[0] &= mask[0];
	words[1] &= mask[1];
}

static always_inline void mask_addresses(struct flow_key *key, int v6)
{
	mask_address(key->saddr, config.src_mask[v6]);
	mask_address(key->daddr, config.dst_mask[v6]);
	if (config.fields & FIELDS_NAT) {
		mask_address(key->nat_saddr, config.nat_src_mask[v6]);
		mask_address(key->nat_daddr, config.nat_dst_mask[v6]);
	}
}

__attribute__((noinline)) int make_key(struct flow_key *key)
{
	if (!key)
		return 0;
	if (key->family == AF_INET6)
		mask_addresses(key, 1);
	else
		mask_addresses(key, 0);
	TAIL(key) &= config.tail_mask;
	WIDE0(key) &= config.wide_mask[0];
	WIDE1(key) &= config.wide_mask[1];
	return 0;
}

/* --- the table ------------------------------------------------------------ */

/* As often as others can get in between; then a time is off by nanoseconds, or
 * the longest duration is the second longest. No loop: without CAP_PERFMON the
 * verifier also follows what a CPU might speculate, and there it has no end. */
#define EIGHT_TIMES(step) step step step step step step step step

/* Returns whether *old was still there and has been replaced; what is there now
 * is in *old otherwise. */
static always_inline int replace(__u64 *to, __u64 *old, __u64 value)
{
	__u64 seen = __sync_val_compare_and_swap(to, *old, value);

	if (seen == *old)
		return 1;
	*old = seen;
	return 0;
}

static always_inline void raise(__u64 *to, __u64 value)
{
	__u64 old = *to;

	EIGHT_TIMES(if (old >= value || replace(to, &old, value)) return;)
}

static always_inline void lower(__u64 *to, __u64 value)
{
	__u64 old = *to;

	EIGHT_TIMES(if (old <= value || replace(to, &old, value)) return;)
}

static always_inline void add(__u64 *to, __u64 value)
{
	if (value)
		__sync_fetch_and_add(to, value);
}

static always_inline void add_end(struct flow_sums *to, const struct scratch *s)
{
	__sync_fetch_and_add(&to->ends, 1);
	add(&to->unreplied, s->unreplied);
	/* No `else` below: clang would add to `to` what differs of both branches,
	 * which is not allowed without CAP_PERFMON. */
	add(&to->uncounted, !s->counted);
	if (s->counted) {
		add(&to->orig_packets, s->orig_packets);
		add(&to->orig_bytes, s->orig_bytes);
		add(&to->reply_packets, s->reply_packets);
		add(&to->reply_bytes, s->reply_bytes);
	}
	if (s->timed) {
		__sync_fetch_and_add(&to->timed_ends, 1);
		add(&to->duration_us_sum, s->duration_us);
		raise(&to->duration_us_max, s->duration_us);
	}
}

static always_inline void add_event(struct flow_sums *to, const struct scratch *s)
{
	raise(&to->last_ns, s->time_ns);
	lower(&to->first_ns, s->time_ns);
	if (s->is_end)
		add_end(to, s);
	else
		__sync_fetch_and_add(&to->starts, 1);
}

/* A new row is whole from the start: nobody ever sees one that is not. */
static always_inline long insert(void *rows, const struct scratch *s)
{
	struct flow_sums *row = (struct flow_sums *)s->w;

	_Static_assert(FLOW_SUMS_KERNEL_BYTES <= sizeof(s->w), "the words are used again");
	row->starts = !s->is_end;
	row->first_ns = row->last_ns = s->time_ns;
	row->ends = s->is_end;
	row->unreplied = s->unreplied;
	row->uncounted = s->is_end & !s->counted;
	row->orig_packets = s->orig_packets;
	row->orig_bytes = s->orig_bytes;
	row->reply_packets = s->reply_packets;
	row->reply_bytes = s->reply_bytes;
	row->timed_ends = s->timed;
	row->duration_us_sum = row->duration_us_max = s->duration_us;
	return bpf_map_update_elem(rows, &s->key, row, BPF_NOEXIST);
}

static always_inline void count(__u32 what)
{
	__u64 *counter = bpf_map_lookup_elem(&passed, &what);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

static always_inline int pass(__u32 reason)
{
	count(reason);
	return PASS;
}

/* Tests build the filter with this to make its stay in the table long enough to
 * be met by a rotation. */
static always_inline void linger(void)
{
#ifdef CTAGG_LINGER
	for (int i = 0; i < CTAGG_LINGER; i++)
		bpf_ktime_get_ns();
#endif
}

static always_inline void *own_row(void *rows, enum own_row which)
{
	return bpf_map_lookup_elem(rows, (const void *)&own_keys[which]);
}

/* 1 where a is less than b, else 0; without a branch, which would double the ways that
 * the verifier follows. */
static always_inline __u64 is_less(__u64 a, __u64 b)
{
	return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* An end that may be from before this table's window. `clock` is changed before the
 * table is, so it only says which ends to look at: what counts is the table's own word.
 * A run that has the new table has read `clock` after it, in the order of the program;
 * for a CPU to turn the two loads around, it would have to have both under way while
 * user space stores the time, enters the kernel and replaces the table. */
static always_inline void count_late(void *rows, const struct scratch *s)
{
	const struct kernel_starts *starts = own_row(rows, OWN_STARTS);
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (!starts || !counts)
		return;
#pragma clang loop unroll(full)
	for (int i = 0; i < KERNEL_STARTS; i++)
		__sync_fetch_and_add(&counts->late[i], is_less(s->time_ns, starts->ns[i]));
}

static always_inline void count_row(void *rows)
{
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (counts)
		__sync_fetch_and_add(&counts->rows, 1);
}

static always_inline int add_to(void *rows, struct scratch *s)
{
	struct flow_sums *row = bpf_map_lookup_elem(rows, &s->key);
	long err;

	linger();
	/* Known by now: which window this is. A late end says when it was. */
	if (!s->time_ns)
		s->time_ns = tick_time();
	else if (!s->timed && s->time_ns < clock.not_before_ns)
		s->time_ns = clock.not_before_ns;
	if (!row) {
		err = insert(rows, s);
		if (!err) {
			if (config.count_rows)
				count_row(rows);
			return FOLDED;
		}
		if (err == -EEXIST)	/* another CPU was first */
			row = bpf_map_lookup_elem(rows, &s->key);
		if (!row)
			return pass(err == -E2BIG ? PASSED_FULL : PASSED_ERROR);
	}
	add_event(row, s);
	return FOLDED;
}

static always_inline int fold_into(void *rows, struct scratch *s)
{
	int did = add_to(rows, s);

	if (s->timed && s->time_ns < clock.not_before_ns && did == FOLDED)
		count_late(rows, s);
	return did;
}

/* What `config` says, of a message that has been read. Returns a reason to pass it on,
 * COUNTED_UNSELECTED, or -1 for one to fold. */
static always_inline int configured(struct __sk_buff *skb, struct scratch *s)
{
	/* Of what the connection carried, user space knows how much has been counted;
	 * it has to see the ends that are not selected as well. */
	if (config.interim && s->is_end)
		return PASSED_END;
	/* All of it is shown to functions. */
	__builtin_memset((char *)&s->key + FLOW_KEY_KERNEL_BYTES, 0,
			 sizeof(s->key) - FLOW_KEY_KERNEL_BYTES);
	if ((config.fields & ~FIELDS_DEFAULT ||
	     config.selects & (SELECT_SPORT | SELECT_ZONE | SELECT_MARK)) &&
	    !extras(skb, &s->key, (struct words *)s->w))
		return PASSED_LAYOUT;
	if (config.fields & FIELD_DIR || config.selects & SELECT_DIR)
		TAIL(&s->key) |= KEY_DIR(direction_of((const struct address *)s->key.saddr,
						      &s->real_daddr));
	if (config.selects && !selected(&s->key))
		return COUNTED_UNSELECTED;
	if (config.masked)
		make_key(&s->key);
	return -1;
}

static always_inline int run(struct __sk_buff *skb, int any)
{
	struct scratch s;

	if (!read_message(skb, &s))
		return pass(PASSED_LAYOUT);
	if (any) {
		int why = configured(skb, &s);

		if (why >= 0) {
			count(why);
			return why == COUNTED_UNSELECTED ? FOLDED : PASS;
		}
	} else {
		TAIL(&s.key) |= KEY_DIR(direction((const __u32 *)s.key.saddr, s.real_daddr.w));
	}
#ifndef CTAGG_NO_GRACE
	__u32 slot = 0;
	void *rows = bpf_map_lookup_elem(&window, &slot);

	return rows ? fold_into(rows, &s) : pass(PASSED_ERROR);
#else
	return second ? fold_into(&rows_b, &s) : fold_into(&rows_a, &s);
#endif
}

/* One of the two is loaded: for the default key and everything, or for what `config`
 * says. */
SEC("socket")
int fold(struct __sk_buff *skb)
{
	return run(skb, 0);
}

SEC("socket")
int fold_any(struct __sk_buff *skb)
{
	return run(skb, 1);
}

/* For user space to compare its monotonic clock with. */
SEC("socket")
int read_clock(struct __sk_buff *skb)
{
	(void)skb;
	clock_reading = bpf_ktime_get_ns();
	return FOLDED;
}

/* Before 6.8 a socket pays for its filter out of net.core.optmem_max, which can
 * be too little for the whole of it. This one is a few instructions. */
SEC("socket")
int stub(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &program, 0);
	return PASS;
}

char _license[] SEC("license") = "GPL";
