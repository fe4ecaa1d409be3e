/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_TRACE_EVENT_H
#define CTAGG_TABLE_TRACE_EVENT_H

#include <linux/types.h>

/* An event that the tracing program passes on, as it lies in the ring buffer: what user space needs for
 * a struct flow_event. Both sides are built from this header, which needs only linux/types.h. Numbers
 * are in host order but for addresses and ports, which are as flow/event.h has them.
 *
 * source, destination  u.all of the original tuple in the order of memory: ports; of ICMP an id, and
 *                      type and code
 * has_ports     the protocol has ports, and its tracker knows them
 * clash         as flow/event.h has it
 * start_ns      and stop_ns: of an end, since 1970, as nf_conntrack_timestamp has them; 0: unknown
 * tcp_state     of an end of TCP, below TCP_CONNTRACK_MAX
 * netns         the low half of the network namespace's cookie
 * netns_inode   the number of the namespace's file (nsfs)
 */
struct trace_event {
	__u8 saddr[16], daddr[16], reply_saddr[16], reply_daddr[16];
	__be16 source, destination, reply_source, reply_destination;
	__u8 l4, family, is_end, injected;
	__u8 has_ports, has_counters, replied, tcp_state;
	__u32 mark;
	__u16 zone, reply_zone;
	__u32 netns, netns_inode;
	__u8 clash, unused[7];
	__u64 orig_packets, orig_bytes, reply_packets, reply_bytes;
	__u64 start_ns, stop_ns;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct trace_event) == 152, "no hidden padding");

/* What the ring buffer needs for an event: the kernel's header has 8 bytes (BPF_RINGBUF_HDR_SZ). */
#define TRACE_EVENT_BYTES (sizeof(struct trace_event) + 8)

#endif
