/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NFLOG_DECODE_H
#define CTAGG_SOURCE_NFLOG_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"
#include "source/packet.h"

/* The longest prefix that a rule can have is shorter: nftables 127 bytes, iptables 63. */
#define NFLOG_MAX_PREFIX 128

/* One logged packet.
 *
 * event   the packet as an event of kind FLOW_DROP; whether the rule has dropped the packet
 *         is for the caller to find out. dir, way and rule are left for the
 *         caller; time_ns is set when has_time is
 * group   the NFLOG group, host order
 * family  NFPROTO_* of the hook that the rule is in: IPv4, IPv6, bridge or netdev
 * hook    the hook's number within this family; NF_INET_* for IPv4 and IPv6
 * in, out the devices that the packet came in and would have gone out by: their indexes, host
 *         order; 0 where there is none. In a bridge hook they are ports of the bridge
 * prefix  the rule's prefix, any bytes, prefix_len of them and no NUL; lent: it lies in the
 *         message
 */
struct nflog_packet {
	struct flow_event event;
	uint16_t group;
	uint8_t family, hook;
	uint32_t in, out;
	const char *prefix;
	size_t prefix_len;
};

/* result   how much of the packet could be read; the event of a PACKET_ODD one is undefined
 * has_seq  the kernel has numbered the packet: seq, host order, one more for each packet
 *          of the group
 */
struct nflog_message {
	struct nflog_packet packet;
	enum packet_result result;
	uint32_t seq;
	bool has_seq;
};

/* The type (ARPHRD_*) of the device with this index, or -errno. */
typedef int nflog_device_type(void *arg, uint32_t ifindex);

/* Decode one NFLOG message of len bytes, netlink header included
 * (linux/netfilter/nfnetlink_log.h). type_of, called with arg, is asked only for packets
 * that begin with a link header. Returns 0, or -EBADMSG for a message that is damaged or no
 * packet. */
int nflog_decode(const void *msg, size_t len, nflog_device_type *type_of, void *arg,
		 struct nflog_message *out);

#endif
