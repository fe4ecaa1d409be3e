/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lines/event_read.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD "{\"type\":\"event\",\"schema\":1,\"time\":\"2026-11-21T01:00:03.120001Z\","
#define ADDRESSES "\"src_ip\":\"10.0.0.7\",\"dst_ip\":\"192.0.2.10\""
#define PORTS "\"src_port\":40000,\"dst_port\":443"
#define TCP "\"proto\":\"tcp\"," ADDRESSES "," PORTS
#define START HEAD "\"kind\":\"start\"," TCP
#define END HEAD "\"kind\":\"end\"," TCP
#define DROP HEAD "\"kind\":\"drop\"," TCP
#define LOSS "{\"type\":\"loss\",\"time\":\"2026-11-21T01:00:03Z\""

static int read_line(const char *line, struct line_event *out, struct line_problem *problem)
{
	char *exact = malloc(strlen(line));
	int err;

	memcpy(exact, line, strlen(line));
	memset(out, 0x55, sizeof(*out));
	*problem = (struct line_problem){ 0 };
	err = line_read(exact, strlen(line), out, problem);
	free(exact);
	return err;
}

static struct line_event well_formed(const char *line)
{
	struct line_problem problem;
	struct line_event out;

	cr_assert_eq(read_line(line, &out, &problem), 0, "%s: %s: %s", line,
		     problem.field ? problem.field : "", problem.why ? problem.why : "");
	return out;
}

/* field: the one that is to blame; NULL: none. */
static void malformed(const char *line, const char *field)
{
	struct line_problem problem;
	struct line_event out;

	cr_assert_eq(read_line(line, &out, &problem), -EBADMSG, "%s", line);
	cr_assert_not_null(problem.why);
	if (field)
		cr_expect(problem.field && !strcmp(problem.field, field), "%s: %s", line, problem.why);
	else
		cr_expect_null(problem.field);
}

static void is_address(const __u8 addr[16], const char *text)
{
	char shown[INET6_ADDRSTRLEN];

	if (strchr(text, ':'))
		inet_ntop(AF_INET6, addr, shown, sizeof(shown));
	else
		inet_ntop(AF_INET, addr + 12, shown, sizeof(shown));
	cr_expect_str_eq(shown, text);
}

Test(line_read, the_end_of_a_connection)
{
	struct line_event line = well_formed(
		END ",\"orig_packets\":10,\"orig_bytes\":1000,\"reply_packets\":7,\"reply_bytes\":5000,"
		    "\"replied\":true,\"started\":\"2026-11-21T01:00:02Z\",\"tcp_state\":\"time_wait\","
		    "\"zone\":65535,\"mark\":4294967295,\"conntrack_id\":305419896,\"direction\":\"local\"}");
	const struct flow_event *ev = &line.event;

	cr_expect_eq(line.type, LINE_EVENT);
	cr_expect_eq(ev->kind, FLOW_END);
	cr_expect(ev->conntrack && ev->has_time && ev->has_counters && ev->replied && ev->timed && ev->has_ports);
	cr_expect_eq(ev->time_ns, 1795222803120001000ULL);
	cr_expect_eq(line.time_ns, ev->time_ns);
	cr_expect_eq(ev->duration_ns, 1120001000);
	cr_expect_eq(ev->l4, IPPROTO_TCP);
	cr_expect_eq(ev->family, AF_INET);
	is_address(ev->orig.saddr, "10.0.0.7");
	is_address(ev->orig.daddr, "192.0.2.10");
	cr_expect_eq(ntohs(ev->orig.sport), 40000);
	cr_expect_eq(ntohs(ev->orig.dport), 443);
	cr_expect_eq(ev->orig_packets, 10);
	cr_expect_eq(ev->orig_bytes, 1000);
	cr_expect_eq(ev->reply_packets, 7);
	cr_expect_eq(ev->reply_bytes, 5000);
	cr_expect_eq(ev->tcp_state, TCP_CONNTRACK_TIME_WAIT);
	cr_expect_eq(ev->zone, 65535);
	cr_expect_eq(ev->mark, 4294967295);
	cr_expect_eq(ntohl(ev->id), 305419896);
	cr_expect(line.has_direction);
	cr_expect_eq(ev->dir, FLOW_DIR_LOCAL);
}

Test(line_read, a_reply_is_the_original_turned_round_but_for_what_the_line_says)
{
	struct flow_event ev = well_formed(START "}").event;

	is_address(ev.reply.saddr, "192.0.2.10");
	is_address(ev.reply.daddr, "10.0.0.7");
	cr_expect_eq(ntohs(ev.reply.sport), 443);
	cr_expect_eq(ntohs(ev.reply.dport), 40000);
	ev = well_formed(START ",\"reply_src_ip\":\"10.9.9.9\",\"reply_dst_port\":7}").event;
	is_address(ev.reply.saddr, "10.9.9.9");
	is_address(ev.reply.daddr, "10.0.0.7");
	cr_expect_eq(ntohs(ev.reply.sport), 443);
	cr_expect_eq(ntohs(ev.reply.dport), 7);
}

Test(line_read, what_is_not_said_is_unknown)
{
	struct line_event line = well_formed(END "}");

	cr_expect_not(line.has_direction || line.event.has_counters || line.event.timed);
	cr_expect_not(line.has_prefix || line.has_rule);
	cr_expect(line.event.replied, "not known to lack a reply");
	line = well_formed(END ",\"orig_packets\":1,\"orig_bytes\":60,\"reply_packets\":0,\"reply_bytes\":0}");
	cr_expect_not(line.event.replied);
	cr_expect_not(line.event.clash);
	line = well_formed(END ",\"clash\":true}");
	cr_expect(line.event.clash);
	line = well_formed(END ",\"clash\":false}");
	cr_expect_not(line.event.clash);
	line = well_formed(END ",\"replied\":false}");
	cr_expect_not(line.event.replied);
	line = well_formed(END ",\"replied\":null,\"orig_packets\":null,\"zone\":null,\"direction\":null}");
	cr_expect(line.event.replied && !line.event.has_counters && !line.has_direction);
}

Test(line_read, the_order_of_fields_unknown_fields_and_spaces_make_no_difference)
{
	struct line_event line = well_formed(
		" { \"dst_port\" : 443, \"x\":-1.5e3, \"dst_ip\":\"192.0.2.10\",\"proto\":\"tcp\",\"src_port\":40000,"
		"\"kind\":\"st\\u0061rt\",\"time\":\"2026-11-21T01:00:03Z\",\"src\\u005fip\":\"10.0.0.7\",\"type\":\"event\"}\r");

	cr_expect_eq(line.event.kind, FLOW_START);
	is_address(line.event.orig.saddr, "10.0.0.7");
}

Test(line_read, a_packet_with_its_rule)
{
	struct line_event line = well_formed(
		DROP ",\"log_prefix\":\"new \\u00e9\",\"rule\":\"inet/filter/in put/chain/8\",\"bytes\":60,"
		     "\"iif\":\"eth0\",\"oif\":null}");

	cr_expect_eq(line.event.kind, FLOW_DROP);
	cr_expect_not(line.event.conntrack);
	cr_expect_eq(line.event.bytes, 60);
	cr_expect_str_eq(line.event.devices.iif, "eth0");
	cr_expect_str_eq(line.event.devices.oif, DEVICE_UNKNOWN);
	cr_expect(line.has_prefix && line.has_rule);
	cr_expect_eq(line.prefix_len, 6);
	cr_expect_arr_eq(line.prefix, "new \xc3\xa9", 6);
	cr_expect_eq(line.rule.family, NFPROTO_INET);
	cr_expect_str_eq(line.rule.table, "filter");
	cr_expect_str_eq(line.rule.chain, "in put/chain");
	cr_expect_eq(line.rule.handle, 8);
	line = well_formed(HEAD "\"kind\":\"logged\"," TCP "}");
	cr_expect_eq(line.event.kind, FLOW_LOGGED);
	cr_expect_eq(line.event.bytes, 0);
	cr_expect_not(*line.event.devices.iif || *line.event.devices.oif || line.has_prefix || line.has_rule);
}

Test(line_read, protocols)
{
	struct flow_event ev = well_formed(HEAD "\"kind\":\"end\",\"proto\":\"icmpv6\",\"src_ip\":\"2001:db8::1\","
					   "\"dst_ip\":\"::ffff:192.0.2.1\",\"icmp_type\":255,\"icmp_code\":0}").event;

	cr_expect_eq(ev.l4, IPPROTO_ICMPV6);
	cr_expect_eq(ev.family, AF_INET6);
	cr_expect(ev.has_icmp && !ev.has_ports);
	cr_expect_eq(ev.icmp_type, 255);
	is_address(ev.orig.daddr, "::ffff:192.0.2.1");
	ev = well_formed(HEAD "\"kind\":\"end\",\"proto\":\"gre\"," ADDRESSES "}").event;
	cr_expect_eq(ev.l4, IPPROTO_GRE);
	cr_expect_not(ev.has_ports || ev.has_icmp);
	ev = well_formed(HEAD "\"kind\":\"end\",\"proto\":\"6\"," ADDRESSES "," PORTS "}").event;
	cr_expect_eq(ev.l4, IPPROTO_TCP);
	cr_expect_eq(well_formed(HEAD "\"kind\":\"end\",\"proto\":\"253\"," ADDRESSES "}").event.l4, 253);
}

/* A fragment and a packet that was cut have their ports, type or protocol; it is only unknown. */
Test(line_read, null_says_that_a_value_exists_and_is_unknown)
{
	struct flow_event ev = well_formed(HEAD "\"kind\":\"drop\",\"proto\":\"udp\"," ADDRESSES
					   ",\"src_port\":null,\"dst_port\":null}").event;

	cr_expect_not(ev.has_ports);
	ev = well_formed(HEAD "\"kind\":\"drop\",\"proto\":\"icmp\"," ADDRESSES
			 ",\"icmp_type\":null,\"icmp_code\":null}").event;
	cr_expect_not(ev.has_icmp);
	ev = well_formed(HEAD "\"kind\":\"drop\",\"proto\":null,\"src_ip\":\"::1\",\"dst_ip\":\"::2\"}").event;
	cr_expect_eq(ev.l4, 0);
	malformed(HEAD "\"kind\":\"drop\",\"proto\":null," ADDRESSES "}", "proto");
	malformed(HEAD "\"kind\":\"end\",\"proto\":null,\"src_ip\":\"::1\",\"dst_ip\":\"::2\"}", "proto");
	malformed(HEAD "\"kind\":\"drop\",\"proto\":\"udp\"," ADDRESSES ",\"src_port\":null,\"dst_port\":1}", "src_port");
	malformed(HEAD "\"kind\":\"drop\",\"proto\":\"udp\"," ADDRESSES ",\"src_port\":1,\"dst_port\":null}", "dst_port");
}

Test(line_read, a_line_with_a_kind_needs_no_type)
{
	struct line_event line = well_formed("{\"kind\":\"start\",\"time\":\"2026-11-21T01:00:03Z\"," TCP "}");

	cr_expect_eq(line.type, LINE_EVENT);
	cr_expect_eq(line.event.kind, FLOW_START);
}

Test(line_read, a_field_that_is_needed_and_missing)
{
	malformed("{\"schema\":1}", "type");
	malformed("{\"type\":1}", "type");
	malformed(HEAD TCP "}", "kind");
	malformed("{\"type\":\"event\",\"kind\":\"start\"," TCP "}", "time");
	malformed("{\"type\":\"event\",\"kind\":\"start\",\"time\":null," TCP "}", "time");
	malformed(HEAD "\"kind\":\"start\"," ADDRESSES "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"dst_ip\":\"192.0.2.10\"}", "src_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"src_ip\":\"192.0.2.10\"}", "dst_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"tcp\"," ADDRESSES ",\"src_port\":1}", "dst_port");
	malformed(HEAD "\"kind\":\"drop\",\"proto\":\"udp\"," ADDRESSES ",\"dst_port\":1}", "src_port");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"icmp\"," ADDRESSES ",\"icmp_type\":8}", "icmp_code");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"icmp\"," ADDRESSES ",\"icmp_code\":0}", "icmp_type");
	malformed(END ",\"orig_packets\":1,\"orig_bytes\":1,\"reply_packets\":1}", "reply_bytes");
	malformed(LOSS "}", "lost_events");
	malformed("{\"type\":\"loss\",\"lost_events\":1}", "time");
}

Test(line_read, a_value_that_a_field_cannot_have)
{
	static const struct {
		const char *value, *field;
	} wrong[] = {
		{ "\"direction\":\"up\"", "direction" }, { "\"direction\":1", "direction" },
		{ "\"zone\":65536", "zone" }, { "\"zone\":\"1\"", "zone" }, { "\"zone\":-1", "zone" },
		{ "\"mark\":4294967296", "mark" }, { "\"mark\":1.0", "mark" }, { "\"mark\":true", "mark" },
		{ "\"conntrack_id\":4294967296", "conntrack_id" }, { "\"replied\":1", "replied" }, { "\"clash\":1", "clash" },
		{ "\"replied\":\"true\"", "replied" }, { "\"tcp_state\":\"TIME_WAIT\"", "tcp_state" },
		{ "\"tcp_state\":\"\"", "tcp_state" }, { "\"started\":\"2026-11-21T01:00:00\"", "started" },
		{ "\"started\":\"2026-11-21T01:00:04Z\"", "started" }, { "\"started\":1", "started" },
		{ "\"bytes\":0", "bytes" }, { "\"bytes\":-1", "bytes" }, { "\"log_prefix\":1", "log_prefix" },
		{ "\"rule\":\"inet/filter/8\"", "rule" }, { "\"rule\":\"inet/filter/input/x\"", "rule" },
		{ "\"rule\":\"inet/filter/input/08\"", "rule" }, { "\"rule\":\"inet/filter/input/\"", "rule" },
		{ "\"rule\":\"inet//input/8\"", "rule" }, { "\"rule\":\"inet/filter//8\"", "rule" },
		{ "\"rule\":\"osi/filter/input/8\"", "rule" }, { "\"rule\":\"\"", "rule" },
		{ "\"rule\":\"ip/a/b/9223372036854775808\"", "rule" }, { "\"rule\":8", "rule" },
		{ "\"iif\":\"\"", "iif" }, { "\"iif\":\"sixteen-letters-\"", "iif" }, { "\"oif\":\"a/b\"", "oif" },
		{ "\"oif\":1", "oif" }, { "\"reply_src_ip\":\"10.0.0\"", "reply_src_ip" },
		{ "\"reply_dst_ip\":\"::1\"", "reply_dst_ip" }, { "\"reply_src_port\":65536", "reply_src_port" },
		{ "\"icmp_type\":8", "icmp_type" }, { "\"icmp_code\":0", "icmp_code" }, { "\"schema\":1", NULL },
		{ "\"orig_bytes\":9223372036854775808", NULL }, { "\"x\":{}", NULL }, { "\"kind\":\"end\"", NULL },
	};
	char line[1024];

	for (size_t i = 0; i < N(wrong); i++) {
		snprintf(line, sizeof(line), END ",%s}", wrong[i].value);
		malformed(line, wrong[i].field);
		snprintf(line, sizeof(line), DROP ",%s}", wrong[i].value);
		malformed(line, wrong[i].field);
	}
}

Test(line_read, what_is_needed_has_to_be_right)
{
	malformed("{\"type\":\"event\",\"schema\":2}", "schema");
	malformed(HEAD "\"kind\":\"stop\"," TCP "}", "kind");
	malformed(HEAD "\"kind\":\"\"," TCP "}", "kind");
	malformed(HEAD "\"kind\":\"start\",\"proto\":6," ADDRESSES "," PORTS "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"TCP\"," ADDRESSES "," PORTS "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"256\"," ADDRESSES "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"047\"," ADDRESSES "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"\"," ADDRESSES "}", "proto");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\"," ADDRESSES "," PORTS "}", "src_port");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"tcp\"," ADDRESSES ",\"src_port\":65536,\"dst_port\":1}", "src_port");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"tcp\"," ADDRESSES ",\"src_port\":1,\"dst_port\":-1}", "dst_port");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"src_ip\":\"10.0.0.7\",\"dst_ip\":\"::1\"}", "dst_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"src_ip\":\"10.0.0.07\",\"dst_ip\":\"10.0.0.1\"}", "src_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"src_ip\":\"10.0.0.0/24\",\"dst_ip\":\"10.0.0.1\"}", "src_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"gre\",\"src_ip\":\"localhost\",\"dst_ip\":\"10.0.0.1\"}", "src_ip");
	malformed(HEAD "\"kind\":\"start\",\"proto\":\"udp\"," ADDRESSES "," PORTS ",\"tcp_state\":\"close\"}", "tcp_state");
	malformed("", NULL);
	malformed("no object", NULL);
	malformed(START "};", NULL);
}

Test(line_read, a_loss)
{
	struct line_event line = well_formed(LOSS ",\"lost_events\":7,\"lost_drops\":9223372036854775807}");

	cr_expect_eq(line.type, LINE_LOSS);
	cr_expect_eq(line.time_ns, 1795222803000000000ULL);
	cr_expect(line.lost_events.known && line.lost_drops.known);
	cr_expect_eq(line.lost_events.n, 7);
	cr_expect_eq(line.lost_drops.n, INT64_MAX);
	line = well_formed(LOSS ",\"lost_drops\":null}");
	cr_expect(line.lost_events.known && !line.lost_events.n && !line.lost_drops.known);
	malformed(LOSS ",\"lost_events\":-1}", "lost_events");
	malformed(LOSS ",\"lost_events\":\"1\"}", "lost_events");
}

/* A record of a flow has fields of the same name that say something else. */
Test(line_read, lines_of_another_type_are_left_to_the_caller)
{
	cr_expect_eq(well_formed("{\"type\":\"window\",\"time\":1,\"rule\":null,\"src_ip\":\"10.0.0.0/8\"}").type, LINE_OTHER);
	cr_expect_eq(well_formed("{\"type\":\"\"}").type, LINE_OTHER);
}
