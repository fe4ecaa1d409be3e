/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <criterion/criterion.h>
#include <linux/if_arp.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include "source/nflog_decode.h"

/* Packets to 10.1.0.2, 10.2.0.2, 198.51.100.9 and 127.0.0.1 as Linux 6.18
 * (little-endian) logged them in the egress hooks of a veth, a tun, and a veth with
 * two VLAN tags in the frame, and in the ingress hook of lo; in hexadecimal. The first
 * one's destination MAC, 46:11:22:33:44:55, looks like an IPv4 header. */
static const char EGRESS_VETH[] =
	"a00000000004000000000000000000000500000508000100080001000e000a007630206567726573"
	"73000000080005000000000314000300000000006b01ca01000000000004ae7808000b0000000000"
	"08000e000000000012001500461122334455e2569043da900800000033000900461122334455e256"
	"9043da90080045000021e5974000401141300a0100010a0100028c661b58000d1423637461676700";
static const char EGRESS_TUN[] =
	"800000000004000000000000000000000500000508000100080001000e000a007430206567726573"
	"73000000080005000000000414000300000000006b01ca01000000000004ba4108000b0000000000"
	"08000e000000000025000900450000218d6740004011995e0a0200010a020002e8b91b58000dbbdf"
	"6374616767000000";
static const char EGRESS_TWO_TAGS[] =
	"b00000000004000000000000000000000500000508000100810001000e000a007630206567726573"
	"73000000080005000000000314000300000000006b01ca0100000000000655c908000b0000000000"
	"08000e00000000001a0015000200000000090200000000088100000581000006080000003b000900"
	"02000000000902000000000881000005810000060800450000210000000040110000c6336407c633"
	"6409115c1b5c000d0000637461676700";
static const char INGRESS_LO[] =
	"b80000000004000000000000000000000500000508000100080000000f000a006c6f20696e677265"
	"737300000800040000000001100008000006000000000000000000000600"
	"0f000304000006001100000e0000120010000000000000000000000000000800000014000300000000006b01"
	"ca01000000000004f9c1120015000000000000000000000000000800000025000900450000218e4e"
	"40004011ae7b7f0000017f000001c0841b59000dfe206374616767000000";

static unsigned char *message(const char *hex, size_t *len)
{
	unsigned char *bytes;

	if (htons(1) == 1)
		cr_skip_test("recorded on a little-endian machine");
	*len = strlen(hex) / 2;
	bytes = malloc(*len);	/* exactly, so that a byte too many is noticed */
	cr_assert_not_null(bytes);
	for (size_t i = 0; i < *len; i++) {
		char byte[3] = { hex[2 * i], hex[2 * i + 1] };

		bytes[i] = strtoul(byte, NULL, 16);
	}
	return bytes;
}

static int device_type(void *arg, uint32_t ifindex)
{
	cr_expect_neq(ifindex, 0);
	return *(int *)arg;
}

static int not_asked(void *arg, uint32_t ifindex)
{
	(void)arg;
	cr_expect(false, "device %u", ifindex);
	return -ENODEV;
}

/* The type under which an attribute is found; then it goes by another. */
static void rename_attribute(unsigned char *bytes, size_t len, uint16_t from, uint16_t to)
{
	size_t at = sizeof(struct nlmsghdr) + 4;

	while (at + sizeof(struct nlattr) <= len) {
		struct nlattr attr;

		memcpy(&attr, bytes + at, sizeof(attr));
		if (attr.nla_type == from) {
			attr.nla_type = to;
			memcpy(bytes + at, &attr, sizeof(attr));
			return;
		}
		at += NLA_ALIGN(attr.nla_len);
	}
	cr_assert(false, "no attribute %u", from);
}

static enum packet_result decode_without(const char *hex, uint16_t attribute, int type,
					 struct flow_event *ev)
{
	struct nflog_message m;
	unsigned char *bytes;
	size_t len;

	bytes = message(hex, &len);
	if (attribute)
		rename_attribute(bytes, len, attribute, NFULA_MAX + 1);
	cr_assert_eq(nflog_decode(bytes, len, device_type, &type, &m), 0);
	*ev = m.packet.event;
	free(bytes);
	return m.result;
}

static void expect_udp(const struct flow_event *ev, const char *dst, unsigned int port)
{
	char text[INET_ADDRSTRLEN];

	cr_expect_eq(ev->family, AF_INET);
	cr_expect_str_eq(inet_ntop(AF_INET, ev->orig.daddr + 12, text, sizeof(text)), dst);
	cr_expect_eq(ev->l4, IPPROTO_UDP);
	cr_expect_eq(ntohs(ev->orig.dport), port);
}

Test(nflog, egress_begins_with_the_link_header)
{
	static const int ethernets[] = { ARPHRD_ETHER, ARPHRD_LOOPBACK };
	struct flow_event ev;

	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(decode_without(EGRESS_VETH, 0, ethernets[i], &ev), PACKET_WHOLE);
		expect_udp(&ev, "10.1.0.2", 7000);
		cr_expect_eq(decode_without(EGRESS_VETH, NFULA_L2HDR, ethernets[i], &ev),
			     PACKET_WHOLE);
		expect_udp(&ev, "10.1.0.2", 7000);
		cr_expect_eq(decode_without(EGRESS_TWO_TAGS, 0, ethernets[i], &ev), PACKET_WHOLE);
		expect_udp(&ev, "198.51.100.9", 7004);
	}
}

/* The kernel's copy says how long the header is; without one nothing is guessed. */
Test(nflog, egress_of_a_device_of_another_type)
{
	static const int types[] = { ARPHRD_INFINIBAND, -ENODEV };
	struct flow_event ev;

	for (size_t i = 0; i < 2; i++) {
		cr_expect_eq(decode_without(EGRESS_VETH, 0, types[i], &ev), PACKET_WHOLE);
		expect_udp(&ev, "10.1.0.2", 7000);
		cr_expect_eq(decode_without(EGRESS_VETH, NFULA_L2HDR, types[i], &ev), PACKET_ODD);
		cr_expect_eq(decode_without(EGRESS_TUN, 0, types[i], &ev), PACKET_ODD);
		cr_expect_eq(decode_without(EGRESS_TWO_TAGS, NFULA_L2HDR, types[i], &ev),
			     PACKET_ODD);
	}
}

Test(nflog, egress_of_a_device_without_link_header)
{
	static const int types[] = { ARPHRD_NONE, ARPHRD_RAWIP, ARPHRD_PPP, ARPHRD_TUNNEL,
				     ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE, ARPHRD_IP6GRE };
	struct flow_event ev;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		cr_expect_eq(decode_without(EGRESS_TUN, 0, types[i], &ev), PACKET_WHOLE);
		expect_udp(&ev, "10.2.0.2", 7000);
		/* one that sends a link header all the same */
		cr_expect_eq(decode_without(EGRESS_VETH, 0, types[i], &ev), PACKET_WHOLE);
		expect_udp(&ev, "10.1.0.2", 7000);
	}
}

Test(nflog, egress_of_no_device_is_odd)
{
	struct flow_event ev;

	cr_expect_eq(decode_without(EGRESS_VETH, NFULA_IFINDEX_OUTDEV, ARPHRD_ETHER, &ev),
		     PACKET_ODD);
}

Test(nflog, ingress_begins_with_the_ip_header)
{
	struct nflog_message m;
	unsigned char *bytes;
	size_t len;

	bytes = message(INGRESS_LO, &len);
	cr_assert_eq(nflog_decode(bytes, len, not_asked, NULL, &m), 0);
	cr_expect_eq(m.result, PACKET_WHOLE);
	cr_expect_eq(m.packet.family, NFPROTO_NETDEV);
	expect_udp(&m.packet.event, "127.0.0.1", 7001);
	free(bytes);
}
