/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_KEY_LAYOUT_H
#define CTAGG_FLOW_KEY_LAYOUT_H

#include <linux/types.h>

#include "flow/dir.h"

/* The bytes of a key, shared by user space and the filter in the kernel
 * (table/bpf/agg.bpf.c). So nothing here may need more than linux/types.h. How an event
 * becomes a key is in flow/key.h. */

/* What tells one flow from another. Two keys are one flow when every byte matches: tables
 * hash and compare raw memory. Start from flow_key_init(), which also zeroes the padding.
 *
 * saddr, daddr  original direction, before NAT; see flow/address.h
 * dport         network order; 0 unless has_ports
 * l4            IPPROTO_*; 0 also for an IPv6 packet whose protocol is unknown
 * family        AF_INET or AF_INET6; 0 when the key has no address
 * dir           enum flow_dir
 * icmp_type     of the original direction; 0 unless has_icmp
 * has_ports     1: the ports in the key are known; 0 also when the key has no ports
 * has_icmp      1: the ICMP type and code in the key are known; 0 also when the key has neither
 * rule          of a packet: which rule logged it, see rule/labels.h; 0 for connections,
 *               so it is always 0 in the kernel table
 *
 * The default key has the fields above. It does not have the fields that follow, which are
 * therefore 0 in it:
 *
 * sport         network order; 0 unless has_ports
 * zone, mark    of conntrack, host order
 * icmp_code     0 unless has_icmp
 * no_conntrack  1: the flow is one of packets, whose zone, mark and translation are unknown;
 *               0 also when the key has none of these
 * src_label     the label of the network that the whole source address is in, host order: a number
 * dst_label     that stands for a text (hash/texts.h). 0: the address is in no network
 * drop_reason   of a packet that the kernel has dropped: which of the reasons that --kernel-drops
 *               names, from 1; 0: none
 * nat_saddr     the source as SNAT has made it: the destination of the reply direction
 * nat_daddr     who really answers, after DNAT: the source of the reply direction
 * nat_*port     the ports of nat_saddr and nat_daddr, network order; 0 unless has_ports
 * netns         the network namespace: the low half of its cookie (SO_NETNS_COOKIE), which is
 *               given once and never again; 0: the key has none, or it is unknown
 *
 * iif, oif      of a packet, which has no translation: the names of the devices that it came in
 *               and would have gone out by. A name is followed by bytes of 0; all 0: no such
 *               device. DEVICE_UNKNOWN: there is a device, and its name is unknown
 */
#define DEVICE_NAME_BYTES 16	/* IFNAMSIZ */
#define DEVICE_UNKNOWN "/"	/* no device can have this name */
struct flow_key {
	__u8   saddr[16], daddr[16];
	__be16 dport;
	__u8   l4, family, dir, icmp_type, has_ports, has_icmp;
	__u32  rule;
	__be16 sport;
	__u16  zone;
	__u32  mark;
	__u8   icmp_code, no_conntrack, drop_reason, pad;
	__u32  src_label, dst_label;
	union {
		struct {
			__u8 nat_saddr[16], nat_daddr[16];
		};
		struct {
			char iif[DEVICE_NAME_BYTES], oif[DEVICE_NAME_BYTES];
		};
	};
	__be16 nat_sport, nat_dport;
	__u32  netns;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct flow_key) == 104, "no hidden padding in a map key");

/* How many bytes at the beginning of a key can be other than 0: of a default key in the
 * kernel table, which has no rules; of a default key in memory; of a key without labels of
 * networks; and of a key without translations. */
#define FLOW_KEY_KERNEL_BYTES 40
#define FLOW_KEY_DEFAULT_BYTES 48
#define FLOW_KEY_WIDE_BYTES 56
#define FLOW_KEY_LABEL_BYTES 64
_Static_assert(__builtin_offsetof(struct flow_key, rule) == FLOW_KEY_KERNEL_BYTES, "a prefix");
_Static_assert(__builtin_offsetof(struct flow_key, src_label) == FLOW_KEY_WIDE_BYTES, "a prefix");
_Static_assert(__builtin_offsetof(struct flow_key, nat_saddr) == FLOW_KEY_LABEL_BYTES, "a prefix");

/* The fields that a key can have; struct flow_spec says which of them it has. */
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
	FIELD_IIF = 1 << 15,
	FIELD_OIF = 1 << 16,
	FIELD_SRC_LABEL = 1 << 17,
	FIELD_DST_LABEL = 1 << 18,
	FIELD_NETNS = 1 << 19,
	FIELD_DROP_REASON = 1 << 20,
};

#define FIELDS_DEFAULT                                                                         \
	(FIELD_SRC | FIELD_DST | FIELD_DPORT | FIELD_PROTO | FIELD_ICMP | FIELD_DIR | FIELD_RULE)
#define FIELDS_NAT (FIELD_NAT_SRC | FIELD_NAT_SPORT | FIELD_NAT_DST | FIELD_NAT_DPORT)
#define FIELDS_DEVICE (FIELD_IIF | FIELD_OIF)
#define FIELDS_LABEL (FIELD_SRC_LABEL | FIELD_DST_LABEL)
#define FIELDS_PORT (FIELD_SPORT | FIELD_DPORT | FIELD_NAT_SPORT | FIELD_NAT_DPORT)
#define FIELDS_CONNTRACK (FIELDS_NAT | FIELD_ZONE | FIELD_MARK)
#define FIELDS_ADDRESS (FIELD_SRC | FIELD_DST | FIELD_NAT_SRC | FIELD_NAT_DST)

static inline void flow_key_init(struct flow_key *k)
{
	__builtin_memset(k, 0, sizeof(*k));
}

#endif
