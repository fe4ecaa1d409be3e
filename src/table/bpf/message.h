/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_MESSAGE_H
#define CTAGG_TABLE_BPF_MESSAGE_H

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "table/bpf/end.h"
#include "table/bpf/scratch.h"

#define TIMESTAMP_EVENT 27	/* linux/netfilter/nfnetlink_conntrack.h of 6.14 */

/* Read the reply tuple, which begins at word `at`; only its source address is wanted.
 * Returns where the tuple ends, in bytes, or 0 for a message to pass on. */
static __always_inline __u64 reply_tuple(struct scratch *s, __u32 at, int v6, __u32 len)
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

/* CTA_TUPLE_PROTO has ended at word `at`: the original tuple ends there too, or after a zone.
 * Go on with the reply tuple, and return the same as reply_tuple(). */
static __always_inline __u64 after_proto(struct scratch *s, __u32 at, int v6, __u32 len)
{
	__u32 bytes = ATTR_LEN(s->w[ORIG]);

	if (bytes == 4 * (at - ORIG))
		return reply_tuple(s, at, v6, len);
	if (bytes == 4 * (at - ORIG) + 8 && s->w[at] == ATTR(6, CTA_TUPLE_ZONE))
		return reply_tuple(s, at + 2, v6, len);
	return 0;
}

/* Read both tuples into the key and real_daddr. Returns where they end, in bytes, or 0 for
 * a message to pass on. */
static __always_inline __u64 tuples(struct scratch *s, int v6, __u32 len)
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
		if (has_ports(l4))	/* GRE has its key in this place */
			TAIL(&s->key) |= KEY_TAIL(*(const __be16 *)(proto + 6), 0, 0, 0, 1, 0);
		return after_proto(s, proto_at + 7, v6, len);
	}
	if (proto[0] == ATTR(12, NESTED(CTA_TUPLE_PROTO)))
		return after_proto(s, proto_at + 3, v6, len);
	return 0;
}

/* Where the first attribute of a type is, from `begin` on; 0 when there is none; -1 when
 * the message is damaged or has too many attributes. */
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

/* The kernel's own time of the event, CTA_TIMESTAMP_EVENT, or 0. Where a message has this
 * attribute, it is the last one. */
static __always_inline __u64 event_time(struct __sk_buff *skb, struct scratch *s)
{
	if (!clock.event_times || bpf_skb_load_bytes(skb, skb->len - 12, s->w, 12) ||
	    s->w[0] != ATTR(12, TIMESTAMP_EVENT))
		return 0;
	return be64(s->w + 1);
}

/* Read a message. Returns 0 for a message to pass on: it is no NEW or DESTROY, or it is laid
 * out in a way that the filter does not know. */
static __always_inline int read_message(struct __sk_buff *skb, struct scratch *s)
{
	const struct nlmsghdr *nlh = (const void *)s->w;
	const struct nfgenmsg *nfg = (const void *)(s->w + 4);
	__u32 len = skb->len, type, flags;
	__u64 at;

	if (len < HEAD4_BYTES || bpf_skb_load_bytes(skb, 0, s->w, HEAD4_BYTES))
		return 0;
	type = nlh->nlmsg_type;
	flags = nlh->nlmsg_flags;
	if (nlh->nlmsg_len != len)
		return 0;
	if (nfg->nfgen_family == AF_INET) {
		/* A global function gets all words, so the verifier wants them initialised. */
		__builtin_memset(s->w + HEAD4_BYTES / 4, 0, HEAD6_BYTES - HEAD4_BYTES);
		at = tuples(s, 0, len);
	} else if (nfg->nfgen_family == AF_INET6) {
		if (len < HEAD6_BYTES ||
		    bpf_skb_load_bytes(skb, HEAD4_BYTES, s->w + HEAD4_BYTES / 4,
				       HEAD6_BYTES - HEAD4_BYTES))
			return 0;
		at = tuples(s, 1, len);
	} else {
		return 0;
	}
	if (!at)
		return 0;
	s->facts = (struct facts){
		.is_end = type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE),
		.injected = nlh->nlmsg_pid != 0,
	};
	if (s->facts.is_end) {
		if (!end_of_flow(skb, at, &s->facts, (struct words *)s->w))
			return 0;
	} else if (type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
		   !(flags & NLM_F_CREATE)) {
		return 0;
	}
	if (!s->facts.time_ns)
		s->facts.time_ns = event_time(skb, s);
	return 1;
}

#endif
