/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/address.h"
#include "flow/proto.h"
#include "lines/event_read.h"
#include "lines/event_write.h"
#include "lines/netlabel_write.h"
#include "random.h"

#define LAST_US 9214646399999999ULL	/* the end of 2261 */

static const struct label no_rule = { .prefix = "" };

static struct flow_event tcp(enum flow_kind kind)
{
	struct flow_event ev = { .kind = kind, .family = AF_INET, .l4 = IPPROTO_TCP, .has_ports = true,
				 .time_ns = 1795222803120001999ULL, .dir = FLOW_DIR_OUT };

	flow_addr_v4(ev.orig.saddr, "\x0a\x00\x00\x07");
	flow_addr_v4(ev.orig.daddr, "\xc0\x00\x02\x0a");
	ev.orig.sport = htons(40000);
	ev.orig.dport = htons(443);
	ev.conntrack = kind == FLOW_START || kind == FLOW_END;
	if (!ev.conntrack)
		return ev;
	memcpy(ev.reply.saddr, ev.orig.daddr, 16);
	memcpy(ev.reply.daddr, ev.orig.saddr, 16);
	ev.reply.sport = ev.orig.dport;
	ev.reply.dport = ev.orig.sport;
	return ev;
}

static void expect_line(const struct flow_event *ev, const struct label *label, const char *wanted)
{
	char line[LINE_MAX_BYTES + 1];

	*line_write_event(line, ev, &(struct line_names){ .label = label }) = '\0';
	cr_expect_str_eq(line, wanted);
}

Test(line_write, the_end_of_a_connection)
{
	struct flow_event ev = tcp(FLOW_END);

	ev.has_counters = ev.replied = ev.timed = true;
	ev.orig_packets = 10;
	ev.orig_bytes = 1000;
	ev.reply_packets = 7;
	ev.reply_bytes = 5000;
	ev.duration_ns = 120001500;	/* by nanoseconds, it began in the microsecond before */
	ev.tcp_state = TCP_CONNTRACK_TIME_WAIT;
	ev.zone = 5;
	ev.mark = 6;
	ev.id = htonl(305419896);
	expect_line(&ev, NULL,
		    "{\"type\":\"event\",\"schema\":1,\"kind\":\"end\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		    "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\","
		    "\"dst_port\":443,\"direction\":\"out\",\"zone\":5,\"mark\":6,\"conntrack_id\":305419896,"
		    "\"orig_packets\":10,\"orig_bytes\":1000,\"reply_packets\":7,\"reply_bytes\":5000,"
		    "\"replied\":true,\"started\":\"2026-11-21T01:00:03.000000Z\",\"tcp_state\":\"time_wait\"}\n");
}

Test(line_write, what_is_unknown_is_left_out)
{
	struct flow_event ev = tcp(FLOW_START);

	expect_line(&ev, NULL,
		    "{\"type\":\"event\",\"schema\":1,\"kind\":\"start\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		    "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\","
		    "\"dst_port\":443,\"direction\":\"out\"}\n");
	ev = tcp(FLOW_DROP);
	ev.has_ports = false;
	expect_line(&ev, &no_rule,
		    "{\"type\":\"event\",\"schema\":1,\"kind\":\"drop\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		    "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":null,\"dst_ip\":\"192.0.2.10\","
		    "\"dst_port\":null,\"direction\":\"out\",\"log_prefix\":\"\"}\n");
}

Test(line_write, a_translation_is_said_where_there_is_one)
{
	struct flow_event ev = tcp(FLOW_START);

	flow_addr_v4(ev.reply.daddr, "\xcb\x00\x71\x01");
	ev.reply.dport = htons(1024);
	expect_line(&ev, NULL,
		    "{\"type\":\"event\",\"schema\":1,\"kind\":\"start\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		    "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\","
		    "\"dst_port\":443,\"reply_src_ip\":\"192.0.2.10\",\"reply_src_port\":443,"
		    "\"reply_dst_ip\":\"203.0.113.1\",\"reply_dst_port\":1024,\"direction\":\"out\"}\n");
}

Test(line_write, a_packet_with_its_rule)
{
	const struct label label = { .prefix = "new\xff\"", .prefix_len = 5, .rules = 1, .family_name = "inet",
				     .table = "filter", .chain = "input", .handle = 8 };
	struct flow_event ev = tcp(FLOW_DROP);

	ev.bytes = 60;
	strcpy(ev.devices.iif, "eth0");
	strcpy(ev.devices.oif, "eth\xff");	/* no name that could be read back */
	expect_line(&ev, &label,
		    "{\"type\":\"event\",\"schema\":1,\"kind\":\"drop\",\"time\":\"2026-11-21T01:00:03.120001Z\","
		    "\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\",\"src_port\":40000,\"dst_ip\":\"192.0.2.10\","
		    "\"dst_port\":443,\"direction\":\"out\",\"log_prefix\":\"new\\ufffd\\\"\","
		    "\"rule\":\"inet/filter/input/8\",\"bytes\":60,\"iif\":\"eth0\",\"oif\":null}\n");
}

Test(line_write, a_packet_that_the_kernel_dropped)
{
	const struct drop_reasons reasons = { .n = 2, .name = { "NETFILTER_DROP", "NO_SOCKET" } };
	struct flow_event ev = tcp(FLOW_KERNEL_DROP);
	char line[LINE_MAX_BYTES + 1];

	ev.drop_reason = 2;
	ev.bytes = 60;
	*line_write_event(line, &ev, &(struct line_names){ .drop_reasons = &reasons }) = '\0';
	cr_expect_str_eq(line, "{\"type\":\"event\",\"schema\":1,\"kind\":\"kernel_drop\","
			       "\"time\":\"2026-11-21T01:00:03.120001Z\",\"proto\":\"tcp\",\"src_ip\":\"10.0.0.7\","
			       "\"src_port\":40000,\"dst_ip\":\"192.0.2.10\",\"dst_port\":443,\"direction\":\"out\","
			       "\"drop_reason\":\"NO_SOCKET\",\"bytes\":60}\n");
}

Test(line_write, a_loss)
{
	struct line_losses lost = { .events = { .n = 7, .known = true }, .drops = { .n = 3 },
				    .kernel_drops = { .known = true } };
	char line[LINE_MAX_BYTES + 1];

	*line_write_loss(line, 1795222803000000000ULL, &lost) = '\0';
	cr_expect_str_eq(line, "{\"type\":\"loss\",\"schema\":1,\"time\":\"2026-11-21T01:00:03.000000Z\","
			       "\"lost_events\":7,\"lost_drops\":null}\n");
	lost.kernel_drops.n = 4;
	*line_write_loss(line, 1795222803000000000ULL, &lost) = '\0';
	cr_expect_str_eq(line, "{\"type\":\"loss\",\"schema\":1,\"time\":\"2026-11-21T01:00:03.000000Z\","
			       "\"lost_events\":7,\"lost_drops\":null,\"lost_kernel_drops\":4}\n");
}

/* --- what is written is read back --------------------------------------------------- */

static void random_tuple(struct random *r, const struct flow_event *ev, struct flow_tuple *tuple)
{
	uint64_t addresses = random_next(r);

	random_bytes(r, tuple, sizeof(*tuple));
	if (ev->family == AF_INET) {
		flow_addr_v4(tuple->saddr, (char *)&addresses);
		flow_addr_v4(tuple->daddr, (char *)&addresses + 4);
	}
	if (!ev->has_ports)
		tuple->sport = tuple->dport = 0;
}

static void random_end(struct random *r, struct flow_event *ev)
{
	ev->replied = random_below(r, 2);
	ev->clash = random_below(r, 2);
	ev->has_counters = random_below(r, 2);
	if (ev->has_counters) {
		ev->orig_packets = random_next(r) >> (1 + random_below(r, 63));
		ev->orig_bytes = random_next(r) >> 1;
		ev->reply_packets = random_below(r, 3);
		ev->reply_bytes = random_next(r) >> 1;
	}
	ev->timed = random_below(r, 2);
	if (ev->timed)
		ev->duration_ns = random_below(r, ev->time_ns / 1000) * 1000;
	if (ev->l4 == IPPROTO_TCP)
		ev->tcp_state = random_below(r, TCP_CONNTRACK_MAX);
}

static void random_connection(struct random *r, struct flow_event *ev)
{
	random_tuple(r, ev, &ev->reply);
	ev->zone = random_below(r, 2) * random_next(r);
	ev->mark = random_below(r, 2) * random_next(r);
	ev->id = random_below(r, 2) * random_next(r);
	if (ev->kind == FLOW_END)
		random_end(r, ev);
}

/* As a source makes it, for a reader who knows microseconds. */
static struct flow_event random_event(struct random *r)
{
	static const enum flow_kind kinds[] = { FLOW_START, FLOW_END, FLOW_DROP, FLOW_LOGGED,
						FLOW_KERNEL_DROP };
	static const __u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_GRE, 253, 255 };
	struct flow_event ev = { .kind = kinds[random_below(r, 5)], .has_time = true };

	ev.time_ns = random_below(r, LAST_US) * 1000;
	ev.family = random_below(r, 2) ? AF_INET : AF_INET6;
	ev.l4 = protocols[random_below(r, sizeof(protocols))];
	ev.dir = random_below(r, 4);
	ev.has_ports = proto_has_ports(ev.l4) && random_below(r, 4);
	ev.has_icmp = (ev.l4 == IPPROTO_ICMP || ev.l4 == IPPROTO_ICMPV6) && random_below(r, 4);
	ev.icmp_type = ev.has_icmp ? random_next(r) : 0;
	ev.icmp_code = ev.has_icmp ? random_next(r) : 0;
	random_tuple(r, &ev, &ev.orig);
	ev.conntrack = ev.kind == FLOW_START || ev.kind == FLOW_END;
	if (ev.conntrack) {
		random_connection(r, &ev);
	} else {
		ev.bytes = random_below(r, 2) * (random_next(r) >> 1);
		ev.drop_reason = ev.kind == FLOW_KERNEL_DROP ? random_below(r, 3) : 0;
		if (random_below(r, 2))
			strcpy(ev.devices.iif, "wlp0s20f3");
		if (random_below(r, 2))
			strcpy(ev.devices.oif, DEVICE_UNKNOWN);
	}
	return ev;
}

#define EXPECT_SAME(member) cr_expect_eq(got->member, ev->member, "%s", line)
static void expect_same(const struct flow_event *got, const struct flow_event *ev, const char *line)
{
	cr_expect(!memcmp(&got->orig, &ev->orig, sizeof(got->orig)), "%s", line);
	cr_expect(!memcmp(&got->reply, &ev->reply, sizeof(got->reply)), "%s", line);
	EXPECT_SAME(l4);
	EXPECT_SAME(family);
	EXPECT_SAME(dir);
	EXPECT_SAME(icmp_type);
	EXPECT_SAME(has_ports);
	EXPECT_SAME(has_icmp);
	EXPECT_SAME(icmp_code);
	EXPECT_SAME(conntrack);
	EXPECT_SAME(has_time);
	EXPECT_SAME(has_counters);
	EXPECT_SAME(replied);
	EXPECT_SAME(clash);
	EXPECT_SAME(timed);
	EXPECT_SAME(tcp_state);
	EXPECT_SAME(zone);
	EXPECT_SAME(mark);
	EXPECT_SAME(id);
	EXPECT_SAME(kind);
	EXPECT_SAME(bytes);
	EXPECT_SAME(time_ns);
	EXPECT_SAME(orig_packets);
	EXPECT_SAME(orig_bytes);
	EXPECT_SAME(reply_packets);
	EXPECT_SAME(reply_bytes);
	EXPECT_SAME(duration_ns);
}

/* jansson is told of each line too, so that a slip that the reader shares is seen. */
Test(line_write, every_event_is_read_back)
{
	const struct drop_reasons reasons = { .n = 2, .name = { "NETFILTER_DROP", "NO_SOCKET" } };
	const struct line_names reasons_known = { .drop_reasons = &reasons }, rule_known = { .label = &no_rule };
	struct random r = random_from(43);
	char line[LINE_MAX_BYTES + 1], *end;
	struct line_problem problem = { NULL, "" };
	struct line_event got;
	json_t *json;

	for (int i = 0; i < 20000; i++) {
		struct flow_event ev = random_event(&r);

		end = line_write_event(line, &ev, ev.kind == FLOW_KERNEL_DROP ? &reasons_known : &rule_known);
		*end = '\0';
		cr_assert_eq(line_read(line, end - line - 1, &got, &problem), 0, "%s: %s", line, problem.why);
		cr_expect_eq(got.type, LINE_EVENT);
		cr_expect(got.has_direction);
		cr_expect_eq(got.has_prefix, ev.kind == FLOW_DROP || ev.kind == FLOW_LOGGED);
		cr_expect_str_eq(got.drop_reason, ev.drop_reason ? reasons.name[ev.drop_reason - 1] : "");
		expect_same(&got.event, &ev, line);
		json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		cr_expect_not_null(json, "%s", line);
		json_decref(json);
	}
}

/* All networks have a label that is as long as a line of a file. */
static struct netlabel_set *longest_labels(void)
{
	static char text[4096];
	struct flow_network all = { .family = AF_INET6 };
	struct texts *names;
	struct netlabel_set *set;
	uint32_t number;

	memset(text, 1, sizeof(text));
	cr_assert_eq(texts_open(&names), 0);
	cr_assert_eq(texts_number(names, text, sizeof(text), &number), 0);
	set = netlabel_set_open(names);
	cr_assert_eq(netlabel_trie_add(&set->networks, &all, 0, number), 0);
	return set;
}

/* The longest texts that a packet can have, each byte of which becomes six. */
Test(line_write, the_longest_line_has_room_and_is_read_back)
{
	char prefix[127], name[256], line[LINE_MAX_BYTES], *end;
	struct label label = { .prefix = prefix, .prefix_len = sizeof(prefix), .rules = 1, .family_name = "netdev",
			       .table = name, .chain = name, .handle = INT64_MAX };
	struct netlabel_set *labels = longest_labels();
	struct texts *names = labels->names;
	struct flow_event ev = { .kind = FLOW_LOGGED, .family = AF_INET6, .l4 = IPPROTO_TCP, .has_ports = true,
				 .time_ns = LAST_US * 1000, .bytes = INT64_MAX };
	struct line_problem problem = { NULL, "" };
	struct line_event got;

	memset(prefix, 0xff, sizeof(prefix));
	memset(name, 0xff, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(&ev.orig, 0xff, sizeof(ev.orig));
	memset(ev.devices.iif, '"', 15);
	memset(ev.devices.oif, '\\', 15);
	end = line_write_event(line, &ev, &(struct line_names){ .label = &label });
	end = line_write_netlabels(end, labels, &ev);
	netlabel_set_drop(labels);
	texts_close(names);
	cr_assert_leq(end - line, LINE_MAX_BYTES);
	cr_assert_not_null(memmem(line, end - line, ",\"dst_label_cut\":true}", 22));
	cr_assert_eq(line_read(line, end - line - 1, &got, &problem), 0, "%s: %s", problem.field, problem.why);
	cr_expect_eq(got.prefix_len, LINE_MAX_PREFIX - 3);
	cr_expect(!memcmp(&got.event.devices, &ev.devices, sizeof(ev.devices)));
	cr_expect_eq(got.rule.family, NFPROTO_NETDEV);
	cr_expect_eq(got.rule.handle, INT64_MAX);
}
