/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The longest lines there can be. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <linux/netfilter.h>
#include <string.h>

#include "rule/labels.h"
#include "sink/record_case.h"
#include "sink/snapshot_record.h"

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
	w.engine = "unknown";
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
		expect_short_lines(record_writer(host), characters[i]);
	}
}
