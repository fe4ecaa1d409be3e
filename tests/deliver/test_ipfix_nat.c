/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of events are in the NAT log, and with which elements. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "deliver/ipfix_record.h"

#define HEAD "{\"type\":\"event\",\"time\":\"2026-11-21T01:00:03.120001Z\",\"proto\":\"tcp\","
#define TUPLE "\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\",\"dst_port\":443"
#define SNAT ",\"reply_src_ip\":\"192.0.2.10\",\"reply_src_port\":443,\"reply_dst_ip\":\"198.51.100.1\",\"reply_dst_port\":2048"

static struct ipfix_record r;

static int read_text(const char *text)
{
	return ipfix_record_read(&r, text, strlen(text));
}

static void number_is(enum ipfix_id id, uint64_t n)
{
	cr_expect(r.has[id], "%s is missing", ipfix_elements[id].name);
	cr_expect_eq(r.of[id].number, n, "%s: %" PRIu64, ipfix_elements[id].name, r.of[id].number);
}

static unsigned int values(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < IPFIX_N; i++)
		n += r.has[i];
	return n;
}

/* Of a subscriber's connection: the subscriber, and what the others see; not with whom. */
Test(ipfix_nat, a_translated_source_is_logged)
{
	cr_assert_eq(read_text(HEAD "\"kind\":\"start\",\"conntrack_id\":77," TUPLE SNAT "}"), IPFIX_LINE_RECORD);
	number_is(IPFIX_TIME, UINT64_C(1795222803120));
	number_is(IPFIX_NAT_EVENT, 4);
	number_is(IPFIX_NAT_REALM, 1);
	number_is(IPFIX_VERSION, 4);
	number_is(IPFIX_PROTO, 6);
	number_is(IPFIX_FLOW_ID, 77);
	number_is(IPFIX_SRC4, 0x0a000007);
	number_is(IPFIX_SPORT, 40000);
	number_is(IPFIX_NAT_SRC4, 0xc6336401);
	number_is(IPFIX_NAT_SPORT, 2048);
	cr_expect_eq(values(), 10);
	cr_expect_not(r.options);
	cr_assert_eq(read_text(HEAD "\"kind\":\"end\",\"orig_packets\":1,\"orig_bytes\":40,\"reply_packets\":1,\"reply_bytes\":40," TUPLE SNAT "}"),
		     IPFIX_LINE_RECORD);
	number_is(IPFIX_NAT_EVENT, 5);
	cr_expect_eq(values(), 9);
}

Test(ipfix_nat, a_port_alone_is_a_translation)
{
	cr_assert_eq(read_text(HEAD "\"kind\":\"start\"," TUPLE ",\"reply_dst_port\":40001}"), IPFIX_LINE_RECORD);
	number_is(IPFIX_SRC4, 0x0a000007);
	number_is(IPFIX_NAT_SRC4, 0x0a000007);
	number_is(IPFIX_NAT_SPORT, 40001);
}

Test(ipfix_nat, a_translated_destination_is_logged)
{
	cr_assert_eq(read_text(HEAD "\"kind\":\"start\"," TUPLE ",\"reply_src_ip\":\"10.0.0.9\",\"reply_src_port\":8443}"),
		     IPFIX_LINE_RECORD);
	number_is(IPFIX_NAT_REALM, 2);
	number_is(IPFIX_DST4, 0xc000020a);
	number_is(IPFIX_DPORT, 443);
	number_is(IPFIX_NAT_DST4, 0x0a000009);
	number_is(IPFIX_NAT_DPORT, 8443);
	cr_expect_eq(values(), 9);
}

Test(ipfix_nat, both_are_logged_where_both_are_translated)
{
	cr_assert_eq(read_text(HEAD "\"kind\":\"start\"," TUPLE ",\"reply_src_ip\":\"10.0.0.9\",\"reply_dst_ip\":\"10.0.0.1\"}"),
		     IPFIX_LINE_RECORD);
	number_is(IPFIX_NAT_REALM, 1);
	number_is(IPFIX_NAT_SRC4, 0x0a000001);
	number_is(IPFIX_NAT_DST4, 0x0a000009);
	cr_expect_eq(values(), 13);
}

Test(ipfix_nat, ipv6_has_the_general_events)
{
	static const uint8_t translated[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 };

	cr_assert_eq(read_text("{\"type\":\"event\",\"kind\":\"start\",\"time\":\"2026-11-21T01:00:03Z\",\"proto\":\"gre\","
			       "\"src_ip\":\"fd00::7\",\"dst_ip\":\"2001:db8::1\",\"reply_dst_ip\":\"2001:db8::9\"}"),
		     IPFIX_LINE_RECORD);
	number_is(IPFIX_NAT_EVENT, 1);
	number_is(IPFIX_VERSION, 6);
	cr_assert(r.has[IPFIX_SRC6] && r.has[IPFIX_NAT_SRC6]);
	cr_expect_eq(memcmp(r.of[IPFIX_NAT_SRC6].address, translated, 16), 0);
	cr_expect_eq(values(), 7);
}

Test(ipfix_nat, other_events_are_not_logged)
{
	cr_expect_eq(read_text(HEAD "\"kind\":\"start\"," TUPLE "}"), IPFIX_LINE_NONE);
	cr_expect_eq(read_text(HEAD "\"kind\":\"drop\",\"bytes\":40," TUPLE "}"), IPFIX_LINE_NONE);
	cr_expect_eq(read_text("{\"type\":\"loss\",\"time\":\"2026-11-21T01:00:03Z\",\"lost_events\":3}"), IPFIX_LINE_NONE);
	cr_expect_eq(read_text(HEAD "\"kind\":\"start\"}"), -EBADMSG);
}
