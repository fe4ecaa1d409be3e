/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_ether.h>

#include "flow/proto.h"
#include "source/packet.h"

#define ETHERNET_BYTES 14
#define VLAN_BYTES 4
#define VLAN_TAGS 4		/* no network uses more tags on one frame */

#define IPV4_BYTES 20
#define IPV6_BYTES 40
#define FRAGMENT_BYTES 8
#define OPTION_PAD1 0
#define OPTION_JUMBO 0xc2

/* A part of the packet: len bytes that were copied. Every access to the packet checks len first. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static struct bytes after(struct bytes b, size_t n)
{
	if (n > b.len)
		n = b.len;
	return (struct bytes){ b.at + n, b.len - n };
}

/* Read the ports, or the ICMP type and code, at the beginning of b, where the IP headers end. A
 * fragment that is not the first has neither, and does not come here. */
static enum packet_result transport(struct bytes b, struct flow_event *ev)
{
	if (proto_has_ports(ev->l4)) {
		if (b.len < 4)
			return PACKET_TRUNCATED;
		memcpy(&ev->orig.sport, b.at, 2);
		memcpy(&ev->orig.dport, b.at + 2, 2);
		ev->has_ports = true;
	} else if (ev->l4 == IPPROTO_ICMP || ev->l4 == IPPROTO_ICMPV6) {
		if (b.len < 2)
			return PACKET_TRUNCATED;
		ev->icmp_type = b.at[0];
		ev->icmp_code = b.at[1];
		ev->has_icmp = true;
	}
	return PACKET_WHOLE;
}

/* Whether a total length of 0 stands for a length that 16 bits cannot hold. The kernel makes
 * such packets of TCP segments only, and never of a fragment (iph_totlen(), Linux 6.3). */
static bool is_long(const uint8_t *header)
{
	return header[9] == IPPROTO_TCP && !(be16(header + 6) & 0x3fff);
}

static enum packet_result ipv4(struct bytes b, struct flow_event *ev)
{
	size_t header, total;

	if (b.len < IPV4_BYTES || b.at[0] >> 4 != 4)
		return PACKET_ODD;
	header = (b.at[0] & 15) * 4;
	total = be16(b.at + 2);
	if (!total && is_long(b.at))
		total = SIZE_MAX;
	if (header < IPV4_BYTES || total < header)
		return PACKET_ODD;
	ev->family = AF_INET;
	ev->l4 = b.at[9];
	ev->bytes = total == SIZE_MAX ? 0 : total;
	flow_addr_v4(ev->orig.saddr, b.at + 12);
	flow_addr_v4(ev->orig.daddr, b.at + 16);
	if (be16(b.at + 6) & 0x1fff)
		return PACKET_WHOLE;	/* a later fragment */
	if (b.len > total)
		b.len = total;		/* padding follows the packet */
	return transport(after(b, header), ev);
}

/* The length of the extension header of this type that begins at b. 0: this type is no
 * extension header. SIZE_MAX: the header is cut off before its length. */
static size_t extension(struct bytes b, uint8_t type)
{
	switch (type) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return b.len < 2 ? SIZE_MAX : (b.at[1] + 1U) * 8;
	case IPPROTO_AH:
		return b.len < 2 ? SIZE_MAX : (b.at[1] + 2U) * 4;
	case IPPROTO_FRAGMENT:
		return FRAGMENT_BYTES;
	}
	return 0;
}

/* The length of the payload as the jumbo payload option states it (RFC 2675), which is in the
 * hop-by-hop options that begin at b. 0: there is no such option, or it was cut off. */
static uint32_t jumbo_length(struct bytes b)
{
	size_t len = extension(b, IPPROTO_HOPOPTS), at = 2;

	if (len < b.len)
		b.len = len;
	while (at + 1 < b.len && b.at[at] != OPTION_JUMBO)
		at += b.at[at] == OPTION_PAD1 ? 1 : 2U + b.at[at + 1];
	if (at + 6 > b.len || b.at[at] != OPTION_JUMBO || b.at[at + 1] != 4)
		return 0;
	return (uint32_t)be16(b.at + at + 2) << 16 | be16(b.at + at + 4);
}

/* The length of a packet whose header states this length of the payload; 0: unknown. `next' is
 * the type of the header that begins at b, behind the IPv6 header. A payload of 0 bytes stands
 * for one that 16 bits cannot hold. Its length is in an option, or, of the kernel's own TCP
 * segments in newer kernels, nowhere in the packet. */
static uint32_t ipv6_bytes(struct bytes b, uint8_t next, uint32_t payload)
{
	if (payload || (next != IPPROTO_HOPOPTS && next != IPPROTO_TCP))
		return IPV6_BYTES + payload;
	payload = next == IPPROTO_HOPOPTS ? jumbo_length(b) : 0;
	return payload && payload <= UINT32_MAX - IPV6_BYTES ? IPV6_BYTES + payload : 0;
}

static enum packet_result ipv6(struct bytes b, struct flow_event *ev)
{
	size_t payload, len;
	bool later_fragment = false;

	if (b.len < IPV6_BYTES || b.at[0] >> 4 != 6)
		return PACKET_ODD;
	payload = be16(b.at + 4);
	ev->family = AF_INET6;
	ev->l4 = b.at[6];
	memcpy(ev->orig.saddr, b.at + 8, 16);
	memcpy(ev->orig.daddr, b.at + 24, 16);
	b = after(b, IPV6_BYTES);
	ev->bytes = ipv6_bytes(b, ev->l4, payload);
	if (payload && b.len > payload)	/* 0: a jumbogram */
		b.len = payload;
	while (!later_fragment && (len = extension(b, ev->l4))) {
		if (len > b.len) {
			ev->l4 = 0;	/* the protocol was cut off too */
			return PACKET_TRUNCATED;
		}
		if (ev->l4 == IPPROTO_FRAGMENT)
			later_fragment = be16(b.at + 2) & 0xfff8;
		ev->l4 = b.at[0];
		b = after(b, len);
	}
	return later_fragment ? PACKET_WHOLE : transport(b, ev);
}

enum packet_result packet_decode(const void *data, size_t len, uint16_t ethertype,
				 struct flow_event *ev)
{
	struct bytes b = { data, len };

	for (int tags = 0; tags < VLAN_TAGS && (ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD);
	     tags++) {
		if (b.len < VLAN_BYTES)
			return PACKET_ODD;
		ethertype = be16(b.at + 2);
		b = after(b, VLAN_BYTES);
	}
	switch (ethertype) {
	case ETH_P_IP:
		return ipv4(b, ev);
	case ETH_P_IPV6:
		return ipv6(b, ev);
	}
	return PACKET_ODD;
}

enum packet_result packet_decode_ethernet(const void *data, size_t len, struct flow_event *ev)
{
	const uint8_t *frame = data;

	if (len < ETHERNET_BYTES)
		return PACKET_ODD;
	return packet_decode(frame + ETHERNET_BYTES, len - ETHERNET_BYTES, be16(frame + 12), ev);
}
