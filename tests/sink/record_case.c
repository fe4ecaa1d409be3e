/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "sink/record_case.h"
#include "sink/schema.h"

struct record *record_writer(const char *host)
{
	static struct origin origin;
	static struct record r;

	cr_assert_eq(origin_init(&origin, host, NULL), 0);
	record_init(&r, &origin);
	r.aligned = true;
	record_begin(&r, START, END, END - START);
	return &r;
}

/* Whether a value is one that the schema has for the field. */
static bool is_kind(const json_t *value, const struct schema_field *f)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
		return f->null;
	case JSON_INTEGER:
		return f->kind == SCHEMA_COUNT || f->kind == SCHEMA_SIGNED || f->kind == SCHEMA_PORT;
	case JSON_TRUE:
	case JSON_FALSE:
		return f->kind == SCHEMA_TRUTH || (f->kind == SCHEMA_TRUE && json_is_true(value));
	case JSON_STRING:
		return f->kind == SCHEMA_TEXT || f->kind == SCHEMA_TIME || f->kind == SCHEMA_ID ||
		       (f->kind == SCHEMA_WORD && strstr(f->words, json_string_value(value)));
	case JSON_OBJECT:
		return f->kind == SCHEMA_KERNEL;
	default:
		return false;
	}
}

/* The bit of the record's type in the sets of the schema; 0: no such type. */
static unsigned int schema_bit(const char *type)
{
	for (size_t i = 0; i < SCHEMA_RECORDS; i++)
		if (!strcmp(schema_records[i], type))
			return 1u << i;
	return 0;
}

/* How many fields have no row in the schema: type, schema, and tags, which are texts. */
static size_t without_row(const json_t *object)
{
	const char *key;
	json_t *value;
	size_t n = 2;

	json_object_foreach((json_t *)object, key, value)
		n += !strncmp(key, "tag_", 4) && json_is_string(value);
	return n;
}

static void expect_schema(const json_t *object)
{
	unsigned int bit = schema_bit(json_string_value(json_object_get(object, "type")));
	size_t named = without_row(object);

	cr_assert(bit);
	for (const struct schema_field *f = schema_fields; f->name; f++) {
		const json_t *value = json_object_get(object, f->name);

		named += value != NULL;
		cr_expect(value || !(f->always & bit), "%s is missing", f->name);
		cr_expect(!value || (f->in & bit && is_kind(value, f)), "%s is not as the schema has it",
			  f->name);
	}
	cr_expect_eq(named, json_object_size(object), "a field that the schema does not have");
}

json_t *parse_line(const char *line, const char *end)
{
	json_error_t error;
	json_t *object;

	cr_assert_leq(end - line, RECORD_MAX);
	cr_assert_eq(end[-1], '\n');
	for (const char *p = line; p < end - 1; p++)
		cr_assert(*p >= 0x20 && *p <= 0x7e);
	object = json_loadb(line, end - line, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(object, "%s: %.*s", error.text, (int)(end - line), line);
	expect_schema(object);
	return object;
}

json_t *flow_line(struct record *r, const struct flow_row *row)
{
	char line[RECORD_MAX];

	return parse_line(line, record_flow(r, line, row));
}

json_t *other_line(struct record *r, const struct flow_sums *sum)
{
	char line[RECORD_MAX];

	return parse_line(line, record_other(r, line, sum, "table_full", 42));
}

json_t *window_line(struct record *r, const struct window_record *w)
{
	char line[RECORD_MAX];

	return parse_line(line, record_window(r, line, w));
}

void expect_fields(const json_t *object, const char *fields)
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

void expect_string(const json_t *object, const char *key, const char *expected)
{
	const char *value = json_string_value(json_object_get(object, key));

	cr_assert_not_null(value, "%s is no string", key);
	cr_expect_str_eq(value, expected, "%s is %s", key, value);
}

void expect_number(const json_t *object, const char *key, long long expected)
{
	const json_t *value = json_object_get(object, key);

	cr_assert(json_is_integer(value), "%s is no integer", key);
	cr_expect_eq(json_integer_value(value), expected, "%s is %lld", key,
		     (long long)json_integer_value(value));
}

void expect_null(const json_t *object, const char *key)
{
	cr_expect(json_is_null(json_object_get(object, key)), "%s", key);
}

struct flow_row row4(__u8 l4)
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

struct flow_row tcp4(void)
{
	struct flow_row row = row4(IPPROTO_TCP);

	row.key.has_ports = 1;
	row.key.dport = htons(443);
	return row;
}

struct window_record window7(const struct flow_sums *total)
{
	return (struct window_record){
		.seq = 7, .closed_by = CLOSED_BY_TIMER, .status = WINDOW_OK, .engine = "hash", .records = 812,
		.total = total, .lost_events = { .n = 1, .known = true }, .lost_drops = { .n = 2, .known = true }, .kernel_events = 3,
		.passed_events = 4, .table_rows = 10, .table_capacity = 11, .undecoded_events = 5, .foreign_messages = 6, .reopens = 8,
		.write_errors = 9, .max_error = 12, .injected_starts = 13, .clash_ends = 14, .max_error_counter = "bytes", .accounting = SWITCH_ON, .timestamps = SWITCH_OFF,
		.version = "1.0.0", .key = "src,dst", .selection = "e3b0c44298fc1c14",
	};
}
