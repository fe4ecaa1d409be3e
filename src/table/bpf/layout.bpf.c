/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run once, before the tracing program is loaded: whether the running kernel's structures are such as the
 * tracing program reads them. Libbpf fills in what the kernel has (CO-RE): table/trace_layout.h says why that is
 * not enough in the tracing program itself. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "table/bpf/nf_conn.h"
#include "table/trace_layout.h"

/* What connection.h reads as a whole, with the kernel's names of the members. Libbpf leaves out what follows
 * three underscores. */
struct nf_conn_counter___named {
	struct {	/* not empty: clang 19 crashes when asked for an empty member */
		__u64 counter;
	} packets, bytes;
} OF_THE_KERNEL;

struct nf_conn_acct___named {
	struct nf_conn_counter___named counter[2];
} OF_THE_KERNEL;

struct nf_conn_tstamp___named {
	__u64 start, stop;
} OF_THE_KERNEL;

#define SIZE(type, member) bpf_core_field_size(((struct type *)0)->member)
#define OFFSET(type, member) bpf_core_field_offset(((struct type *)0)->member)
#define EXISTS(type, member) bpf_core_field_exists(((struct type *)0)->member)

static __always_inline int tuples(void)
{
	if (SIZE(nf_conntrack_tuple, src.u3.all) != 16 || SIZE(nf_conntrack_tuple, dst.u3.all) != 16)
		return TRACE_LAYOUT_ADDRESS;
	if (SIZE(nf_conntrack_tuple, src.u.all) != 2 || SIZE(nf_conntrack_tuple, dst.u.all) != 2 ||
	    SIZE(nf_conntrack_tuple, src.l3num) != 2 || SIZE(nf_conntrack_tuple, dst.protonum) != 1)
		return TRACE_LAYOUT_PORT;
	return TRACE_LAYOUT_KNOWN;
}

static __always_inline int members(void)
{
	if (SIZE(nf_conn, status) < 4)
		return TRACE_LAYOUT_STATUS;
	if (EXISTS(nf_conn, zone) && (SIZE(nf_conntrack_zone, id) != 2 || SIZE(nf_conntrack_zone, dir) != 1))
		return TRACE_LAYOUT_ZONE;
	if (EXISTS(nf_conn, mark) && SIZE(nf_conn, mark) != 4)
		return TRACE_LAYOUT_MARK;
	if (SIZE(net, net_cookie) != 8)
		return TRACE_LAYOUT_NETNS;
	if (SIZE(nf_conn, proto.tcp.state) != 1)
		return TRACE_LAYOUT_STATE;
	if (SIZE(nf_ct_event, portid) != 4)
		return TRACE_LAYOUT_EVENT;
	return TRACE_LAYOUT_KNOWN;
}

static __always_inline int extensions(void)
{
	if (SIZE(nf_ct_ext, offset[0]) != 1 ||
	    bpf_core_enum_value(enum nf_ct_ext_id, NF_CT_EXT_ACCT) >= SIZE(nf_ct_ext, offset))
		return TRACE_LAYOUT_EXT;
	if (bpf_core_type_size(struct nf_conn_acct) != sizeof(struct nf_conn_acct) ||
	    OFFSET(nf_conn_acct___named, counter[1]) != 16 ||
	    OFFSET(nf_conn_counter___named, packets) != 0 || SIZE(nf_conn_counter___named, packets) != 8 ||
	    OFFSET(nf_conn_counter___named, bytes) != 8 || SIZE(nf_conn_counter___named, bytes) != 8)
		return TRACE_LAYOUT_ACCT;
	if (!bpf_core_enum_value_exists(enum nf_ct_ext_id, NF_CT_EXT_TSTAMP))
		return TRACE_LAYOUT_KNOWN;
	if (bpf_core_type_size(struct nf_conn_tstamp) != sizeof(struct nf_conn_tstamp) ||
	    OFFSET(nf_conn_tstamp___named, start) != 0 || SIZE(nf_conn_tstamp___named, start) != 8 ||
	    OFFSET(nf_conn_tstamp___named, stop) != 8 || SIZE(nf_conn_tstamp___named, stop) != 8)
		return TRACE_LAYOUT_TSTAMP;
	return TRACE_LAYOUT_KNOWN;
}

/* Returns an enum trace_layout. */
SEC("socket")
int layout(struct __sk_buff *skb)
{
	int wrong = tuples();

	(void)skb;
	if (!wrong)
		wrong = members();
	return wrong ? wrong : extensions();
}

char _license[] SEC("license") = "GPL";
