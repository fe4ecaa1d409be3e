/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <criterion/criterion.h>
#include <linux/if_ether.h>

#include "source/packet.h"

/* A packet under construction. */
struct made {
	uint8_t bytes[2048];
	size_t len;
};

/* The length that the packet's header states, see end4() and end6(). */
static uint32_t stated(const struct made *m)
{
	return m->bytes[0] >> 4 == 4 ? (m->bytes[2] << 8 | m->bytes[3]) :
				       40 + (m->bytes[4] << 8 | m->bytes[5]);
}

static void put(struct made *m, const void *data, size_t len)
{
	memcpy(m->bytes + m->len, data, len);
	m->len += len;
}
#define PUT(m, ...)                                                                            \
	put(m, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* From 10.0.0.7 to 192.0.2.10; the total length is set by end4(). */
static struct made ipv4(uint8_t protocol, unsigned int option_words, uint16_t fragment)
{
	struct made m = { .len = 0 };

	PUT(&m, 0x40 + 5 + option_words, 0, 0, 0, 0, 1, fragment >> 8, fragment & 0xff, 64, protocol,
	    0, 0, 10, 0, 0, 7, 192, 0, 2, 10);
	for (unsigned int i = 0; i < option_words; i++)
		PUT(&m, 1, 1, 1, 1);
	return m;
}

static void end4(struct made *m)
{
	m->bytes[2] = m->len >> 8;
	m->bytes[3] = m->len;
}

static struct made ipv6(uint8_t next)
{
	struct made m = { .len = 0 };

	PUT(&m, 0x60, 0, 0, 0, 0, 0, next, 64);
	PUT(&m, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
	PUT(&m, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10);
	return m;
}

static void end6(struct made *m)
{
	m->bytes[4] = (m->len - 40) >> 8;
	m->bytes[5] = m->len - 40;
}

/* In memory of exactly that size, so that a byte too many is noticed. */
static enum packet_result decode(const struct made *m, size_t len, uint16_t type,
				 struct flow_event *ev)
{
	void *exact = malloc(len ? len : 1);
	enum packet_result result;

	memcpy(exact, m->bytes, len);
	*ev = (struct flow_event){ .kind = FLOW_DROP };
	result = packet_decode(exact, len, type, ev);
	free(exact);
	return result;
}

static void expect_v4(const struct flow_event *ev, uint8_t l4)
{
	static const uint8_t src[16] = { [10] = 0xff, 0xff, 10, 0, 0, 7 };
	static const uint8_t dst[16] = { [10] = 0xff, 0xff, 192, 0, 2, 10 };

	cr_expect_eq(ev->family, AF_INET);
	cr_expect_eq(ev->l4, l4);
	cr_expect_arr_eq(ev->orig.saddr, src, 16);
	cr_expect_arr_eq(ev->orig.daddr, dst, 16);
}

Test(packet, protocols_with_ports)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_DCCP,
					     IPPROTO_UDPLITE };
	struct flow_event ev;

	for (size_t i = 0; i < sizeof(protocols); i++) {
		for (unsigned int options = 0; options <= 10; options += 5) {
			struct made m = ipv4(protocols[i], options, 0x4000);

			PUT(&m, 0x30, 0x39, 0x01, 0xbb, 0, 0, 0, 0);
			end4(&m);
			cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_WHOLE);
			expect_v4(&ev, protocols[i]);
			cr_expect_eq(ev.has_ports, 1);
			cr_expect_eq(ntohs(ev.orig.dport), 443);
			cr_expect_eq(ev.has_icmp | ev.dir | ev.rule, 0);
		}
	}
}

Test(packet, icmp_and_protocols_without_either)
{
	struct made m = ipv4(IPPROTO_ICMP, 0, 0), other = ipv4(253, 0, 0);
	struct flow_event ev;

	PUT(&m, 8, 0, 0, 0);
	end4(&m);
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_WHOLE);
	expect_v4(&ev, IPPROTO_ICMP);
	cr_expect_eq(ev.icmp_type, 8);
	cr_expect_eq(ev.has_icmp, 1);
	end4(&other);
	cr_expect_eq(decode(&other, other.len, ETH_P_IP, &ev), PACKET_WHOLE);
	expect_v4(&ev, 253);
	cr_expect_eq(ev.has_ports | ev.has_icmp, 0);
}

Test(packet, only_the_first_fragment_has_ports)
{
	struct made first = ipv4(IPPROTO_UDP, 0, 0x2000), later = ipv4(IPPROTO_UDP, 0, 0x2001);
	struct flow_event ev;

	PUT(&first, 0, 53, 0, 54, 0, 0, 0, 0);
	end4(&first);
	cr_expect_eq(decode(&first, first.len, ETH_P_IP, &ev), PACKET_WHOLE);
	cr_expect_eq(ntohs(ev.orig.dport), 54);
	PUT(&later, 0, 53, 0, 54, 0, 0, 0, 0);
	end4(&later);
	cr_expect_eq(decode(&later, later.len, ETH_P_IP, &ev), PACKET_WHOLE);
	expect_v4(&ev, IPPROTO_UDP);
	cr_expect_eq(ev.has_ports | ev.orig.dport, 0);
}

Test(packet, ipv6_with_every_extension_header)
{
	struct made m = ipv6(IPPROTO_HOPOPTS);
	struct flow_event ev;

	PUT(&m, IPPROTO_ROUTING, 0, 5, 2, 0, 0, 1, 0);
	PUT(&m, IPPROTO_DSTOPTS, 2, 4, 1, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 1);
	PUT(&m, IPPROTO_AH, 0, 1, 4, 0, 0, 0, 0);
	PUT(&m, IPPROTO_FRAGMENT, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	    12);
	PUT(&m, IPPROTO_TCP, 0, 0, 1, 0, 0, 0, 1);
	PUT(&m, 0x30, 0x39, 0x00, 0x16);
	end6(&m);
	cr_expect_eq(decode(&m, m.len, ETH_P_IPV6, &ev), PACKET_WHOLE);
	cr_expect_eq(ev.family, AF_INET6);
	cr_expect_eq(ev.l4, IPPROTO_TCP);
	cr_expect_eq(ntohs(ev.orig.dport), 22);
	cr_expect_eq(ev.orig.saddr[15], 7);
	cr_expect_eq(ev.orig.daddr[15], 10);
	/* Wherever it is cut off, the addresses are known and nothing is guessed. */
	for (size_t len = 40; len < m.len; len++) {
		cr_expect_eq(decode(&m, len, ETH_P_IPV6, &ev), PACKET_TRUNCATED, "%zu", len);
		cr_expect_eq(ev.has_ports | ev.has_icmp, 0);
		cr_expect_eq(ev.orig.daddr[15], 10);
		cr_expect_eq(ev.bytes, stated(&m));
		/* The transport header begins 4 bytes before the end. */
		cr_expect_eq(ev.l4, len < m.len - 4 ? 0 : IPPROTO_TCP, "%zu", len);
	}
	for (size_t len = 0; len < 40; len++)
		cr_expect_eq(decode(&m, len, ETH_P_IPV6, &ev), PACKET_ODD, "%zu", len);
}

Test(packet, a_later_ipv6_fragment_has_no_ports)
{
	struct made m = ipv6(IPPROTO_FRAGMENT);
	struct flow_event ev;

	PUT(&m, IPPROTO_UDP, 0, 0x00, 0x08, 0, 0, 0, 1);
	PUT(&m, 0, 53, 0, 54);
	end6(&m);
	cr_expect_eq(decode(&m, m.len, ETH_P_IPV6, &ev), PACKET_WHOLE);
	cr_expect_eq(ev.l4, IPPROTO_UDP);
	cr_expect_eq(ev.has_ports, 0);
}

Test(packet, icmpv6)
{
	struct made m = ipv6(IPPROTO_ICMPV6);
	struct flow_event ev;

	PUT(&m, 128, 0, 0, 0);
	end6(&m);
	cr_expect_eq(decode(&m, m.len, ETH_P_IPV6, &ev), PACKET_WHOLE);
	cr_expect_eq(ev.icmp_type, 128);
}

Test(packet, ipv4_cut_off_anywhere)
{
	struct made m = ipv4(IPPROTO_TCP, 2, 0);
	struct flow_event ev;

	PUT(&m, 0x30, 0x39, 0x01, 0xbb);
	end4(&m);
	for (size_t len = 0; len < 20; len++)
		cr_expect_eq(decode(&m, len, ETH_P_IP, &ev), PACKET_ODD, "%zu", len);
	for (size_t len = 20; len < m.len; len++) {
		cr_expect_eq(decode(&m, len, ETH_P_IP, &ev), PACKET_TRUNCATED, "%zu", len);
		expect_v4(&ev, IPPROTO_TCP);
		cr_expect_eq(ev.has_ports, 0);
		cr_expect_eq(ev.bytes, stated(&m));
	}
}

Test(packet, what_contradicts_itself_is_odd)
{
	struct made m = ipv4(IPPROTO_TCP, 0, 0);
	struct flow_event ev;

	PUT(&m, 0x30, 0x39, 0x01, 0xbb);
	end4(&m);
	cr_expect_eq(decode(&m, m.len, ETH_P_IPV6, &ev), PACKET_ODD);
	cr_expect_eq(decode(&m, m.len, ETH_P_ARP, &ev), PACKET_ODD);
	m.bytes[0] = 0x44;	/* a header of 16 bytes */
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_ODD);
	m.bytes[0] = 0x45;
	m.bytes[3] = 19;	/* shorter than its header */
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_ODD);
	m.bytes[3] = 22;	/* what follows is padding, not a port */
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_TRUNCATED);
}

Test(packet, vlan_tags_are_passed_over)
{
	struct made inner = ipv4(IPPROTO_UDP, 0, 0);
	struct flow_event ev;

	PUT(&inner, 0, 53, 0, 54);
	end4(&inner);
	for (unsigned int tags = 1; tags <= 4; tags++) {
		struct made m = { .len = 0 };

		for (unsigned int i = 1; i < tags; i++)
			PUT(&m, 0, i, 0x81, 0x00);
		PUT(&m, 0, 9, 0x08, 0x00);
		put(&m, inner.bytes, inner.len);
		cr_expect_eq(decode(&m, m.len, tags == 2 ? ETH_P_8021AD : ETH_P_8021Q, &ev),
			     PACKET_WHOLE);
		expect_v4(&ev, IPPROTO_UDP);
		cr_expect_eq(ntohs(ev.orig.dport), 54);
		cr_expect_eq(ev.bytes, 24, "without the tags");
		cr_expect_eq(decode(&m, 3, ETH_P_8021Q, &ev), PACKET_ODD);
	}
}

/* IPv4 BIG TCP: more than 65535 bytes, for which there is no room in the header. */
Test(packet, a_total_length_of_0_is_a_long_tcp_segment)
{
	struct made m = ipv4(IPPROTO_TCP, 0, 0x4000), udp = ipv4(IPPROTO_UDP, 0, 0);
	struct made fragment = ipv4(IPPROTO_TCP, 0, 0x2000);
	struct flow_event ev;

	PUT(&m, 0x30, 0x39, 0x01, 0xbb, 0, 0, 0, 0);
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_WHOLE);
	expect_v4(&ev, IPPROTO_TCP);
	cr_expect_eq(ntohs(ev.orig.dport), 443);
	cr_expect_eq(ev.bytes, 0, "the length is unknown");
	cr_expect_eq(decode(&m, 22, ETH_P_IP, &ev), PACKET_TRUNCATED);
	m.bytes[3] = 19;
	cr_expect_eq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_ODD);
	PUT(&udp, 0x30, 0x39, 0x01, 0xbb, 0, 0, 0, 0);
	cr_expect_eq(decode(&udp, udp.len, ETH_P_IP, &ev), PACKET_ODD);
	PUT(&fragment, 0x30, 0x39, 0x01, 0xbb, 0, 0, 0, 0);
	cr_expect_eq(decode(&fragment, fragment.len, ETH_P_IP, &ev), PACKET_ODD);
}

/* --- lengths ------------------------------------------------------------------ */

/* A packet of 70,040 bytes, padded in front of its jumbo payload option, of which all bytes
 * from the option's end on are missing in the copy. */
static struct made jumbogram(unsigned int padding)
{
	struct made m = ipv6(IPPROTO_HOPOPTS);

	PUT(&m, IPPROTO_TCP, padding ? 1 : 0);
	if (padding == 1)
		PUT(&m, 0, 1, 0, 0xc2, 4, 0x00, 0x01, 0x11, 0x70, 1, 1, 0, 0, 0);
	else if (padding)
		PUT(&m, 1, 6, 0, 0, 0, 0, 0, 0, 0xc2, 4, 0x00, 0x01, 0x11, 0x70);
	else
		PUT(&m, 0xc2, 4, 0x00, 0x01, 0x11, 0x70);
	return m;
}

Test(packet, the_length_of_a_jumbogram_is_in_its_option)
{
	struct flow_event ev;

	for (unsigned int padding = 0; padding < 3; padding++) {
		struct made m = jumbogram(padding);
		size_t end = padding == 0 ? 48 : padding == 1 ? 51 : 56;

		for (size_t len = 40; len <= m.len; len++) {
			cr_expect_eq(decode(&m, len, ETH_P_IPV6, &ev), PACKET_TRUNCATED);
			cr_expect_eq(ev.bytes, len < end ? 0 : 70040u, "%u %zu", padding, len);
		}
	}
}

Test(packet, the_length_of_a_jumbogram_that_is_none)
{
	struct made m = jumbogram(0);
	struct flow_event ev;

	m.bytes[43] = 3;	/* an option of another length */
	decode(&m, m.len, ETH_P_IPV6, &ev);
	cr_expect_eq(ev.bytes, 0);
	m = jumbogram(0);
	memset(m.bytes + 44, 0xff, 4);	/* with the header more than 32 bits hold */
	decode(&m, m.len, ETH_P_IPV6, &ev);
	cr_expect_eq(ev.bytes, 0);
	memset(m.bytes + 44, 0, 4);
	decode(&m, m.len, ETH_P_IPV6, &ev);
	cr_expect_eq(ev.bytes, 0);
	m = jumbogram(0);
	m.bytes[5] = 8;	/* a length in the header as well, which then holds */
	decode(&m, m.len, ETH_P_IPV6, &ev);
	cr_expect_eq(ev.bytes, 48);
}

/* Newer kernels make long TCP segments over IPv6 without a jumbo payload option. */
Test(packet, a_payload_of_0_bytes)
{
	struct made tcp = ipv6(IPPROTO_TCP), none = ipv6(IPPROTO_NONE);
	struct flow_event ev;

	PUT(&tcp, 0x30, 0x39, 0x01, 0xbb);
	cr_expect_eq(decode(&tcp, tcp.len, ETH_P_IPV6, &ev), PACKET_WHOLE);
	cr_expect_eq(ev.bytes, 0);
	cr_expect_eq(decode(&none, none.len, ETH_P_IPV6, &ev), PACKET_WHOLE);
	cr_expect_eq(ev.bytes, 40);
}

Test(packet, the_length_is_that_of_the_header)
{
	struct made m = ipv4(IPPROTO_UDP, 0, 0x2001);
	struct flow_event ev;

	for (uint32_t bytes = 20; bytes <= 65535; bytes++) {
		m.bytes[2] = bytes >> 8;
		m.bytes[3] = bytes & 0xff;
		cr_expect_neq(decode(&m, m.len, ETH_P_IP, &ev), PACKET_ODD);
		cr_expect_eq(ev.bytes, bytes);
	}
}
