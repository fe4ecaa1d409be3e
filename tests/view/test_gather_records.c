/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What windows have of records, beside what jansson reads in the same lines. */
#include "config.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <netinet/in.h>
#include <string.h>

#include "view/gather_case.h"
#include "view/written.h"

static struct written w;

static void open_written(void)
{
	open_gather();
	written_begin(&w, "gw1");
}

TestSuite(view_records, .init = open_written, .fini = close_gather, .timeout = 60);

/* The n-th line that has one of these types, as an object of the caller's; NULL: there is none. */
static json_t *line_of(const char *types, size_t n)
{
	const char *p = w.text, *end;
	json_t *object;

	for (; p < w.text + w.len; p = end + 1) {
		end = strchr(p, '\n');
		object = json_loadb(p, end - p, 0, NULL);
		cr_assert_not_null(object);
		if (strstr(types, json_string_value(json_object_get(object, "type"))) && !n--)
			return object;
		json_decref(object);
	}
	return NULL;
}

static bool is_counted(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name)) > 0;
}

/* Null is an unknown number; of packets and bytes only where a connection could have had some. */
static bool is_unknown(const json_t *object, unsigned int counter)
{
	bool null = json_is_null(json_object_get(object, view_counter_names[counter]));

	if (!(VIEW_TRAFFIC >> counter & 1))
		return null;
	if (is_counted(object, "uncounted_ends"))
		return true;
	return null && (is_counted(object, "ends") || is_counted(object, "live") || is_counted(object, "closing"));
}

static void expect_sums(const struct view_sums *sums, const json_t *object)
{
	for (unsigned int i = 0; i < VIEW_N_COUNTERS; i++) {
		const json_t *theirs = json_object_get(object, view_counter_names[i]);

		cr_expect_eq(sums->known >> i & 1, json_is_integer(theirs), "%s", view_counter_names[i]);
		cr_expect_eq(sums->unknown >> i & 1, is_unknown(object, i), "%s", view_counter_names[i]);
		cr_expect_eq(sums->of[i], (uint64_t)json_integer_value(theirs), "%s", view_counter_names[i]);
	}
}

static void expect_number(const struct view_number *n, const json_t *object, const char *name)
{
	const json_t *theirs = json_object_get(object, name), *kernel = json_object_get(object, "kernel");

	if (!strncmp(name, "kernel_", 7) && strcmp(name, "kernel_events") != 0)
		theirs = json_is_null(kernel) ? kernel : json_object_get(kernel, name + 7);
	cr_expect_eq(n->state, !theirs ? VIEW_ABSENT : json_is_null(theirs) ? VIEW_NULL : VIEW_KNOWN, "%s", name);
	cr_expect_eq(n->n, (uint64_t)json_integer_value(theirs), "%s", name);
}

static void expect_window(const struct view_window *got, size_t n)
{
	json_t *object = line_of("window", n);

	cr_expect(got->complete);
	expect_sums(&got->total, object);
#define EXPECT_NUMBER(name) expect_number(&got->name, object, #name);
	VIEW_WINDOW_NUMBERS(EXPECT_NUMBER)
	cr_expect(is_text(got->engine, json_is_string(json_object_get(object, "engine")) ?
				       json_string_value(json_object_get(object, "engine")) : ""));
	cr_expect(is_text(got->closed_by, json_string_value(json_object_get(object, "closed_by"))));
	cr_expect_str_eq(window_status_name(got->status), json_string_value(json_object_get(object, "status")));
	cr_expect_eq(got->clock_step_ms, json_integer_value(json_object_get(object, "clock_step_ms")));
	cr_expect_eq(got->flowtable_uncounted, json_is_true(json_object_get(object, "flowtable_uncounted")));
	json_decref(object);
}

static void expect_flows(const struct view_window *got, size_t n)
{
	cr_assert_eq(got->n_flows, n);
	for (size_t i = 0; i < n; i++) {
		json_t *object = line_of("flow other", i);

		expect_sums(&got->flows[i].sums, object);
		cr_expect_eq(got->flows[i].other, !strcmp(json_string_value(json_object_get(object, "type")), "other"));
		json_decref(object);
	}
}

Test(view_records, windows_have_all_that_their_records_say)
{
	size_t lines;

	for (int i = 0; i < 3; i++) {
		w.len = w.lines = 0;
		written_window(&w, i);
		written_records(&w);
		lines = w.lines;
		written_end(&w, i + 1, lines);
		give_lines(w.text, w.len);
		cr_assert_eq(shown.n, (size_t)i + 1);
		cr_expect_eq(shown.windows[i]->start_ns, WRITTEN_START + (uint64_t)i * WRITTEN_MS * 1000000);
		cr_expect_eq(shown.windows[i]->slot_ns, shown.windows[i]->start_ns);
		cr_expect_eq(shown.windows[i]->end_ns, shown.windows[i]->start_ns + WRITTEN_MS * 1000000ULL);
		cr_expect(is_text(shown.windows[i]->netns, "lan"));
		cr_expect_eq(shown.windows[i]->missing, 0, "socket lines count, too");
		expect_window(shown.windows[i], 0);
		expect_flows(shown.windows[i], 7);
		cr_expect_eq(view_window_bytes(shown.windows[i]), sizeof(struct view_window) +
			     7 * sizeof(struct view_flow) + 3 * sizeof(struct view_rule));
	}
	cr_expect_eq(view_gather_counts(shown.gather)->other_types, 3, "a socket each");
}

Test(view_records, a_snapshot_is_a_window_too)
{
	written_snapshot(&w);
	give_lines(w.text, w.len);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->window_ms, 0);
	cr_expect_eq(shown.windows[0]->slot_ns, shown.windows[0]->start_ns);
	cr_expect_eq(shown.windows[0]->missing, 0, "change lines count, too");
	expect_window(shown.windows[0], 0);
	expect_flows(shown.windows[0], 2);
	cr_expect_eq(view_gather_counts(shown.gather)->other_types, 1, "a change");
}

static void expect_address(const uint8_t addr[16], uint8_t bits, const char *bytes, uint8_t expected_bits)
{
	cr_expect_eq(bits, expected_bits);
	cr_expect(!memcmp(addr, bytes, 16));
}

/* That of a row as written.c makes it. */
Test(view_records, a_key_has_each_field)
{
	const struct view_key *key;

	written_records(&w);
	written_end(&w, 1, w.lines);
	give_lines(w.text, w.len);
	key = &shown.windows[0]->flows[0].key;
	cr_expect_eq(key->has, VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_SPORT | VIEW_DST | VIEW_DPORT | VIEW_ICMP_TYPE |
			       VIEW_ICMP_CODE | VIEW_NAT_SRC | VIEW_NAT_SPORT | VIEW_NAT_DST | VIEW_NAT_DPORT | VIEW_ZONE |
			       VIEW_MARK | VIEW_SRC_LABEL | VIEW_DST_LABEL | VIEW_MARK_LABEL);
	cr_expect_eq(key->direction, FLOW_DIR_OUT);
	cr_expect_eq(key->proto, IPPROTO_TCP);
	expect_address(key->src, key->src_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\x0a\x00\x00\x07", 128);
	expect_address(key->dst, key->dst_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\xc0\x00\x02\x0a", 128);
	expect_address(key->nat_src, key->nat_src_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\xc6\x33\x64\x01", 128);
	expect_address(key->nat_dst, key->nat_dst_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\x0a\x09\x09\x09", 128);
	cr_expect_eq(key->sport, 40000);
	cr_expect_eq(key->dport, 443);
	cr_expect_eq(key->nat_sport, 50000);
	cr_expect_eq(key->nat_dport, 8443);
	cr_expect_eq(key->icmp_type, 8);
	cr_expect_eq(key->icmp_code, 3);
	cr_expect_eq(key->zone, 65535);
	cr_expect_eq(key->mark, 0xffffffff);
	cr_expect(is_text(key->src_label, "DE, AS64500"));
	cr_expect_eq(key->src_label, key->dst_label);
	cr_expect_eq(key->src_label, key->mark_label);
}

Test(view_records, networks_have_their_bits_and_unknown_fields_their_bit)
{
	const struct view_flow *flows;

	written_records(&w);
	written_end(&w, 1, w.lines);
	give_lines(w.text, w.len);
	flows = shown.windows[0]->flows;
	expect_address(flows[1].key.src, flows[1].key.src_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\x0a\x00\x00\x00", 96 + 24);
	expect_address(flows[1].key.nat_dst, flows[1].key.nat_dst_bits, "\0\0\0\0\0\0\0\0\0\0\377\377\0\0\0\0", 96);
	cr_expect(is_text(flows[1].key.prefix, "x"));
	cr_expect(flows[1].key.has & VIEW_RULE, "null: several rules can be meant");
	cr_expect_eq(flows[1].key.rule, 0);
	cr_expect_not(flows[1].key.has & VIEW_COMMENT);
	cr_expect(is_text(flows[2].key.prefix, "no \"telnet\" \xe2\x82\xac\x01"));
	cr_expect(is_text(flows[2].key.rule, "inet/filter/input/8"));
	cr_expect(is_text(flows[2].key.comment, "by hand"));
	cr_expect(is_text(flows[2].key.iif, "eth0"));
	cr_expect(is_text(flows[2].key.oif, "wan\"1"));
	cr_expect_not(flows[2].key.has & VIEW_PROTO, "null");
	cr_expect_not(flows[2].key.has & (VIEW_SPORT | VIEW_NAT_SRC | VIEW_MARK));
	expect_address(flows[2].key.dst, flows[2].key.dst_bits, "\x20\x01\x0d\xb8\0\1\0\0\0\0\0\0\0\0\0\0", 128);
	cr_expect(flows[3].key.has & VIEW_OIF);
	cr_expect_eq(flows[3].key.oif, 0);
	cr_expect(flows[4].key.has & VIEW_PREFIX);
	cr_expect_eq(flows[4].key.prefix, 0);
	cr_expect(flows[5].table_full);
	cr_expect_eq(flows[5].folded_flows, 17);
	cr_expect_not(flows[6].table_full);
	cr_expect_eq(flows[6].folded_flows, 4);
	cr_expect_eq(flows[6].key.has, 0);
}

Test(view_records, a_rule_says_what_it_logged_and_counted)
{
	const struct view_rule *rules;

	written_records(&w);
	written_end(&w, 1, w.lines);
	give_lines(w.text, w.len);
	cr_assert_eq(shown.windows[0]->n_rules, 3);
	rules = shown.windows[0]->rules;
	cr_expect(is_text(rules[0].rule, "inet/filter/input/8"));
	cr_expect(is_text(rules[0].comment, "by hand"));
	cr_expect(is_text(rules[0].prefix, "no \"telnet\" \xe2\x82\xac\x01"));
	cr_expect_eq(rules[0].drops.n, 2);
	cr_expect_eq(rules[0].drop_bytes.n, 200);
	cr_expect_eq(rules[0].logged.n, 1);
	cr_expect_eq(rules[0].packets.n, 3);
	cr_expect_eq(rules[0].bytes.n, 300);
	cr_expect_eq(rules[1].drops.state, VIEW_ABSENT);
	cr_expect_eq(rules[1].prefix, 0);
	cr_expect_eq(rules[1].packets.state, VIEW_KNOWN);
	cr_expect_eq(rules[2].rule, 0);
	cr_expect_eq(rules[2].drop_bytes.state, VIEW_NULL);
	cr_expect_eq(rules[2].packets.state, VIEW_ABSENT);
}

/* --- by hand ---------------------------------------------------------------------------------- */

#define HEAD "\"host\":\"gw1\",\"run\":\"aaaaaaaa\",\"window_start\":\"2026-11-21T01:00:00Z\",\"window_end\":\"2026-11-21T01:01:00Z\""

Test(view_records, values_that_a_field_cannot_have_are_refused)
{
	static const char *const fields[] = {
		"\"src_ip\":\"10.0.0\"", "\"src_ip\":\"\"", "\"dst_ip\":\"10.0.0.256\"", "\"src_ip\":\"10.0.0.1/33\"",
		"\"src_ip\":\"2001:db8::/129\"", "\"src_ip\":\"10.0.0.1/\"", "\"src_ip\":\"10.0.0.0/24x\"", "\"src_ip\":\"10.0.0.01\"",
		"\"src_ip\":\"<b>\"", "\"src_port\":65536", "\"dst_port\":99999999999", "\"nat_src_port\":65536",
		"\"nat_dst_port\":65536", "\"icmp_type\":256", "\"icmp_code\":256", "\"zone\":65536", "\"mark\":4294967296",
		"\"direction\":\"up\"", "\"proto\":\"256\"", "\"proto\":\"tcpx\"", "\"proto\":\"\"", "\"proto\":\"06\"",
		"\"nat_src_ip\":\"x\"", "\"nat_dst_ip\":\"x\"",
	};
	size_t n = sizeof(fields) / sizeof(fields[0]);

	for (size_t i = 0; i < n; i++) {
		give("{\"type\":\"flow\"," HEAD ",%s}", fields[i]);
		cr_expect_eq(view_gather_counts(shown.gather)->malformed, i + 1, "%s", fields[i]);
	}
	cr_expect_eq(view_gather_counts(shown.gather)->first_malformed, 1);
	give("{\"type\":\"flow\"," HEAD ",\"src_ip\":\"10.0.0.1\\/8\",\"proto\":\"255\",\"mark\":4294967295,\"direction\":\"loc\\u0061l\"}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":1,\"status\":\"ok\",\"records\":%zu}", n + 1);
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->missing, n);
	cr_assert_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(shown.windows[0]->flows[0].key.src_bits, 96 + 8);
	cr_expect_eq(shown.windows[0]->flows[0].key.proto, 255);
	cr_expect_eq(shown.windows[0]->flows[0].key.direction, FLOW_DIR_LOCAL);
}

Test(view_records, the_largest_numbers_are_kept)
{
	give("{\"type\":\"flow\"," HEAD ",\"orig_bytes\":9223372036854775807,\"starts\":9223372036854775807}");
	give("{\"type\":\"flow\"," HEAD ",\"orig_bytes\":9223372036854775808}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":9223372036854775807,\"status\":\"partial\",\"records\":9223372036854775807}");
	cr_assert_eq(shown.n, 1);
	cr_expect_eq(shown.windows[0]->flows[0].sums.of[VIEW_orig_bytes], INT64_MAX);
	cr_expect_eq(shown.windows[0]->missing, (uint64_t)INT64_MAX - 1);
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 1);
}

Test(view_records, a_window_record_that_cannot_be_leaves_the_window_open)
{
	give("{\"type\":\"flow\"," HEAD ",\"starts\":1}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":1,\"status\":\"good\",\"starts\":5,\"table_rows\":6,\"records\":1}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":1,\"starts\":5,\"records\":1}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":1,\"status\":\"ok\",\"clock_step_ms\":1.5}");
	give("{\"type\":\"window\"," HEAD ",\"seq\":1,\"status\":\"ok\",\"clock_step_ms\":-1e300}");
	cr_expect_eq(view_gather_counts(shown.gather)->malformed, 4);
	cr_assert_eq(view_gather_end(shown.gather), 0);
	cr_assert_eq(shown.n, 1);
	cr_expect_not(shown.windows[0]->complete);
	cr_expect_eq(shown.windows[0]->n_flows, 1);
	cr_expect_eq(shown.windows[0]->table_rows.state, VIEW_ABSENT);
	cr_expect_eq(shown.windows[0]->total.known, 0);
}
