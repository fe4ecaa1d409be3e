/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_EXTRAS_H
#define CTAGG_TABLE_BPF_EXTRAS_H

#include "table/bpf/message.h"

/* Read the zone. CTA_ZONE is the zone of both directions, CTA_TUPLE_ZONE that of the original
 * direction alone. Returns 0 for a message to pass on. */
static __always_inline int zone(struct __sk_buff *skb, struct flow_key *key, __u32 *w, __u32 proto,
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

static __always_inline int mark(struct __sk_buff *skb, struct flow_key *key, __u32 *w, __u64 after)
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

/* Read the reply tuple once more, for both addresses and ports: after NAT, its source is the
 * real destination, and its destination is the translated source. Returns 0 for a message to
 * pass on. */
static __always_inline int translation(struct __sk_buff *skb, struct flow_key *key, __u32 *w,
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

static __always_inline int extras_of(struct __sk_buff *skb, struct flow_key *key, __u32 *w, int v6)
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

/* Read the facts that a selection, or a key other than the default one, needs from a message
 * that read_message() has read. Returns 0 for a message to pass on. The verifier looks at a
 * global function once (see rest()), and does not follow what its arguments point to. The ways of
 * IPv6 and IPv4 end with assembler, which the compiler does not merge: clang 19 would read the same word of
 * both by one load, at an offset in a register, which the verifier refuses without CAP_PERFMON. */
__attribute__((noinline)) int extras(struct __sk_buff *skb, struct flow_key *key,
				     struct words *words)
{
	int whole;

	if (!key || !words)
		return 0;
	if (key->family == AF_INET6) {
		whole = extras_of(skb, key, words->w, 1);
		asm volatile("" : "+r"(whole));
	} else {
		whole = extras_of(skb, key, words->w, 0);
		asm volatile("" : "+r"(whole));
	}
	return whole;
}

#endif
