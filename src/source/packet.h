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
	/* The addresses are known, what follows was cut off before the ports or
	 * the ICMP type: the key has none. Of IPv6 maybe before the protocol, then
	 * l4 is 0. */
	PACKET_TRUNCATED,
	/* No IP packet, or one that contradicts itself: *key is undefined. */
	PACKET_ODD,
};

/* Read the headers of a packet of len bytes, of which the rest may have been cut
 * off, beginning with what ethertype (host order: ETH_P_IP, ETH_P_IPV6, or VLAN
 * tags before those) says. Sets addresses, family, l4, dport and icmp_type; the
 * rest of *key is zeroed. A fragment that is not the first has neither ports nor
 * type. In *extra only sport and icmp_code can be more than 0. RFC 791, RFC 8200, RFC 4302, IEEE 802.1Q. */
enum packet_result packet_decode(const void *data, size_t len, uint16_t ethertype,
				 struct flow_key *key, struct flow_extra *extra);

/* The same for what begins with an Ethernet header. */
enum packet_result packet_decode_ethernet(const void *data, size_t len, struct flow_key *key,
					  struct flow_extra *extra);

#endif
