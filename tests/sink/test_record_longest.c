/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The longest lines there can be. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <netinet/tcp.h>
#include <string.h>

#include "rule/labels.h"
#include "sink/check_record.h"
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
	spec.mark = UINT32_MAX;
	spec.src.v6 = spec.dst.v6 = spec.nat_src.v6 = spec.nat_dst.v6 = 127;
	return spec;
}

/* A text of so many bytes, or a few less: the character again and again. */
static void repeat(char *text, const char *character, size_t bytes)
{
	for (*text = '\0'; strlen(text) + strlen(character) <= bytes;)
		strcat(text, character);
}

/* An origin whose texts take as many bytes as they may, or a few less. */
static void longest_origin(struct origin *o, const char *character)
{
	char text[513], key[512];
	size_t bytes = ORIGIN_MAX_HOST;

	for (repeat(text, character, bytes); origin_init(o, text, NULL) == -ENAMETOOLONG; bytes--)
		repeat(text, character, bytes);
	repeat(text, character, 255);
	origin_netns(o, text);
	repeat(text, character, ORIGIN_MAX_TAGS / 12);
	cr_assert_eq(origin_tag(o, "a", 1, text), 0);
	memset(key, 'k', sizeof(key));
	for (size_t len = sizeof(key); len && origin_tag(o, key, len, "");)
		len--;
	cr_expect_eq(o->tags_len, ORIGIN_MAX_TAGS);
	cr_expect_geq(o->source_len, ORIGIN_MAX_HOST - 12);
}

/* Numbers are UINT64_MAX here, which json_loadb() takes as reals only. Returns the line as an
 * object that the caller owns. */
static json_t *expect_line(const char *line, const char *end)
{
	json_error_t error;
	json_t *o = json_loadb(line, end - line, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);

	cr_assert_leq(end - line, RECORD_MAX, "%td bytes: %.*s", end - line, (int)(end - line), line);
	cr_assert_eq(end[-1], '\n');
	cr_assert_null(memchr(line, '\n', end - line - 1));
	cr_assert_not_null(o, "%s: %.*s", error.text, (int)(end - line), line);
	return o;
}
#define EXPECT_LINE(end) json_decref(expect_line(line, end))

/* A rule is called the same in records of all types, and keeps its handle. */
static void expect_same_rule(json_t *a, json_t *b)
{
	static const char *const texts[] = { "log_prefix", "rule", "rule_comment" };

	for (size_t i = 0; i < 3; i++)
		cr_expect(json_equal(json_object_get(a, texts[i]), json_object_get(b, texts[i])),
			  "%s", texts[i]);
	cr_expect_str_eq(strrchr(json_string_value(json_object_get(a, "rule")), '/'),
			 "/18446744073709551615");
	json_decref(a);
	json_decref(b);
}

/* All addresses and all marks have a label that is longer than a line has room for. */
static struct netlabel_set *longest_netlabels(const char *character)
{
	static char text[RECORD_MAX];
	struct flow_network all = { .family = AF_INET6 };
	struct texts *names;
	struct netlabel_set *set;
	uint32_t number;

	repeat(text, character, sizeof(text) - 1);
	cr_assert_eq(texts_open(&names), 0);
	cr_assert_eq(texts_number(names, text, strlen(text), &number), 0);
	set = netlabel_set_open(names);
	cr_assert_eq(netlabel_trie_add(&set->networks, &all, 0, number), 0);
	cr_assert_eq(netlabel_marks_add(&set->marks, 0, 0, 0, number), 0);
	return set;
}

static void close_netlabels(struct netlabel_set *set)
{
	struct texts *names = set->names;

	netlabel_set_drop(set);
	texts_close(names);
}

static void expect_short_check(struct record *r, const char *character)
{
	static char line[2 * RECORD_MAX], text[RECORD_MAX], command[RECORD_MAX];
	struct record_check c = { "warning", "accounting_of_the_kernel", text, command };
	json_t *o;

	record_begin_check(r, UINT64_MAX);
	for (int i = 0; i < 4; i++) {
		repeat(text, character, i & 1 ? RECORD_MAX - 1 : 100);
		repeat(command, character, i & 2 ? RECORD_MAX - 1 : 100);
		o = expect_line(line, record_check(r, line, &c));
		cr_expect_eq(json_is_true(json_object_get(o, "text_cut")), i & 1);
		cr_expect_eq(json_is_true(json_object_get(o, "command_cut")), (i & 2) / 2);
		cr_expect_eq(json_is_null(json_object_get(o, "command")), (i & 2) / 2);
		json_decref(o);
	}
}

static struct window_kernel longest_kernel(void)
{
#define LONGEST(name, about) .name = { .n = UINT64_MAX, .known = true },
	return (struct window_kernel){
		.asked = true, WINDOW_KERNEL_COUNTERS(LONGEST) WINDOW_KERNEL_GAUGES(LONGEST)
	};
}

static char *longest_socket(struct record *r, char *p, const char *path)
{
	struct socket_line socket = {
		.cgroup = path, .moved = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
	};
	struct socket_facts facts;

	memset(&facts, 0xff, sizeof(facts));
	facts.family = AF_INET6;
	facts.state = TCP_ESTABLISHED;
	facts.has_uid = true;
	socket.facts = &facts;
	return record_socket(r, p, &socket);
}

static void expect_short_lines(struct record *r, const char *character)
{
	static char line[2 * RECORD_MAX];
	struct flow_row row = longest_row();
	struct rule_total total = { .drops = UINT64_MAX, .drop_bytes = UINT64_MAX,
				     .unsized_drops = UINT64_MAX, .logged = UINT64_MAX };
	struct window_record w = window7(&row.sum);
	struct record_snapshot s;
	char key[1024];
	struct netlabel_set *set;
	struct labels *labels;
	json_t *o;

	cr_assert_eq(labels_open(&labels), 0);
	r->labels = labels;
	r->label_of = labels_get;
	r->spec = longest_spec();
	r->distinct = "nat-dport";
	r->values = (struct flow_distinct_count){ true, UINT64_MAX, UINT64_MAX };
	r->interim = true;
	total.number = row.key.rule = longest_label(labels, character);
	memset(&w, 0xff, sizeof(w));
	memset(&s, 0xff, sizeof(s));
	w.engine = "unknown";
	w.closed_by = CLOSED_BY_SIGNAL;
	w.status = WINDOW_PARTIAL;
	w.max_error_counter = "packets";
	repeat(key, character, sizeof(key) - 1);
	w.version = "100.100.100-with-something-more";
	w.key = key;
	w.selection = "0123456789abcdef";
	s.sha256 = s.sha256_keys = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	w.total = &row.sum;
	w.accounting = w.timestamps = SWITCH_OFF;
	s.compared = w.rotated = true;
	w.lost_events = w.lost_drops = (struct window_loss){ .n = UINT64_MAX, .known = true };
	w.clock_step_ms = INT64_MIN;
	w.kernel = longest_kernel();
	r->spooled = r->rules = r->sockets = w.flowtable_uncounted = true;
	record_begin(r, UINT64_MAX, UINT64_MAX, UINT64_MAX);
	expect_same_rule(expect_line(line, record_flow(r, line, &row)),
			 expect_line(line, record_rule(r, line, &total, NULL)));
	set = longest_netlabels(character);
	r->netlabels = set;
	o = expect_line(line, record_flow(r, line, &row));
	cr_expect(json_is_true(json_object_get(o, "src_label_cut")));
	cr_expect(json_is_true(json_object_get(o, "dst_label_cut")));
	cr_expect(json_is_true(json_object_get(o, "mark_label_cut")));
	cr_expect_geq(strlen(json_string_value(json_object_get(o, "src_label"))), 80 / 12);
	expect_same_rule(o, expect_line(line, record_rule(r, line, &total, NULL)));
	EXPECT_LINE(record_change(r, line, &row.key, &row.sum, &row.sum));
	o = expect_line(line, longest_socket(r, line, key));
	cr_expect(json_is_true(json_object_get(o, "cgroup_cut")));
	cr_expect(json_is_true(json_object_get(o, "local_label_cut")));
	cr_expect(json_is_true(json_object_get(o, "peer_label_cut")));
	json_decref(o);
	close_netlabels(set);
	r->netlabels = NULL;
	EXPECT_LINE(record_other(r, line, &row.sum, "table_full", UINT64_MAX));
	EXPECT_LINE(record_window(r, line, &w));
	EXPECT_LINE(record_live(r, line, &row));
	EXPECT_LINE(record_live_other(r, line, &row.sum, "table_full", UINT64_MAX));
	EXPECT_LINE(record_change(r, line, &row.key, &row.sum, &row.sum));
	EXPECT_LINE(record_snapshot(r, line, &w, &s));
	expect_short_check(r, character);
	labels_close(labels);
}

Test(record, no_line_is_longer_than_promised)
{
	static const char *const characters[] = {
		"\x01", "\xff", "\"", "h", "\xc2\x80", "\xf0\x90\x80\x80",
	};

	struct origin origin;
	struct record r;

	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		longest_origin(&origin, characters[i]);
		record_init(&r, &origin);
		r.aligned = true;
		expect_short_lines(&r, characters[i]);
	}
}
