/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_NF_CONN_H
#define CTAGG_TABLE_BPF_NF_CONN_H

/* The kernel's own structures of connection tracking: of each the members that are read here and no
 * others. Where a member is on the running kernel is found out when the program is loaded, from the
 * kernel's description of its types (BTF, CO-RE). include/net/netfilter/nf_conntrack*.h. */

#include <linux/types.h>

#include <bpf/bpf_core_read.h>

#define OF_THE_KERNEL __attribute__((preserve_access_index))

struct net {
	struct {
		__u32 inum;
	} ns;
	__u64 net_cookie;	/* since 5.14 */
} OF_THE_KERNEL;

/* The names of members that are unions or structs without a name of their own are all that matters. */
struct nf_conntrack_man {
	struct {
		__u32 all[4];
	} u3;
	struct {
		__be16 all;
	} u;
	__u16 l3num;
} OF_THE_KERNEL;

/* u.all of ICMP: of the source the id, of the destination the type and the code. */
struct nf_conntrack_tuple {
	struct nf_conntrack_man src;
	struct {
		struct {
			__u32 all[4];
		} u3;
		struct {
			__be16 all;
		} u;
		__u8 protonum;
	} dst;
} OF_THE_KERNEL;

struct nf_conntrack_tuple_hash {
	struct nf_conntrack_tuple tuple;
} OF_THE_KERNEL;

struct nf_conntrack_zone {
	__u16 id;
	__u8 dir;
} OF_THE_KERNEL;

struct nf_ct_ext {
	__u8 offset[1];
} OF_THE_KERNEL;

struct nf_conn {
	struct nf_conntrack_zone zone;
	struct nf_conntrack_tuple_hash tuplehash[2];
	unsigned long status;
	struct {
		struct net *net;
	} ct_net;
	__u32 mark;
	struct nf_ct_ext *ext;
	struct {
		struct {
			__u8 state;
		} tcp;
	} proto;
} OF_THE_KERNEL;

struct nf_ct_event {
	struct nf_conn *ct;
	__u32 portid;
} OF_THE_KERNEL;

/* Which numbers these have depends on how the kernel was configured. */
enum nf_ct_ext_id {
	NF_CT_EXT_ACCT,
	NF_CT_EXT_TSTAMP,
};

/* struct nf_conn_acct: packets and bytes, of the original direction and then of the reply. */
struct nf_conn_acct {
	__u64 counter[4];
};

struct nf_conn_tstamp {
	__u64 start, stop;
};

#endif
