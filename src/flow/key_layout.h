/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_KEY_LAYOUT_H
#define CTAGG_FLOW_KEY_LAYOUT_H

#include <linux/types.h>

#include "flow/dir.h"

/* The bytes of a key, shared by user space and the filter in the kernel
 * (table/bpf/agg.bpf.c). So nothing here may need more than linux/types.h. How an event
 * becomes a key is in flow/key.h. */

/* What tells one flow from another. Two keys are one flow when every byte
 * matches: start from flow_key_init(), which also zeroes the padding.
 *
 * saddr, daddr  original direction, before NAT; network order; IPv4 is
 *               v4-mapped (RFC 4291, 2.5.5.2)
 * dport         network order; 0 unless has_ports
 * l4            IPPROTO_*, from CTA_PROTO_NUM in linux/netfilter/nfnetlink_conntrack.h;
 *               of an IPv6 packet 0 when it is unknown: 0 is an extension header there
 * family        AF_INET or AF_INET6: an IPv6 packet can carry a v4-mapped address
 * dir           enum flow_dir
 * icmp_type     of the original direction; 0 unless has_icmp
 * has_ports     1 where dport means something, else 0
 * has_icmp      1 where icmp_type does, else 0
 *
 * What follows is 0 unless it was asked for (--key; struct flow_spec):
 *
 * rule          of dropped packets: which rule logged them, see rule/labels.h;
 *               0 for connections. User space's only; it is asked for by default
 * sport         network order; 0 unless has_ports
 * zone, mark    host order; of conntrack
 * icmp_code     0 unless has_icmp
 * no_conntrack  1 for a packet of which no zone, mark or translation is known, where
 *               one of those is in the key
 * nat_*         the destination and the source of the reply direction: who the
 *               source was made, and who really answers; ports in network order
 */
struct flow_key {
	__u8   saddr[16], daddr[16];
	__be16 dport;
	__u8   l4, family, dir, icmp_type, has_ports, has_icmp;
	__u32  rule;
	__be16 sport;
	__u16  zone;
	__u32  mark;
	__u8   icmp_code, no_conntrack, pad[2];
	__u8   nat_saddr[16], nat_daddr[16];
	__be16 nat_sport, nat_dport;
	__u32  pad2;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct flow_key) == 96, "no hidden padding in a map key");

/* How much of a key is not always 0, with the default key: in the kernel table, and in
 * memory; and with ports, code, zone and mark in it. */
#define FLOW_KEY_KERNEL_BYTES 40
#define FLOW_KEY_DEFAULT_BYTES 48
#define FLOW_KEY_WIDE_BYTES 56
_Static_assert(__builtin_offsetof(struct flow_key, rule) == FLOW_KEY_KERNEL_BYTES, "a prefix");
_Static_assert(__builtin_offsetof(struct flow_key, nat_saddr) == FLOW_KEY_WIDE_BYTES, "a prefix");

/* Which of them a key has: struct flow_spec. */
enum flow_field {
	FIELD_SRC = 1 << 0,
	FIELD_DST = 1 << 1,
	FIELD_SPORT = 1 << 2,
	FIELD_DPORT = 1 << 3,
	FIELD_PROTO = 1 << 4,
	FIELD_ICMP = 1 << 5,
	FIELD_ICMP_CODE = 1 << 6,	/* with FIELD_ICMP */
	FIELD_DIR = 1 << 7,
	FIELD_NAT_SRC = 1 << 8,
	FIELD_NAT_SPORT = 1 << 9,
	FIELD_NAT_DST = 1 << 10,
	FIELD_NAT_DPORT = 1 << 11,
	FIELD_ZONE = 1 << 12,
	FIELD_MARK = 1 << 13,
	FIELD_RULE = 1 << 14,
};

#define FIELDS_DEFAULT                                                                         \
	(FIELD_SRC | FIELD_DST | FIELD_DPORT | FIELD_PROTO | FIELD_ICMP | FIELD_DIR | FIELD_RULE)
#define FIELDS_NAT (FIELD_NAT_SRC | FIELD_NAT_SPORT | FIELD_NAT_DST | FIELD_NAT_DPORT)
#define FIELDS_PORT (FIELD_SPORT | FIELD_DPORT | FIELD_NAT_SPORT | FIELD_NAT_DPORT)
#define FIELDS_CONNTRACK (FIELDS_NAT | FIELD_ZONE | FIELD_MARK)
#define FIELDS_ADDRESS (FIELD_SRC | FIELD_DST | FIELD_NAT_SRC | FIELD_NAT_DST)

static inline void flow_key_init(struct flow_key *k)
{
	__builtin_memset(k, 0, sizeof(*k));
}

#endif
