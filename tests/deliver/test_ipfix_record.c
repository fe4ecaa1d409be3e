/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines become in IPFIX, value by value. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/ipfix_record.h"

static struct ipfix_record r;

static int read_text(const char *text)
{
	return ipfix_record_read(&r, text, strlen(text));
}

static void record(const char *text)
{
	cr_assert_eq(read_text(text), IPFIX_LINE_RECORD, "%s", text);
}

/* A flow of a window with these fields. */
static void flow(const char *fields)
{
	char text[1000];

	snprintf(text, sizeof(text), "{\"type\":\"flow\",\"window_ms\":60000%s}", fields);
	record(text);
}

static void number_is(enum ipfix_id id, uint64_t n)
{
	cr_expect(r.has[id], "%s is missing", ipfix_elements[id].name);
	cr_expect_eq(r.of[id].number, n, "%s: %" PRIu64, ipfix_elements[id].name, r.of[id].number);
}

static void text_is(enum ipfix_id id, const char *text)
{
	cr_assert(r.has[id], "%s is missing", ipfix_elements[id].name);
	cr_expect_eq(r.of[id].text.len, strlen(text));
	cr_expect_eq(memcmp(r.texts + r.of[id].text.at, text, strlen(text)), 0);
}

/* How many elements have a value. */
static unsigned int values(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < IPFIX_N; i++)
		n += r.has[i];
	return n;
}

Test(ipfix_record, a_flow_has_both_directions)
{
	flow(",\"id\":\"0193b2c0-1111-7000-8123-456789abcdef\",\"window_start\":\"2026-11-21T01:00:00.000000Z\",\"window_end\":\"2026-11-21T01:01:00.500999Z\","
	     "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"dst_ip\":\"192.0.2.10\",\"src_port\":7,\"dst_port\":443,\"starts\":12,\"ends\":11,\"drops\":3,"
	     "\"drop_bytes\":120,\"orig_packets\":180,\"orig_bytes\":15200,\"reply_packets\":240,\"reply_bytes\":301200");
	number_is(IPFIX_FLOW_ID, UINT64_C(0x8123456789abcdef));
	number_is(IPFIX_START, UINT64_C(1795222800000));
	number_is(IPFIX_END, UINT64_C(1795222860500));
	number_is(IPFIX_VERSION, 4);
	number_is(IPFIX_PROTO, 6);
	number_is(IPFIX_SRC4, 0x0a000007);
	number_is(IPFIX_DST4, 0xc000020a);
	number_is(IPFIX_SPORT, 7);
	number_is(IPFIX_DPORT, 443);
	number_is(IPFIX_STARTS, 12);
	number_is(IPFIX_ENDS, 11);
	number_is(IPFIX_DROPS, 3);
	number_is(IPFIX_DROP_BYTES, 120);
	number_is(IPFIX_PACKETS, 180);
	number_is(IPFIX_BYTES, 15200);
	number_is(IPFIX_REPLY_PACKETS, 240);
	number_is(IPFIX_REPLY_BYTES, 301200);
	number_is(IPFIX_BIFLOW_DIRECTION, 1);
	cr_expect_eq(values(), 18);
	cr_expect_not(r.options);
}

Test(ipfix_record, what_is_unknown_has_no_value)
{
	flow(",\"orig_packets\":null,\"orig_bytes\":null,\"reply_packets\":null,\"reply_bytes\":null,\"proto\":null");
	cr_expect_eq(values(), 1);	/* biflowDirection */
	flow(",\"orig_packets\":0");
	number_is(IPFIX_PACKETS, 0);
	/* of another type than ctagg writes, and more than the element can hold */
	flow(",\"starts\":\"5\",\"ends\":-1,\"src_ip\":\"here\",\"window_start\":\"now\",\"id\":\"7\"");
	cr_expect_eq(values(), 1);
	flow(",\"starts\":4294967296,\"src_port\":65536");
	cr_expect_eq(values(), 1);
	flow(",\"starts\":4294967295,\"src_port\":65535");
	number_is(IPFIX_STARTS, UINT32_MAX);
	number_is(IPFIX_SPORT, UINT16_MAX);
}

Test(ipfix_record, addresses_have_a_family_and_prefixes_a_length)
{
	static const uint8_t six[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 };

	flow(",\"src_ip\":\"2001:db8::9\",\"nat_dst_ip\":\"2001:db8::9\"");
	number_is(IPFIX_VERSION, 6);
	cr_assert(r.has[IPFIX_SRC6] && r.has[IPFIX_NAT_DST6]);
	cr_expect_eq(memcmp(r.of[IPFIX_SRC6].address, six, 16), 0);
	cr_expect_eq(memcmp(r.of[IPFIX_NAT_DST6].address, six, 16), 0);
	flow(",\"src_ip\":\"10.1.0.0/16\",\"dst_ip\":\"10.2.0.0/15\"");
	number_is(IPFIX_SRC_PREFIX4, 0x0a010000);
	number_is(IPFIX_SRC_BITS4, 16);
	number_is(IPFIX_DST_PREFIX4, 0x0a020000);
	number_is(IPFIX_DST_BITS4, 15);
	cr_expect_eq(values(), 6);
	flow(",\"src_ip\":\"2001:db8::/32\",\"dst_ip\":\"::/0\"");
	number_is(IPFIX_SRC_BITS6, 32);
	number_is(IPFIX_DST_BITS6, 0);
	cr_expect(r.has[IPFIX_SRC_PREFIX6] && r.has[IPFIX_DST_PREFIX6]);
	cr_expect_eq(values(), 6);
}

Test(ipfix_record, icmp_has_a_type_and_perhaps_a_code)
{
	flow(",\"proto\":\"icmp\",\"src_ip\":\"10.0.0.7\",\"icmp_type\":3,\"icmp_code\":4");
	number_is(IPFIX_ICMP4, 0x0304);
	flow(",\"proto\":\"icmpv6\",\"src_ip\":\"::1\",\"icmp_type\":128,\"icmp_code\":0");
	number_is(IPFIX_ICMP6, 0x8000);
	flow(",\"proto\":\"icmpv6\",\"icmp_type\":128");
	number_is(IPFIX_ICMP_TYPE6, 128);
	cr_expect_not(r.has[IPFIX_ICMP6]);
	flow(",\"proto\":\"icmp\",\"icmp_type\":0,\"icmp_code\":null");
	number_is(IPFIX_ICMP_TYPE4, 0);
}

Test(ipfix_record, protocols_are_names_or_numbers)
{
	flow(",\"proto\":\"200\"");
	number_is(IPFIX_PROTO, 200);
	flow(",\"proto\":\"nonsense\"");
	cr_expect_not(r.has[IPFIX_PROTO]);
}

Test(ipfix_record, a_connection_that_passes_has_no_direction)
{
	flow(",\"direction\":\"in\"");
	number_is(IPFIX_FLOW_DIRECTION, 0);
	flow(",\"direction\":\"out\"");
	number_is(IPFIX_FLOW_DIRECTION, 1);
	flow(",\"direction\":\"forward\"");
	cr_expect_not(r.has[IPFIX_FLOW_DIRECTION]);
}

Test(ipfix_record, durations_are_rounded_to_seconds)
{
	flow(",\"duration_ms_sum\":1499,\"duration_ms_max\":1499");
	number_is(IPFIX_DURATION, 1);
	number_is(IPFIX_DURATION_MAX, 1499);
	flow(",\"duration_ms_sum\":1500");
	number_is(IPFIX_DURATION, 2);
}

Test(ipfix_record, counters_of_a_snapshot_are_totals)
{
	record("{\"type\":\"flow\",\"orig_packets\":1,\"orig_bytes\":2,\"reply_packets\":3,\"reply_bytes\":4}");
	number_is(IPFIX_TOTAL_PACKETS, 1);
	number_is(IPFIX_TOTAL_BYTES, 2);
	number_is(IPFIX_TOTAL_REPLY_PACKETS, 3);
	number_is(IPFIX_TOTAL_REPLY_BYTES, 4);
	cr_expect_not(r.has[IPFIX_PACKETS]);
	cr_expect_eq(values(), 5);
}

Test(ipfix_record, texts_are_utf_8)
{
	flow(",\"log_prefix\":\"a\\u00e9\\\"b\",\"rule\":\"inet/f/c/8\",\"src_label\":\"\"");
	text_is(IPFIX_LOG_PREFIX, "a\xc3\xa9\"b");
	text_is(IPFIX_RULE, "inet/f/c/8");
	text_is(IPFIX_SRC_LABEL, "");
}

/* The object of the kernel is left out; text that looks like one is not one. */
Test(ipfix_record, a_window_describes_the_exporter)
{
	record("{\"type\":\"window\",\"host\":\"x\\\",\\\"kernel\\\":{\",\"window_ms\":60000,\"window_start\":\"2026-11-21T01:00:00.000000Z\","
	       "\"window_end\":\"2026-11-21T01:01:00.000000Z\",\"seq\":7,\"status\":\"partial\",\"lost_events\":null,\"lost_drops\":0,"
	       "\"orig_packets\":5,\"kernel\":{\"drop\":1,\"entries\":2},\"starts\":9}");
	cr_expect(r.options);
	text_is(IPFIX_DOMAIN_NAME, "x\",\"kernel\":{");
	number_is(IPFIX_MIN_START, UINT64_C(1795222800000));
	number_is(IPFIX_MAX_END, UINT64_C(1795222860000));
	number_is(IPFIX_SEQ, 7);
	text_is(IPFIX_STATUS, "partial");
	number_is(IPFIX_LOST_DROPS, 0);
	number_is(IPFIX_PACKETS, 5);
	number_is(IPFIX_STARTS, 9);
	cr_expect_eq(values(), 8);
}

Test(ipfix_record, lines_that_repeat_others_are_none)
{
	cr_expect_eq(read_text("{\"type\":\"rule\",\"drops\":3}"), IPFIX_LINE_NONE);
	cr_expect_eq(read_text("{\"type\":\"new one\"}"), IPFIX_LINE_NONE);
	cr_expect_eq(read_text("{}"), IPFIX_LINE_NONE);
}

Test(ipfix_record, other_lines_are_bad)
{
	static char text[IPFIX_TEXTS + 2];

	cr_expect_eq(read_text("not JSON"), -EBADMSG);
	cr_expect_eq(read_text("{\"type\":\"flow\""), -EBADMSG);
	cr_expect_eq(read_text("{\"type\":\"window\",\"kernel\":{\"drop\":1"), -EBADMSG);
	memset(text, ' ', IPFIX_TEXTS + 1);
	memcpy(text, "{\"type\":\"flow\"}", 15);
	cr_expect_eq(read_text(text), -EBADMSG);
	text[IPFIX_TEXTS] = '\0';
	cr_expect_eq(read_text(text), IPFIX_LINE_RECORD);
}
