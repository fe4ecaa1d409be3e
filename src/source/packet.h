/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_PACKET_H
#define CTAGG_SOURCE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/event.h"

/* How much of a packet is worth copying: IPv4 with all options, or IPv6 with an
 * ordinary chain of extension headers, and the ports behind them. */
#define PACKET_BYTES 256

enum packet_result {
	PACKET_WHOLE,
	/* The addresses are known, but the packet was cut off before the ports or the ICMP type,
	 * and the event has none. An IPv6 packet may even have been cut off before the protocol:
	 * then l4 is 0. */
	PACKET_TRUNCATED,
	/* The packet is no IP packet, or contradicts itself: the event is undefined. */
	PACKET_ODD,
};

/* Read the headers of a packet, of which the first len bytes are at data, into an event
 * that is all 0 so far. ethertype (host order) says what the packet begins with: ETH_P_IP,
 * ETH_P_IPV6, or a VLAN tag before one of those. Sets orig, family and l4, and where the
 * packet has them ports or ICMP type and code; a fragment that is not the first has
 * neither. Sets bytes to the length that the IP header states, however few bytes were copied.
 * bytes stays 0 where the header does not state the length: for a TCP segment of more than
 * 65,535 bytes, or a jumbogram whose option was cut off.
 * RFC 791, RFC 8200, RFC 2675, RFC 4302, IEEE 802.1Q. */
enum packet_result packet_decode(const void *data, size_t len, uint16_t ethertype,
				 struct flow_event *ev);

/* The same for a packet that begins with an Ethernet header. */
enum packet_result packet_decode_ethernet(const void *data, size_t len, struct flow_event *ev);

#endif
