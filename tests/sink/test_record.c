/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <linux/netfilter.h>

#include "rule/labels.h"
#include "sink/record.h"
#include "sink/snapshot_record.h"

#define START 1795222800000000000ULL	/* 2026-11-21T01:00:00Z */
#define END (START + 60000000000ULL)

#define HEAD "type schema id host window_start window_end"
#define EVENTS "starts ends drops logged unreplied"
#define TRAFFIC "orig_packets orig_bytes reply_packets reply_bytes"
#define SEEN "first_seen last_seen"

static struct record *writer(const char *host)
{
	static struct record r;

	record_init(&r, host);
	record_begin(&r, START, END, 0);
	return &r;
}

/* Parse one line as a reader would: one JSON object of printable ASCII, not longer than
 * RECORD_MAX, with a newline at its end. */
static json_t *parse(const char *line, const char *end)
{
	json_error_t error;
	json_t *object;

	cr_assert_leq(end - line, RECORD_MAX);
	cr_assert_eq(end[-1], '\n');
	for (const char *p = line; p < end - 1; p++)
		cr_assert(*p >= 0x20 && *p <= 0x7e);
	object = json_loadb(line, end - line, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(object, "%s: %.*s", error.text, (int)(end - line), line);
	return object;
}

static json_t *flow(struct record *r, const struct flow_row *row)
{
	char line[RECORD_MAX];

	return parse(line, record_flow(r, line, row));
}

static json_t *other(struct record *r, const struct flow_sums *sum)
{
	char line[RECORD_MAX];

	return parse(line, record_other(r, line, sum, "table_full", 42));
}

static json_t *window(struct record *r, const struct window_record *w)
{
	char line[RECORD_MAX];

	return parse(line, record_window(r, line, w));
}

/* The object has these fields and no others, in this order. */
static void expect_fields(const json_t *object, const char *fields)
{
	char have[1024] = "";
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		strcat(have, *have ? " " : "");
		strcat(have, key);
	}
	cr_expect_str_eq(have, fields);
}

static void expect_string(const json_t *object, const char *key, const char *expected)
{
	const char *value = json_string_value(json_object_get(object, key));

	cr_assert_not_null(value, "%s is no string", key);
	cr_expect_str_eq(value, expected, "%s is %s", key, value);
}

static void expect_number(const json_t *object, const char *key, long long expected)
{
	const json_t *value = json_object_get(object, key);

	cr_assert(json_is_integer(value), "%s is no integer", key);
	cr_expect_eq(json_integer_value(value), expected, "%s is %lld", key,
		     (long long)json_integer_value(value));
}

static void expect_null(const json_t *object, const char *key)
{
	cr_expect(json_is_null(json_object_get(object, key)), "%s", key);
}

static struct flow_row row4(__u8 l4)
{
	struct flow_row row = {
		.sum = {
			.starts = 12, .ends = 11, .unreplied = 1,
			.orig_packets = 180, .orig_bytes = 15200,
			.reply_packets = 240, .reply_bytes = 301200,
			.first_ns = START + 3120001000, .last_ns = START + 59004000000,
		},
	};

	flow_key_init(&row.key);
	row.key.family = AF_INET;
	row.key.l4 = l4;
	row.key.dir = FLOW_DIR_OUT;
	flow_addr_v4(row.key.saddr, "\x0a\x00\x00\x07");
	flow_addr_v4(row.key.daddr, "\xc0\x00\x02\x0a");
	return row;
}

static struct flow_row tcp4(void)
{
	struct flow_row row = row4(IPPROTO_TCP);

	row.key.has_ports = 1;
	row.key.dport = htons(443);
	return row;
}

Test(record, a_flow_says_what_was_counted)
{
	struct flow_row row = tcp4();
	json_t *o = flow(writer("gw1"), &row);

	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC " " SEEN);
	expect_string(o, "type", "flow");
	expect_number(o, "schema", 1);
	expect_string(o, "host", "gw1");
	expect_string(o, "window_start", "2026-11-21T01:00:00.000000Z");
	expect_string(o, "window_end", "2026-11-21T01:01:00.000000Z");
	expect_string(o, "direction", "out");
	expect_string(o, "proto", "tcp");
	expect_string(o, "src_ip", "10.0.0.7");
	expect_string(o, "dst_ip", "192.0.2.10");
	expect_number(o, "dst_port", 443);
	expect_number(o, "starts", 12);
	expect_number(o, "ends", 11);
	expect_number(o, "drops", 0);
	expect_number(o, "unreplied", 1);
	expect_number(o, "orig_packets", 180);
	expect_number(o, "orig_bytes", 15200);
	expect_number(o, "reply_packets", 240);
	expect_number(o, "reply_bytes", 301200);
	expect_string(o, "first_seen", "2026-11-21T01:00:03.120001Z");
	expect_string(o, "last_seen", "2026-11-21T01:00:59.004000Z");
	json_decref(o);
}

Test(record, ids_of_a_window_are_different_and_increase)
{
	struct record *r = writer("gw1");
	struct flow_row row = tcp4();
	json_t *a = flow(r, &row), *b = other(r, &row.sum);

	cr_assert_eq(json_string_length(json_object_get(a, "id")), 36);
	cr_assert_lt(strcmp(json_string_value(json_object_get(a, "id")),
			    json_string_value(json_object_get(b, "id"))), 0);
	json_decref(a);
	json_decref(b);
}

Test(record, the_next_window_has_its_own_bounds)
{
	struct record *r = writer("gw1");
	struct flow_row row = tcp4();
	json_t *o;

	record_begin(r, END, END + 500000, 0);
	o = flow(r, &row);
	expect_string(o, "window_start", "2026-11-21T01:01:00.000000Z");
	expect_string(o, "window_end", "2026-11-21T01:01:00.000500Z");
	json_decref(o);
}

Test(record, directions_have_names)
{
	static const char *const names[] = {
		[FLOW_DIR_FORWARD] = "forward", [FLOW_DIR_IN] = "in",
		[FLOW_DIR_OUT] = "out", [FLOW_DIR_LOCAL] = "local",
	};

	for (int dir = 0; dir < 4; dir++) {
		struct flow_row row = tcp4();
		json_t *o;

		row.key.dir = dir;
		o = flow(writer("gw1"), &row);
		expect_string(o, "direction", names[dir]);
		json_decref(o);
	}
}

Test(record, ipv6_addresses_are_written_as_such)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.key.family = AF_INET6;
	inet_pton(AF_INET6, "2001:db8::7", row.key.saddr);
	inet_pton(AF_INET6, "::ffff:192.0.2.10", row.key.daddr);
	o = flow(writer("gw1"), &row);
	expect_string(o, "src_ip", "2001:db8::7");
	expect_string(o, "dst_ip", "::ffff:192.0.2.10");
	json_decref(o);
	memcpy(row.key.saddr, row.key.daddr, 16);
	o = flow(writer("gw1"), &row);
	expect_string(o, "src_ip", "::ffff:192.0.2.10");
	json_decref(o);
}

Test(record, protocols_have_a_name_or_their_number)
{
	static const struct {
		__u8 l4;
		const char *name;
	} protocols[] = {
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_IGMP, "igmp" }, { IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" }, { IPPROTO_DCCP, "dccp" }, { IPPROTO_GRE, "gre" },
		{ IPPROTO_ESP, "esp" }, { IPPROTO_AH, "ah" }, { IPPROTO_ICMPV6, "icmpv6" },
		{ IPPROTO_SCTP, "sctp" }, { IPPROTO_UDPLITE, "udplite" }, { 253, "253" },
		{ 0, "0" }, { 255, "255" },
	};

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		struct flow_row row = row4(protocols[i].l4);
		json_t *o = flow(writer("gw1"), &row);

		expect_string(o, "proto", protocols[i].name);
		json_decref(o);
	}
}

Test(record, ports_are_there_only_where_there_are_ports)
{
	struct flow_row row = row4(IPPROTO_GRE);
	json_t *o = flow(writer("gw1"), &row);

	expect_fields(o, HEAD " direction proto src_ip dst_ip " EVENTS " " TRAFFIC " " SEEN);
	json_decref(o);
	row = tcp4();
	row.key.dport = 0;
	o = flow(writer("gw1"), &row);
	expect_number(o, "dst_port", 0);	/* port 0 is a port */
	json_decref(o);
}

Test(record, icmp_has_a_type_also_type_0)
{
	static const __u8 protocols[] = { IPPROTO_ICMP, IPPROTO_ICMPV6 };

	for (int i = 0; i < 2; i++) {
		struct flow_row row = row4(protocols[i]);
		json_t *o;

		row.key.has_icmp = 1;
		o = flow(writer("gw1"), &row);
		expect_fields(o, HEAD " direction proto src_ip dst_ip icmp_type " EVENTS " " TRAFFIC
				      " " SEEN);
		expect_number(o, "icmp_type", 0);
		json_decref(o);
		row.key.icmp_type = 128;
		o = flow(writer("gw1"), &row);
		expect_number(o, "icmp_type", 128);
		json_decref(o);
	}
}

Test(record, traffic_is_null_when_no_end_was_counted)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum.uncounted = row.sum.ends;
	row.sum.orig_packets = row.sum.orig_bytes = row.sum.reply_packets = row.sum.reply_bytes = 0;
	o = flow(writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC
			      " uncounted_ends " SEEN);
	expect_null(o, "orig_packets");
	expect_null(o, "orig_bytes");
	expect_null(o, "reply_packets");
	expect_null(o, "reply_bytes");
	expect_number(o, "uncounted_ends", 11);
	json_decref(o);
}

Test(record, traffic_is_null_when_nothing_ended)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum = (struct flow_sums){ .starts = 1, .first_ns = START, .last_ns = START };
	o = flow(writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC " " SEEN);
	expect_null(o, "orig_packets");
	expect_null(o, "reply_bytes");
	json_decref(o);
}

Test(record, traffic_is_a_number_when_some_end_was_counted)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum.uncounted = row.sum.ends - 1;
	row.sum.reply_packets = row.sum.reply_bytes = 0;
	o = flow(writer("gw1"), &row);
	expect_number(o, "orig_bytes", 15200);
	expect_number(o, "reply_bytes", 0);	/* known to be 0, so not null */
	expect_number(o, "uncounted_ends", 10);
	json_decref(o);
}

Test(record, durations_are_there_when_the_kernel_timed_an_end)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum.timed_ends = 2;
	row.sum.duration_us_sum = 1999;
	row.sum.duration_us_max = 1000;
	o = flow(writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC
			      " duration_ms_sum duration_ms_max " SEEN);
	expect_number(o, "duration_ms_sum", 1);
	expect_number(o, "duration_ms_max", 1);
	json_decref(o);
}

Test(record, other_has_counters_and_no_key)
{
	struct flow_row row = tcp4();
	json_t *o = other(writer("gw1"), &row.sum);

	expect_fields(o, HEAD " reason folded " EVENTS " " TRAFFIC " " SEEN);
	expect_string(o, "type", "other");
	expect_string(o, "reason", "table_full");
	expect_number(o, "folded", 42);
	expect_number(o, "starts", 12);
	expect_number(o, "reply_bytes", 301200);
	json_decref(o);
}

#define WINDOW_END                                                                             \
	" lost_events lost_drops odd_drops truncated_drops table folded_events passed_events table_rows table_capacity" \
	" max_error max_error_counter late_ends unselected_events undecoded_events "                                                                   \
	"foreign_messages reopens write_errors accounting timestamps"

static struct window_record window7(const struct flow_sums *total)
{
	return (struct window_record){
		.seq = 7, .closed_by = CLOSED_BY_TIMER, .status = WINDOW_OK, .table = "hash", .records = 812,
		.total = total, .lost_events = 1, .lost_drops = { 2, true, false }, .folded_events = 3,
		.passed_events = 4, .table_rows = 10, .table_capacity = 11, .undecoded_events = 5, .foreign_messages = 6, .reopens = 8,
		.write_errors = 9, .max_error = 12, .max_error_counter = "bytes", .accounting = SWITCH_ON, .timestamps = SWITCH_OFF,
	};
}

Test(record, a_window_says_how_complete_it_is)
{
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	json_t *o = window(writer("gw1"), &w);

	expect_fields(o, HEAD " seq closed_by status records " EVENTS " " TRAFFIC WINDOW_END);
	expect_string(o, "type", "window");
	expect_string(o, "window_start", "2026-11-21T01:00:00.000000Z");
	expect_number(o, "seq", 7);
	expect_string(o, "closed_by", "timer");
	expect_string(o, "status", "ok");
	expect_number(o, "records", 812);
	expect_number(o, "starts", 12);
	expect_number(o, "orig_bytes", 15200);
	expect_number(o, "lost_events", 1);
	expect_number(o, "lost_drops", 2);
	expect_string(o, "table", "hash");
	expect_number(o, "folded_events", 3);
	expect_number(o, "passed_events", 4);
	expect_number(o, "table_rows", 10);
	expect_number(o, "table_capacity", 11);
	expect_number(o, "undecoded_events", 5);
	expect_number(o, "foreign_messages", 6);
	expect_number(o, "reopens", 8);
	expect_number(o, "write_errors", 9);
	expect_number(o, "max_error", 12);
	expect_string(o, "max_error_counter", "bytes");
	cr_expect(json_is_true(json_object_get(o, "accounting")));
	cr_expect(json_is_false(json_object_get(o, "timestamps")));
	json_decref(o);
}

Test(record, a_loss_that_is_not_known_is_null)
{
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	json_t *o;

	w.lost_drops.known = false;
	o = window(writer("gw1"), &w);
	cr_expect(json_is_null(json_object_get(o, "lost_drops")));
	json_decref(o);
}

Test(record, a_window_of_the_kernel_table_says_what_rotating_took)
{
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	json_t *o;

	w.rotated = true;
	w.rotate_us = 12;
	w.drain_us = 13;
	o = window(writer("gw1"), &w);
	expect_number(o, "rotate_us", 12);
	expect_number(o, "drain_us", 13);
	json_decref(o);
}

Test(record, an_empty_window_has_no_times_and_unknown_traffic)
{
	struct flow_sums nothing = { 0 };
	struct window_record w = window7(&nothing);
	json_t *o;

	w.accounting = w.timestamps = SWITCH_UNKNOWN;
	o = window(writer("gw1"), &w);
	expect_fields(o, HEAD " seq closed_by status records " EVENTS " " TRAFFIC WINDOW_END);
	expect_number(o, "starts", 0);
	expect_null(o, "orig_bytes");
	expect_null(o, "accounting");
	expect_null(o, "timestamps");
	json_decref(o);
}

Test(record, large_numbers_are_exact)
{
	static const uint64_t numbers[] = {
		(1ULL << 53) - 1, 1ULL << 53, (1ULL << 53) + 1, INT64_MAX - 1ULL, INT64_MAX,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct flow_row row = tcp4();
		json_t *o;

		row.sum.orig_bytes = numbers[i];
		o = flow(writer("gw1"), &row);
		expect_number(o, "orig_bytes", numbers[i]);
		json_decref(o);
	}
}

/* --- the longest lines there can be ----------------------------------------- */

/* A number that stands for a rule whose names are all made of such characters, and as
 * long as a rule can have them. */
static uint32_t longest_label(struct labels *l, const char *character)
{
	char prefix[128] = "", name[256] = "", comment[257] = "";
	struct log_rule rule = {
		.family = NFPROTO_BRIDGE, .handle = UINT64_MAX, .table = name, .chain = name,
		.comment = comment,
	};

	while (strlen(prefix) + strlen(character) < sizeof(prefix))
		strcat(prefix, character);
	while (strlen(name) + strlen(character) < sizeof(name))
		strcat(name, character);
	while (strlen(comment) + strlen(character) < sizeof(comment))
		strcat(comment, character);
	return labels_number(l, prefix, strlen(prefix), 1, &rule);
}

static void fill(struct flow_sums *sum)
{
	memset(sum, 0xff, sizeof(*sum));
	sum->uncounted = UINT64_MAX - 1;
}

/* A key with every field, each as long as its text can be. */
static struct flow_row longest_row(void)
{
	struct flow_row row;

	memset(&row, 0xff, sizeof(row));
	row.key.family = AF_INET6;
	row.key.l4 = IPPROTO_UDPLITE;
	row.key.dir = FLOW_DIR_FORWARD;
	row.key.no_conntrack = 0;
	fill(&row.sum);
	return row;
}

static struct flow_spec longest_spec(void)
{
	struct flow_spec spec = flow_spec_default;

	spec.fields = FIELDS_DEFAULT | FIELDS_NAT | FIELDS_PORT | FIELD_ICMP_CODE | FIELD_ZONE |
		      FIELD_MARK;
	spec.src.v6 = spec.dst.v6 = spec.nat_src.v6 = spec.nat_dst.v6 = 127;
	return spec;
}

/* Numbers are UINT64_MAX here, which json_loadb() refuses, so the line is not parsed: only its
 * length matters. */
static void expect_line(const char *line, const char *end)
{
	cr_assert_leq(end - line, RECORD_MAX, "%td bytes: %.*s", end - line, (int)(end - line), line);
	cr_assert_eq(end[-1], '\n');
	cr_assert_null(memchr(line, '\n', end - line - 1));
	cr_assert_eq(end[-2], '}');
}

static void expect_short_lines(struct record *r, const char *character)
{
	static char line[2 * RECORD_MAX];
	struct flow_row row = longest_row();
	struct rule_total total = { .drops = UINT64_MAX, .logged = UINT64_MAX };
	struct window_record w = window7(&row.sum);
	struct record_snapshot s;
	struct labels *labels;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	r->spec = longest_spec();
	r->interim = true;
	total.number = row.key.rule = longest_label(labels, character);
	memset(&w, 0xff, sizeof(w));
	memset(&s, 0xff, sizeof(s));
	w.table = "unknown";
	w.closed_by = CLOSED_BY_SIGNAL;
	w.status = WINDOW_PARTIAL;
	w.max_error_counter = "packets";
	s.sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	w.total = &row.sum;
	w.accounting = w.timestamps = SWITCH_OFF;
	s.compared = w.rotated = w.lost_drops.known = w.lost_drops.pending = true;
	w.clock_step_ms = INT64_MIN;
	record_begin(r, UINT64_MAX, UINT64_MAX, UINT64_MAX);
	expect_line(line, record_flow(r, line, &row));
	expect_line(line, record_other(r, line, &row.sum, "table_full", UINT64_MAX));
	expect_line(line, record_rule(r, line, &total));
	expect_line(line, record_window(r, line, &w));
	expect_line(line, record_live(r, line, &row));
	expect_line(line, record_live_other(r, line, &row.sum, "table_full", UINT64_MAX));
	expect_line(line, record_change(r, line, &row.key, &row.sum, &row.sum));
	expect_line(line, record_snapshot(r, line, &w, &s));
	labels_close(labels);
}

Test(record, no_line_is_longer_than_promised)
{
	static const char *const characters[] = {
		"\x01", "\xff", "\"", "h", "\xc2\x80", "\xf0\x90\x80\x80",
	};

	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		char host[1025] = "";

		for (size_t n = 0; n < 256; n++)
			strcat(host, characters[i]);
		expect_short_lines(writer(host), characters[i]);
	}
}

/* --- rules ----------------------------------------------------------------- */

static struct log_rule rule8(void)
{
	return (struct log_rule){
		.family = NFPROTO_INET, .handle = 8, .table = (char *)"filter",
		.chain = (char *)"input", .comment = (char *)"",
	};
}

/* A flow, and a total, of a packet with this prefix, which so many rules may have
 * logged, one of them this one. */
static json_t *dropped_flow(const char *prefix, size_t rules, const struct log_rule *rule)
{
	struct record *r = writer("gw1");
	struct flow_row row = tcp4();
	struct labels *labels;
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	row.key.rule = labels_number(labels, prefix, strlen(prefix), rules, rule);
	o = flow(r, &row);
	labels_close(labels);
	return o;
}

static json_t *total_of(const char *prefix, size_t rules, const struct log_rule *rule)
{
	struct rule_total total = { .drops = 30, .logged = 4 };
	struct record *r = writer("gw1");
	struct labels *labels;
	char line[RECORD_MAX];
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	total.number = labels_number(labels, prefix, strlen(prefix), rules, rule);
	o = parse(line, record_rule(r, line, &total));
	labels_close(labels);
	return o;
}

Test(record, a_rule_is_named_as_nft_names_it)
{
	struct log_rule rule = rule8();
	json_t *o = total_of("dropped: ", 1, &rule);

	expect_fields(o, HEAD " log_prefix rule drops logged");
	expect_string(o, "type", "rule");
	expect_string(o, "log_prefix", "dropped: ");
	expect_string(o, "rule", "inet/filter/input/8");
	expect_number(o, "drops", 30);
	expect_number(o, "logged", 4);
	json_decref(o);
	rule.comment = (char *)"by hand";
	o = total_of("", 1, &rule);
	expect_fields(o, HEAD " log_prefix rule rule_comment drops logged");
	expect_string(o, "log_prefix", "");
	expect_string(o, "rule_comment", "by hand");
	json_decref(o);
	o = dropped_flow("dropped: ", 1, &rule);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port log_prefix rule rule_comment "
			      EVENTS " " TRAFFIC " " SEEN);
	expect_string(o, "rule", "inet/filter/input/8");
	json_decref(o);
}

Test(record, no_rule_is_named_when_it_may_have_been_none_or_several)
{
	json_t *o = total_of("x", 0, NULL);

	expect_fields(o, HEAD " log_prefix rule drops logged");
	expect_null(o, "rule");
	json_decref(o);
	o = total_of("x", 3, NULL);
	expect_fields(o, HEAD " log_prefix rule rule_candidates drops logged");
	expect_null(o, "rule");
	expect_number(o, "rule_candidates", 3);
	json_decref(o);
	o = dropped_flow("x", 3, NULL);
	expect_null(o, "rule");
	expect_number(o, "rule_candidates", 3);
	json_decref(o);
}

Test(record, packets_that_found_no_label_have_no_prefix)
{
	struct rule_total total = { .number = LABELS_NONE, .drops = 1 };
	struct record *r = writer("gw1");
	struct labels *labels;
	char line[RECORD_MAX];
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	o = parse(line, record_rule(r, line, &total));
	expect_fields(o, HEAD " log_prefix rule drops logged");
	expect_null(o, "log_prefix");
	expect_null(o, "rule");
	json_decref(o);
	labels_close(labels);
}

/* Texts that are too long are cut after a whole character, NAME_cut says so, and the rule's
 * handle stays. */
Test(record, long_text_of_rules_is_cut)
{
	struct log_rule rule = rule8();
	char comment[257] = "", table[256] = "", chain[256] = "";
	const char *name, *prefix;
	json_t *o;

	while (strlen(comment) < 252)
		strcat(comment, "\xf0\x9f\x8c\x90");	/* 12 bytes escaped: 42 are 504 */
	memset(table, 't', 255);
	memset(chain, '\x01', 255);
	rule.comment = comment;
	rule.table = table;
	rule.chain = chain;
	rule.handle = 12345678901234567890u;
	o = dropped_flow("\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"
			 "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"
			 "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"
			 "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"
			 "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02",
			 1, &rule);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port log_prefix log_prefix_cut rule"
			      " rule_cut rule_comment rule_comment_cut " EVENTS " " TRAFFIC " " SEEN);
	prefix = json_string_value(json_object_get(o, "log_prefix"));
	cr_expect_eq(strlen(prefix), 512 / 6);
	cr_expect_eq(strlen(json_string_value(json_object_get(o, "rule_comment"))), 42 * 4);
	name = json_string_value(json_object_get(o, "rule"));
	cr_expect_eq(strncmp(name, "inet/ttt", 8), 0);
	cr_expect_eq(strcspn(name + 5, "/"), 255, "plain names are whole");
	cr_expect_str_eq(strrchr(name, '/'), "/12345678901234567890");
	cr_expect(json_is_true(json_object_get(o, "rule_cut")));
	cr_expect(json_is_true(json_object_get(o, "log_prefix_cut")));
	json_decref(o);
	memset(chain, 'c', 255);
	memset(comment, 'k', 256);
	o = total_of("short", 1, &rule);
	expect_fields(o, HEAD " log_prefix rule rule_comment drops logged");
	json_decref(o);
}

/* --- a hostile host name ---------------------------------------------------- */

Test(record, a_hostile_host_name_stays_inside_its_string)
{
	struct flow_row row = tcp4();
	json_t *o = flow(writer("a\"}\n{\"type\":\"flow\xff"), &row);

	expect_string(o, "host", "a\"}\n{\"type\":\"flow\xef\xbf\xbd");
	json_decref(o);
}

Test(record, of_a_long_host_name_64_bytes_are_kept)
{
	char host[101];
	struct flow_row row = tcp4();
	json_t *o;

	memset(host, 'h', 100);
	host[100] = '\0';
	o = flow(writer(host), &row);
	host[64] = '\0';
	expect_string(o, "host", host);
	json_decref(o);
}
