/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "sink/record_case.h"

Test(record, a_flow_says_what_was_counted)
{
	struct flow_row row = tcp4();
	json_t *o = flow_line(record_writer("gw1"), &row);

	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC " " SEEN);
	expect_string(o, "type", "flow");
	expect_number(o, "schema", 1);
	expect_string(o, "host", "gw1");
	expect_number(o, "window_ms", 60000);
	expect_string(o, "slot", "2026-11-21T01:00:00.000000Z");
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
	struct record *r = record_writer("gw1");
	struct flow_row row = tcp4();
	json_t *a = flow_line(r, &row), *b = other_line(r, &row.sum);

	cr_assert_eq(json_string_length(json_object_get(a, "id")), 36);
	cr_assert_lt(strcmp(json_string_value(json_object_get(a, "id")),
			    json_string_value(json_object_get(b, "id"))), 0);
	json_decref(a);
	json_decref(b);
}

Test(record, the_next_window_has_its_own_bounds)
{
	struct record *r = record_writer("gw1");
	struct flow_row row = tcp4();
	json_t *o;

	record_begin(r, END, END + 500000, 0);
	o = flow_line(r, &row);
	expect_string(o, "window_start", "2026-11-21T01:01:00.000000Z");
	expect_string(o, "window_end", "2026-11-21T01:01:00.000500Z");
	json_decref(o);
}

/* 500 ms later than 01:00 a window of 20 s begins that the clock, or a signal, cuts short. */
Test(record, a_slot_is_the_nominal_window_that_the_start_lies_in)
{
	static const struct {
		uint64_t start_ms, nominal_ms;
		const char *slot;
	} cases[] = {
		{ 500, 20000, "2026-11-21T01:00:00.000000Z" },
		{ 19999, 20000, "2026-11-21T01:00:00.000000Z" },
		{ 20000, 20000, "2026-11-21T01:00:20.000000Z" },
		{ 20001, 1, "2026-11-21T01:00:20.001000Z" },
		{ 5000, 86400000, "2026-11-21T00:00:00.000000Z" },
	};
	struct record *r = record_writer("gw1");
	struct flow_row row = tcp4();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *o;

		record_begin(r, START + cases[i].start_ms * 1000000, END, cases[i].nominal_ms * 1000000);
		o = flow_line(r, &row);
		expect_string(o, "slot", cases[i].slot);
		expect_number(o, "window_ms", cases[i].nominal_ms);
		json_decref(o);
	}
}

Test(record, windows_that_are_not_aligned_have_no_slot_and_snapshots_no_length)
{
	struct record *r = record_writer("gw1");
	struct flow_sums nothing = { 0 };
	json_t *o;

	r->aligned = false;
	record_begin(r, START, END, END - START);
	o = other_line(r, &nothing);
	expect_fields(o, "type schema id host run window_ms window_start window_end reason folded_flows "
			 EVENTS " " TRAFFIC " " SEEN);
	json_decref(o);
	r->aligned = true;
	record_begin(r, START, END, 0);
	o = other_line(r, &nothing);
	expect_fields(o, "type schema id host run window_start window_end reason folded_flows "
			 EVENTS " " TRAFFIC " " SEEN);
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
		o = flow_line(record_writer("gw1"), &row);
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
	o = flow_line(record_writer("gw1"), &row);
	expect_string(o, "src_ip", "2001:db8::7");
	expect_string(o, "dst_ip", "::ffff:192.0.2.10");
	json_decref(o);
	memcpy(row.key.saddr, row.key.daddr, 16);
	o = flow_line(record_writer("gw1"), &row);
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
		json_t *o = flow_line(record_writer("gw1"), &row);

		expect_string(o, "proto", protocols[i].name);
		json_decref(o);
	}
}

Test(record, ports_are_there_only_where_there_are_ports)
{
	struct flow_row row = row4(IPPROTO_GRE);
	json_t *o = flow_line(record_writer("gw1"), &row);

	expect_fields(o, HEAD " direction proto src_ip dst_ip " EVENTS " " TRAFFIC " " SEEN);
	json_decref(o);
	row = tcp4();
	row.key.dport = 0;
	o = flow_line(record_writer("gw1"), &row);
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
		o = flow_line(record_writer("gw1"), &row);
		expect_fields(o, HEAD " direction proto src_ip dst_ip icmp_type " EVENTS " " TRAFFIC
				      " " SEEN);
		expect_number(o, "icmp_type", 0);
		json_decref(o);
		row.key.icmp_type = 128;
		o = flow_line(record_writer("gw1"), &row);
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
	o = flow_line(record_writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC
			      " uncounted_ends " SEEN);
	expect_null(o, "orig_packets");
	expect_null(o, "orig_bytes");
	expect_null(o, "reply_packets");
	expect_null(o, "reply_bytes");
	expect_number(o, "uncounted_ends", 11);
	json_decref(o);
}

Test(record, bytes_of_drops_are_null_when_no_length_is_known)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum.drops = row.sum.unsized_drops = 3;
	o = flow_line(record_writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC
			      " unsized_drops " SEEN);
	expect_null(o, "drop_bytes");
	expect_number(o, "unsized_drops", 3);
	json_decref(o);
	row.sum.unsized_drops = 2;
	row.sum.drop_bytes = 70;
	o = flow_line(record_writer("gw1"), &row);
	expect_number(o, "drop_bytes", 70);
	expect_number(o, "unsized_drops", 2);
	json_decref(o);
}

Test(record, traffic_is_null_when_nothing_ended)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum = (struct flow_sums){ .starts = 1, .first_ns = START, .last_ns = START };
	o = flow_line(record_writer("gw1"), &row);
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
	o = flow_line(record_writer("gw1"), &row);
	expect_number(o, "orig_bytes", 15200);
	expect_number(o, "reply_bytes", 0);	/* known to be 0, so not null */
	expect_number(o, "uncounted_ends", 10);
	json_decref(o);
}

Test(record, ends_of_tcp_are_null_when_no_end_said_its_state)
{
	static const char *const names[] = { "tcp_unanswered", "tcp_closed", "tcp_reset", "tcp_expired" };
	struct flow_row row = tcp4();
	json_t *o = flow_line(record_writer("gw1"), &row);

	for (int i = 0; i < 4; i++)
		expect_null(o, names[i]);
	json_decref(o);
	for (int told = 0; told < 4; told++) {
		uint64_t *n[] = { &row.sum.tcp_unanswered, &row.sum.tcp_closed, &row.sum.tcp_reset,
				  &row.sum.tcp_expired };

		*n[told] = 3;
		o = flow_line(record_writer("gw1"), &row);
		for (int i = 0; i < 4; i++)
			expect_number(o, names[i], i == told ? 3 : 0);
		json_decref(o);
		*n[told] = 0;
	}
}

Test(record, durations_are_there_when_the_kernel_timed_an_end)
{
	struct flow_row row = tcp4();
	json_t *o;

	row.sum.timed_ends = 2;
	row.sum.duration_us_sum = 1999;
	row.sum.duration_us_max = 1000;
	o = flow_line(record_writer("gw1"), &row);
	expect_fields(o, HEAD " direction proto src_ip dst_ip dst_port " EVENTS " " TRAFFIC
			      " duration_ms_sum duration_ms_max " SEEN);
	expect_number(o, "duration_ms_sum", 1);
	expect_number(o, "duration_ms_max", 1);
	json_decref(o);
}

Test(record, other_has_counters_and_no_key)
{
	struct flow_row row = tcp4();
	json_t *o = other_line(record_writer("gw1"), &row.sum);

	expect_fields(o, HEAD " reason folded_flows " EVENTS " " TRAFFIC " " SEEN);
	expect_string(o, "type", "other");
	expect_string(o, "reason", "table_full");
	expect_number(o, "folded_flows", 42);
	expect_number(o, "starts", 12);
	expect_number(o, "reply_bytes", 301200);
	json_decref(o);
}

#define WINDOW_END                                                                             \
	" lost_events lost_drops odd_drops truncated_drops engine kernel_events passed_events table_rows table_capacity" \
	" max_error max_error_counter late_ends late_events injected_starts clash_ends unselected_events undecoded_events " \
	"foreign_messages reopens write_errors accounting timestamps version key selection"

Test(record, a_window_says_how_complete_it_is)
{
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	json_t *o = window_line(record_writer("gw1"), &w);

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
	expect_string(o, "engine", "hash");
	expect_number(o, "kernel_events", 3);
	expect_number(o, "passed_events", 4);
	expect_number(o, "table_rows", 10);
	expect_number(o, "table_capacity", 11);
	expect_number(o, "injected_starts", 13);
	expect_number(o, "clash_ends", 14);
	expect_number(o, "undecoded_events", 5);
	expect_number(o, "foreign_messages", 6);
	expect_number(o, "reopens", 8);
	expect_number(o, "write_errors", 9);
	expect_number(o, "max_error", 12);
	expect_string(o, "max_error_counter", "bytes");
	expect_string(o, "version", "1.0.0");
	expect_string(o, "key", "src,dst");
	expect_string(o, "selection", "e3b0c44298fc1c14");
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
	o = window_line(record_writer("gw1"), &w);
	cr_expect(json_is_null(json_object_get(o, "lost_drops")));
	json_decref(o);
}

Test(record, of_unsure_losses_the_window_says_how_many_there_are_at_most)
{
	struct flow_row row = tcp4();
	struct window_record w = window7(&row.sum);
	json_t *o;

	w.lost_events_max = 9;
	o = window_line(record_writer("gw1"), &w);
	cr_expect_null(json_object_get(o, "lost_events_max"));
	json_decref(o);
	w.lost_events.known = false;
	o = window_line(record_writer("gw1"), &w);
	cr_expect(json_is_null(json_object_get(o, "lost_events")));
	expect_number(o, "lost_events_max", 9);
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
	o = window_line(record_writer("gw1"), &w);
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
	o = window_line(record_writer("gw1"), &w);
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
		o = flow_line(record_writer("gw1"), &row);
		expect_number(o, "orig_bytes", numbers[i]);
		json_decref(o);
	}
}

/* --- a hostile host name ---------------------------------------------------- */

Test(record, a_hostile_host_name_stays_inside_its_string)
{
	struct flow_row row = tcp4();
	json_t *o = flow_line(record_writer("a\"}\n{\"type\":\"flow\xff"), &row);

	expect_string(o, "host", "a\"}\n{\"type\":\"flow\xef\xbf\xbd");
	json_decref(o);
}

/* --- devices ------------------------------------------------------------------ */

static json_t *packet_line(__u32 fields, const char *iif, const char *oif)
{
	struct record *r = record_writer("gw1");
	struct flow_row row = { .key = { .family = AF_INET, .no_conntrack = 1 }, .sum = { .drops = 1 } };

	r->spec.fields = fields;
	strcpy(row.key.iif, iif);
	strcpy(row.key.oif, oif);
	return flow_line(r, &row);
}

Test(record, devices_of_packets)
{
	json_t *o = packet_line(FIELDS_DEVICE | FIELD_ZONE, "eth0", "a\"\\\n\377\303\274");

	expect_string(o, "iif", "eth0");
	expect_string(o, "oif", "a\"\\\n\357\277\275\303\274");
	json_decref(o);
	o = packet_line(FIELDS_DEVICE, DEVICE_UNKNOWN, "");
	expect_null(o, "iif");
	cr_expect_null(json_object_get(o, "oif"), "there is no such device");
	json_decref(o);
	o = packet_line(FIELD_OIF, "eth0", "eth1");
	cr_expect_null(json_object_get(o, "iif"), "not in the key");
	expect_string(o, "oif", "eth1");
	json_decref(o);
}

/* The bytes of a translation are no device. */
Test(record, a_connection_has_no_device)
{
	struct record *r = record_writer("gw1");
	struct flow_row row = tcp4();
	json_t *o;

	r->spec.fields = FIELDS_DEVICE | FIELDS_NAT;
	memset(row.key.nat_saddr, 'x', 16);
	memset(row.key.nat_daddr, 'y', 16);
	o = flow_line(r, &row);
	cr_expect_null(json_object_get(o, "iif"));
	cr_expect_null(json_object_get(o, "oif"));
	json_decref(o);
}
