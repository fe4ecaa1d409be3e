/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What records say of the rules that logged packets. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <linux/netfilter.h>
#include <string.h>

#include "rule/labels.h"
#include "sink/record_case.h"

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
	struct record *r = record_writer("gw1");
	struct flow_row row = tcp4();
	struct labels *labels;
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	row.key.rule = labels_number(labels, prefix, strlen(prefix), rules, rule);
	o = flow_line(r, &row);
	labels_close(labels);
	return o;
}

static json_t *total_of(const char *prefix, size_t rules, const struct log_rule *rule)
{
	struct rule_total total = { .drops = 30, .drop_bytes = 3000, .logged = 4 };
	struct record *r = record_writer("gw1");
	struct labels *labels;
	char line[RECORD_MAX];
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	total.number = labels_number(labels, prefix, strlen(prefix), rules, rule);
	o = parse_line(line, record_rule(r, line, &total, NULL));
	labels_close(labels);
	return o;
}

/* What a counter has counted, alone and beside what its rule has logged. */
Test(record, a_rule_says_what_its_counter_counted)
{
	struct label label = {
		.rules = 1, .family_name = "inet", .handle = 8, .table = "filter",
		.chain = "input", .comment = "by hand",
	};
	struct rule_moved moved = { &label, 3, 300, false };
	struct rule_total total = { .drops = 2, .drop_bytes = 200 };
	struct record *r = record_writer("gw1");
	struct labels *labels;
	char line[RECORD_MAX];
	json_t *o = parse_line(line, record_rule(r, line, NULL, &moved));

	expect_fields(o, HEAD " rule rule_comment packets bytes");
	expect_string(o, "rule", "inet/filter/input/8");
	expect_number(o, "packets", 3);
	expect_number(o, "bytes", 300);
	json_decref(o);
	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	total.number = labels_number(labels, "p", 1, 0, NULL);
	moved.reset = true;
	o = parse_line(line, record_rule(r, line, &total, &moved));
	expect_fields(o, HEAD " log_prefix rule drops drop_bytes logged packets bytes reset");
	cr_expect(json_is_true(json_object_get(o, "reset")));
	json_decref(o);
	labels_close(labels);
}

Test(record, a_rule_is_named_as_nft_names_it)
{
	struct log_rule rule = rule8();
	json_t *o = total_of("dropped: ", 1, &rule);

	expect_fields(o, HEAD " log_prefix rule drops drop_bytes logged");
	expect_string(o, "type", "rule");
	expect_string(o, "log_prefix", "dropped: ");
	expect_string(o, "rule", "inet/filter/input/8");
	expect_number(o, "drops", 30);
	expect_number(o, "drop_bytes", 3000);
	expect_number(o, "logged", 4);
	json_decref(o);
	rule.comment = (char *)"by hand";
	o = total_of("", 1, &rule);
	expect_fields(o, HEAD " log_prefix rule rule_comment drops drop_bytes logged");
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

	expect_fields(o, HEAD " log_prefix rule drops drop_bytes logged");
	expect_null(o, "rule");
	json_decref(o);
	o = total_of("x", 3, NULL);
	expect_fields(o, HEAD " log_prefix rule rule_candidates drops drop_bytes logged");
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
	struct rule_total total = { .number = LABELS_NONE, .drops = 1, .unsized_drops = 1 };
	struct record *r = record_writer("gw1");
	struct labels *labels;
	char line[RECORD_MAX];
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	o = parse_line(line, record_rule(r, line, &total, NULL));
	expect_fields(o, HEAD " log_prefix rule drops drop_bytes logged unsized_drops");
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
	expect_fields(o, HEAD " log_prefix rule rule_comment drops drop_bytes logged");
	json_decref(o);
}
