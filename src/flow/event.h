/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_EVENT_H
#define CTAGG_FLOW_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_tcp.h>

#include "flow/address.h"
#include "flow/key_layout.h"

enum flow_kind {
	FLOW_START,	/* ctnetlink NEW */
	FLOW_END,	/* ctnetlink DESTROY */
	FLOW_DROP,	/* a packet that a rule logged and dropped */
	FLOW_LIVE,	/* a connection that is in the table at this moment */
	FLOW_LOGGED,	/* a packet that a rule logged and let go */
	FLOW_KERNEL_DROP,	/* a packet that the kernel has dropped, by a rule or by itself */
};

/* The addresses and ports of one direction of a connection, or of one packet.
 *
 * saddr, daddr  16 bytes in network order, see flow/address.h
 * sport, dport  network order; 0 unless the event says has_ports
 */
struct flow_tuple {
	__u8 saddr[16], daddr[16];
	__be16 sport, dport;
};

/* The devices of a packet, as struct flow_key has them. */
struct flow_devices {
	char iif[DEVICE_NAME_BYTES], oif[DEVICE_NAME_BYTES];
};

/* What the hook that saw a packet says about the packet's way. */
enum flow_way {
	FLOW_WAY_UNKNOWN,	/* a connection, or a hook that sees packets of every way */
	FLOW_WAY_IN,		/* the packet is delivered in this namespace */
	FLOW_WAY_OUT,		/* a socket of this namespace has sent the packet */
	FLOW_WAY_THROUGH,	/* the packet is forwarded */
};

/* One thing that happened to one connection or to one packet: facts, as the source knows
 * them. flow/key.h says which facts tell one flow from another. Start from an event that is
 * all 0. Numbers are in host order.
 *
 * orig          the addresses and ports of the original direction, before NAT; or of the packet
 * reply         those of the reply direction: reply.saddr is who really answers, after DNAT,
 *               and reply.daddr is the source as SNAT has made it. Of connections only
 * devices       of a packet: the devices that it came in and would have gone out by; all 0
 *               where nobody has asked for them
 * l4            IPPROTO_*, from CTA_PROTO_NUM in linux/netfilter/nfnetlink_conntrack.h;
 *               0 for an IPv6 packet whose protocol is unknown, see proto_is_known()
 * family        AF_INET or AF_INET6
 * dir           where the flow goes, enum flow_dir: the intake finds out, unless has_dir
 * icmp_type     and icmp_code: of the original direction; 0 unless has_icmp
 * has_ports     the protocol has ports, and the ports are known
 * has_icmp      the protocol is ICMP or ICMPv6, and its type and code are known
 * conntrack     the event is of a connection. For a packet, reply, zone, mark and id are
 *               unknown, and 0
 * way           of a packet: what the hook knows better than addresses do
 * zone, mark    of a connection: the zone of the original direction, and the mark
 * id            of a connection: a hash, under a secret of the kernel's, of where the
 *               connection lies in memory (nf_ct_get_id(), since 5.3); its bytes as the
 *               message has them. Two live connections can share an id by chance
 * netns         the network namespace, as struct flow_key has it; 0: the one that is watched
 * netns_inode   the number of that namespace's file, while it exists; 0: unknown
 * identity      of a connection, with --source=trace and --interim: a keyed hash of its struct
 *               flow_identity (flow/identity.h). 0: id is all that tells connections apart
 * rule          of a packet: which rule logged it, see rule/labels.h; 0 for connections
 * drop_reason   of a FLOW_KERNEL_DROP: why, a number of flow/drop_reasons.h; 0 for all others
 * bytes         of a packet: its IP length, header included. 0: the length is unknown; no IP
 *               packet is that short
 * time_ns       when, in nanoseconds since 1970 (CLOCK_REALTIME): the kernel's
 *               timestamp when has_time, else the reader fills in a time
 * has_counters  orig_* and reply_* are known (nf_conntrack_acct was on when the
 *               connection began): packets, and IP bytes
 * replied       of an end or a live connection: a packet of the reply direction was seen
 * tcp_state     of an end or a live connection: the state of TCP, TCP_CONNTRACK_* in
 *               linux/netfilter/nf_conntrack_tcp.h; 0 (TCP_CONNTRACK_NONE) when there is none or
 *               it is unknown, as with connections that a flow table forwards
 * timed         duration_ns is known (nf_conntrack_timestamp was on)
 * injected      of a start: a process has made the connection (nlmsg_pid is not 0), as
 *               `conntrack -I' and `conntrackd -c' do, and not a packet
 * clash         of an end: the connection lost a race for its place in the connection table, and had
 *               no start (IPS_NAT_CLASH; clash_ends in ctagg-record(5))
 * unreplied_live  of a live connection: when it has no reply, it is added to `unreplied', as
 *               in a snapshot
 */
struct flow_event {
	struct flow_tuple orig;
	union {
		struct flow_tuple reply;
		struct flow_devices devices;
	};
	__u8 l4, family, dir, icmp_type;	/* in the order of struct flow_key: the */
	bool has_ports, has_icmp;		/* compiler copies them at once */
	__u8 icmp_code;
	bool conntrack, has_dir, has_time, has_counters, replied, timed, unreplied_live, injected, clash;
	__u8 tcp_state, drop_reason;
	__u16 zone;
	__u32 rule, mark, id, netns, netns_inode;
	enum flow_kind kind;
	enum flow_way way;
	uint64_t bytes;
	uint64_t time_ns;
	uint64_t orig_packets, orig_bytes, reply_packets, reply_bytes;
	uint64_t duration_ns;
	uint64_t identity;
};

/* Whether TCP has closed the connection, which the kernel has not forgotten yet: both sides have
 * sent FIN (LAST_ACK, then TIME_WAIT), or one has sent RST (CLOSE). After the FIN of one side only
 * (FIN_WAIT, then CLOSE_WAIT) the other side may still send, so the connection is open: see the
 * states in net/netfilter/nf_conntrack_proto_tcp.c. */
static inline bool flow_event_closed(const struct flow_event *ev)
{
	return ev->tcp_state == TCP_CONNTRACK_LAST_ACK || ev->tcp_state == TCP_CONNTRACK_TIME_WAIT ||
	       ev->tcp_state == TCP_CONNTRACK_CLOSE;
}

#endif
