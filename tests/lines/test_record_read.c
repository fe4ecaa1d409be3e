/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "lines/record_read.h"
#include "sink/schema.h"
#include "view/written.h"

TestSuite(record_read, .timeout = 60);

static const char *const names[] = {
#define NAME(name, type) #name,
	RECORD_FIELDS(NAME)
};

static struct record_line line;

static int read_text(const char *text, size_t len, const char **why)
{
	static bool ready;

	if (!ready)
		record_line_init(&line);
	ready = true;
	*why = NULL;
	return record_read(&line, text, len, why);
}

static void must_read(const char *text)
{
	const char *why;

	cr_assert_eq(read_text(text, strlen(text), &why), 0, "%s: %s", text, why);
}

static void must_refuse(const char *text)
{
	const char *why;

	cr_expect_eq(read_text(text, strlen(text), &why), -EBADMSG, "%s", text);
	cr_expect_not_null(why, "%s", text);
}

/* --- beside jansson --------------------------------------------------------------------------- */

/* Whether there is a value of the field. */
static const json_t *value_of(const json_t *object, unsigned int field, bool *is_null)
{
	const json_t *kernel = json_object_get(object, "kernel"), *value;

	value = field < RECORD_kernel_drop ? json_object_get(object, names[field]) :
		json_is_null(kernel) ? kernel : json_object_get(kernel, names[field] + strlen("kernel_"));
	*is_null = json_is_null(value);
	return *is_null ? NULL : value;
}

static void expect_same_value(const struct flat_field *ours, const json_t *theirs, const char *name)
{
	char text[4096];
	size_t len;

	switch (ours->type) {
	case FLAT_STRING:
		cr_assert(flat_copy(&ours->text, text, sizeof(text), &len));
		cr_expect_eq(len, json_string_length(theirs), "%s", name);
		cr_expect(!memcmp(text, json_string_value(theirs), len), "%s", name);
		break;
	case FLAT_COUNT:
		cr_expect_eq(ours->count, (uint64_t)json_integer_value(theirs), "%s", name);
		break;
	case FLAT_TRUTH:
		cr_expect_eq(ours->truth, json_is_true(theirs), "%s", name);
		break;
	case FLAT_NUMBER:
		cr_expect_eq(strtoll(ours->text.p, NULL, 10), json_integer_value(theirs), "%s", name);
		break;
	default:
		cr_expect(false, "%s has type %d", name, ours->type);
	}
}

/* Read a line, and compare all fields with those of jansson. */
static void expect_same_line(const char *text, size_t len, uint64_t met[2])
{
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *theirs;
	const char *why;
	bool null;

	cr_assert_not_null(object);
	cr_assert_eq(read_text(text, len, &why), 0, "%s: %.*s", why, (int)len, text);
	for (unsigned int i = 0; i < RECORD_N_FIELDS; i++) {
		theirs = value_of(object, i, &null);
		cr_expect_eq(record_has(&line, i), theirs != NULL, "%s", names[i]);
		cr_expect_eq(record_is_null(&line, i), null, "%s", names[i]);
		if (record_has(&line, i))
			expect_same_value(&line.of[i], theirs, names[i]);
		met[i / 64] |= (uint64_t)record_has(&line, i) << i % 64;
	}
	json_decref(object);
}

static void expect_same_lines(const struct written *w, uint64_t met[2])
{
	const char *p = w->text, *newline;

	for (; p < w->text + w->len; p = newline + 1) {
		newline = strchr(p, '\n');
		expect_same_line(p, newline - p, met);
	}
}

Test(record_read, every_field_that_ctagg_writes_is_read)
{
	static struct written w;
	uint64_t met[2] = { 0 };

	written_begin(&w, "gw1 \xc3\xa9");
	written_records(&w);
	written_end(&w, 1, 10);
	written_end(&w, 2, 10);
	written_end(&w, 3, 10);
	written_snapshot(&w);
	written_events(&w);
	expect_same_lines(&w, met);
	for (unsigned int i = 0; i < RECORD_N_FIELDS; i++)
		cr_expect(met[i / 64] >> i % 64 & 1, "ctagg writes no %s", names[i]);
}

/* Fields of flow, other, rule and window records that ctagg-view does not show. */
static const char unshown[] =
	" id netns_cut src_label_cut dst_label_cut mark_label_cut log_prefix_cut rule_cut rule_comment_cut reset"
	" uncounted_live first_seen last_seen lost_events_max unwatched_netns truncated_drops rotate_us drain_us injected_starts clash_ends unselected_events"
	" foreign_messages reopens write_errors timestamps version key_cut selection kernel"
	" duplicates offloaded appeared changed unprinted_changes unchanged sha256 sha256_keys ";

static bool is_read(const char *name)
{
	for (unsigned int i = 0; i < RECORD_kernel_drop; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Whoever adds a field decides whether ctagg-view reads it. */
Test(record_read, every_field_of_the_schema_is_read_or_known_not_to_be)
{
	char word[64];

	for (const struct schema_field *f = schema_fields; f->name; f++) {
		if (!(f->in & (IN_FLOW | IN_OTHER | IN_RULE | IN_WINDOW)) || !strncmp(f->name, "distinct_", 9))
			continue;
		snprintf(word, sizeof(word), " %s ", f->name);
		cr_expect_neq(is_read(f->name), strstr(unshown, word) != NULL, "%s", f->name);
	}
}

/* --- by hand ---------------------------------------------------------------------------------- */

Test(record_read, fields_come_in_any_order)
{
	for (int i = 0; i < 3; i++) {
		must_read("{\"ends\":2,\"starts\":1,\"unknown\":\"x\",\"type\":\"flow\"}");
		cr_expect_eq(line.type, RECORD_FLOW);
		cr_expect_eq(record_count(&line, RECORD_starts), 1);
		cr_expect_eq(record_count(&line, RECORD_ends), 2);
		must_read("{\"type\":\"other\",\"starts\":3,\"ends\":null}");
		cr_expect_eq(line.type, RECORD_OTHER);
		cr_expect_eq(record_count(&line, RECORD_starts), 3);
		cr_expect(record_is_null(&line, RECORD_ends));
		cr_expect_not(record_has(&line, RECORD_ends));
		cr_expect_eq(record_count(&line, RECORD_ends), 0);
	}
}

Test(record_read, a_type_is_known_by_its_word)
{
	static const char *const words[] = {
		[RECORD_FLOW] = "flow", [RECORD_OTHER] = "other", [RECORD_WINDOW] = "window", [RECORD_RULE] = "rule",
		[RECORD_SOCKET] = "socket", [RECORD_CHANGE] = "change", [RECORD_EVENT] = "event", [RECORD_LOSS] = "loss",
		[RECORD_CHECK] = "check", "flo", "", "flows",
	};
	char text[64];

	for (unsigned int i = RECORD_FLOW; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(text, sizeof(text), "{\"type\":\"%s\"}", words[i]);
		must_read(text);
		cr_expect_eq(line.type, i <= RECORD_CHECK ? i : RECORD_UNKNOWN, "%s", words[i]);
	}
	must_read("{\"type\":\"fl\\u006fw\"}");
	cr_expect_eq(line.type, RECORD_FLOW);
}

Test(record_read, what_is_no_record_is_refused)
{
	static const char *const lines[] = {
		"", "{}", "[]", "{\"type\":null}", "{\"type\":1}", "{\"starts\":1}", "{\"type\":\"flow\",\"starts\":\"1\"}",
		"{\"type\":\"flow\",\"starts\":1.5}", "{\"type\":\"flow\",\"starts\":-1}", "{\"type\":\"flow\",\"starts\":true}",
		"{\"type\":\"flow\",\"host\":1}", "{\"type\":\"flow\",\"starts\":9223372036854775808}", "{\"type\":\"flow\"",
		"{\"type\":\"flow\",\"starts\":1,\"starts\":1}", "{\"type\":\"window\",\"kernel\":1}",
		"{\"type\":\"window\",\"kernel\":{\"drop\":{}}}", "{\"type\":\"window\",\"kernel\":{\"drop\":\"1\"}}",
		"{\"type\":\"window\",\"kernel\":{\"drop\":1,\"drop\":2}}", "{\"type\":\"window\",\"kernel\":{\"drop\":1}",
		"{\"type\":\"window\",\"kernels\":{\"drop\":1}}", "{\"type\":\"window\",\"kernel\":[]}",
		"{\"type\":\"window\",\"kernel\":{},\"kernel\":{}}", "{\"type\":\"window\",\"clock_step_ms\":\"1\"}",
		"{\"type\":\"flow\"} {\"type\":\"flow\"}", "{\"type\":\"flow\",\"host\":\"\xff\"}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		must_refuse(lines[i]);
	must_read("{\"type\":\"flow\",\"starts\":9223372036854775807}\r");
	cr_expect_eq(record_count(&line, RECORD_starts), INT64_MAX);
}

Test(record_read, fields_of_the_kernel_object_are_not_those_around_it)
{
	must_read("{\"type\":\"window\",\"drop\":1,\"starts\":5,\"kernel_drop\":2,\"kernel\":{\"drop\":3,\"starts\":4,\"max\":null,\"new\":\"x\"},"
		  "\"ends\":6}");
	cr_expect_eq(record_count(&line, RECORD_kernel_drop), 3);
	cr_expect_eq(record_count(&line, RECORD_starts), 5);
	cr_expect_eq(record_count(&line, RECORD_ends), 6);
	cr_expect(record_is_null(&line, RECORD_kernel_max));
	cr_expect_not(record_has(&line, RECORD_kernel_entries));
	cr_expect_not(record_is_null(&line, RECORD_kernel_entries));
}

Test(record_read, all_of_kernel_can_be_unknown)
{
	must_read("{\"type\":\"window\",\"kernel\":null}");
	for (unsigned int i = RECORD_kernel_drop; i < RECORD_N_FIELDS; i++) {
		cr_expect(record_is_null(&line, i), "%s", names[i]);
		cr_expect_not(record_has(&line, i), "%s", names[i]);
	}
	must_read("{\"type\":\"window\",\"kernel\":{}}");
	cr_expect_not(record_is_null(&line, RECORD_kernel_drop));
}

Test(record_read, a_step_of_the_clock_can_go_either_way)
{
	must_read("{\"type\":\"window\",\"clock_step_ms\":-2500,\"ends\":1}");
	cr_expect_eq(line.of[RECORD_clock_step_ms].type, FLAT_NUMBER);
	cr_expect_eq(line.of[RECORD_clock_step_ms].text.len, 5);
	cr_expect(!memcmp(line.of[RECORD_clock_step_ms].text.p, "-2500", 5));
	must_read("{\"type\":\"window\",\"clock_step_ms\":2500}");
	cr_expect_eq(line.of[RECORD_clock_step_ms].count, 2500);
}
