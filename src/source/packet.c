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
#define VLAN_TAGS 4		/* more is no network that anybody runs */

#define IPV4_BYTES 20
#define IPV6_BYTES 40
#define FRAGMENT_BYTES 8

/* A part of the packet: length-checked access is all there is. */
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

/* What follows the IP headers of a packet that is no later fragment. */
static enum packet_result transport(struct bytes b, struct flow_key *key,
				    struct flow_extra *extra)
{
	if (proto_has_ports(key->l4)) {
		if (b.len < 4)
			return PACKET_TRUNCATED;
		memcpy(&extra->sport, b.at, 2);
		memcpy(&key->dport, b.at + 2, 2);
		key->has_ports = 1;
	} else if (key->l4 == IPPROTO_ICMP || key->l4 == IPPROTO_ICMPV6) {
		if (b.len < 2)
			return PACKET_TRUNCATED;
		key->icmp_type = b.at[0];
		extra->icmp_code = b.at[1];
		key->has_icmp = 1;
	}
	return PACKET_WHOLE;
}

/* Whether a total length of 0 stands for one that 16 bits cannot hold: the kernel
 * makes these of TCP segments only, and never of a fragment (iph_totlen(), Linux 6.3). */
static bool is_long(const uint8_t *header)
{
	return header[9] == IPPROTO_TCP && !(be16(header + 6) & 0x3fff);
}

static enum packet_result ipv4(struct bytes b, struct flow_key *key, struct flow_extra *extra)
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
	key->family = AF_INET;
	key->l4 = b.at[9];
	flow_addr_v4(key->saddr, b.at + 12);
	flow_addr_v4(key->daddr, b.at + 16);
	if (be16(b.at + 6) & 0x1fff)
		return PACKET_WHOLE;	/* a later fragment */
	if (b.len > total)
		b.len = total;		/* what follows is padding */
	return transport(after(b, header), key, extra);
}

/* The length of the extension header at b of this type; 0 when it is none, more
 * than there can be when it is cut off before it says. */
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

static enum packet_result ipv6(struct bytes b, struct flow_key *key, struct flow_extra *extra)
{
	size_t payload, len;
	bool later_fragment = false;

	if (b.len < IPV6_BYTES || b.at[0] >> 4 != 6)
		return PACKET_ODD;
	payload = be16(b.at + 4);
	key->family = AF_INET6;
	key->l4 = b.at[6];
	memcpy(key->saddr, b.at + 8, 16);
	memcpy(key->daddr, b.at + 24, 16);
	b = after(b, IPV6_BYTES);
	if (payload && b.len > payload)	/* 0: a jumbogram */
		b.len = payload;
	while (!later_fragment && (len = extension(b, key->l4))) {
		if (len > b.len) {
			key->l4 = 0;	/* it is behind what was cut off */
			return PACKET_TRUNCATED;
		}
		if (key->l4 == IPPROTO_FRAGMENT)
			later_fragment = be16(b.at + 2) & 0xfff8;
		key->l4 = b.at[0];
		b = after(b, len);
	}
	return later_fragment ? PACKET_WHOLE : transport(b, key, extra);
}

enum packet_result packet_decode(const void *data, size_t len, uint16_t ethertype,
				 struct flow_key *key, struct flow_extra *extra)
{
	struct bytes b = { data, len };

	flow_key_init(key);
	memset(extra, 0, sizeof(*extra));
	for (int tags = 0; tags < VLAN_TAGS && (ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD);
	     tags++) {
		if (b.len < VLAN_BYTES)
			return PACKET_ODD;
		ethertype = be16(b.at + 2);
		b = after(b, VLAN_BYTES);
	}
	switch (ethertype) {
	case ETH_P_IP:
		return ipv4(b, key, extra);
	case ETH_P_IPV6:
		return ipv6(b, key, extra);
	}
	return PACKET_ODD;
}

enum packet_result packet_decode_ethernet(const void *data, size_t len, struct flow_key *key,
					  struct flow_extra *extra)
{
	const uint8_t *frame = data;

	if (len < ETHERNET_BYTES)
		return PACKET_ODD;
	return packet_decode(frame + ETHERNET_BYTES, len - ETHERNET_BYTES, be16(frame + 12), key,
			     extra);
}
