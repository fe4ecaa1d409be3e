/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_IDENTITY_H
#define CTAGG_FLOW_IDENTITY_H

#include <linux/types.h>

/* What tells a connection from all others that are in the connection table at the same time: both
 * tuples, and the zone of each direction. (The original tuple alone does not: when two packets race for one
 * connection, the kernel can keep two entries with the same original tuple for a second, whose replies
 * differ: nf_ct_resolve_clash_harder() in net/netfilter/nf_conntrack_core.c.) A later connection can have
 * the same. No padding, because the bytes are hashed.
 *
 * saddr ...    addresses, see flow/address.h
 * source ...   what the kernel's tuples have in u.all, in the order of memory: ports; the key of GRE;
 *              of ICMP an id in source, and type and code in destination; 0 where there is nothing
 */
struct flow_identity {
	__u8 saddr[16], daddr[16], reply_saddr[16], reply_daddr[16];
	__be16 source, destination, reply_source, reply_destination;
	__u16 zone, reply_zone;
	__u8 l4, family, unused[2];
};
_Static_assert(sizeof(struct flow_identity) == 80, "no hidden padding");

#endif
