/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/key.h"
#include "flow/window_record.h"
#include "sink/schema.h"

/* tests/sink/record_case.c holds every line of the sink's tests against the rows, and tests/e2e
 * every line of the program against what is printed here. */

static json_t *printed(void)
{
	json_error_t error;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	json_t *schema;

	cr_assert_not_null(out);
	schema_print(out);
	cr_assert_eq(fclose(out), 0);
	schema = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(schema, "%s, line %d", error.text, error.line);
	free(text);
	return schema;
}

/* What the schema says of the fields of one type of record. */
static json_t *properties(json_t *schema, const char *record)
{
	json_t *defs = json_object_get(schema, "$defs");

	return json_object_get(json_object_get(defs, record), "properties");
}

Test(schema, is_json_with_every_field_of_every_record)
{
	json_t *schema = printed();

	for (size_t i = 0; i < SCHEMA_RECORDS; i++) {
		size_t fields = 0;

		for (const struct schema_field *f = schema_fields_of(i); f->name; f++) {
			bool has = f->in & 1u << i;

			fields += has;
			cr_expect_eq(json_object_get(properties(schema, schema_records[i]), f->name) != NULL,
				     has, "%s of %s", f->name, schema_records[i]);
		}
		cr_expect_eq(json_object_size(properties(schema, schema_records[i])), fields + 2,
			     "%s", schema_records[i]);
	}
	json_decref(schema);
}

static const struct schema_field *row_named(const struct schema_field *f, const char *name)
{
	while (f->name && strcmp(f->name, name) != 0)
		f++;
	return f;
}

static void make_sense(const struct schema_field *fields)
{
	for (const struct schema_field *f = fields; f->name; f++) {
		cr_expect(f->in, "%s is in no record", f->name);
		cr_expect_not(f->always & ~f->in, "%s is always where it never is", f->name);
		cr_expect_eq(f->words != NULL, f->kind == SCHEMA_WORD, "words of %s", f->name);
		cr_expect_null(strpbrk(f->about, "\"\\"), "%s", f->name);
		cr_expect_eq(row_named(fields, f->name), f, "%s has two rows", f->name);
	}
}
Test(schema, a_row_makes_sense) { make_sense(schema_fields); }
Test(schema, a_row_of_events_makes_sense) { make_sense(schema_event_fields); }

/* Of the only field with parts, the parts have types of their own. */
Test(schema, the_kernels_values_are_named)
{
	json_t *schema = printed(), *kernel = json_object_get(properties(schema, "window"), "kernel");
	json_t *values = json_object_get(kernel, "properties");
	size_t n = 0;

#define EXPECT_VALUE(name, about)                                                              \
	n++;                                                                                   \
	cr_expect_not_null(json_object_get(values, #name), "%s", #name);
	WINDOW_KERNEL_COUNTERS(EXPECT_VALUE)
	WINDOW_KERNEL_GAUGES(EXPECT_VALUE)
	cr_expect_eq(json_object_size(values), n);
	cr_expect_eq(json_array_size(json_object_get(kernel, "required")), n);
	json_decref(schema);
}

Test(schema, has_every_field_of_the_window_record)
{
#define EXPECT(kind, name, merge, when)                                                        \
	cr_expect(!strcmp(#kind, "sums") || row_named(schema_fields, #name)->in & IN_WINDOW, "%s", #name);
	WINDOW_RECORD(EXPECT)
}

/* --distinct counts the values of any field of a key. */
Test(schema, has_the_values_of_every_field)
{
	for (const struct flow_key_field *f = flow_key_fields; f->name; f++) {
		char name[64], error[72];

		snprintf(name, sizeof(name), "distinct_%s", f->name);
		for (char *at = name; (at = strchr(at, '-'));)
			*at = '_';
		snprintf(error, sizeof(error), "%s_error", name);
		cr_expect(row_named(schema_fields, name)->in & IN_WINDOW, "%s", name);
		cr_expect(row_named(schema_fields, error)->in & IN_WINDOW, "%s", error);
	}
}
