/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "flow/window_kernel.h"
#include "sink/schema.h"

const char *const schema_records[SCHEMA_RECORDS] = {
	"flow", "other", "rule", "window", "change", "check", "event", "loss", "socket",
};

const struct schema_field *schema_fields_of(size_t i)
{
	return 1u << i & (IN_EVENT | IN_LOSS) ? schema_event_fields : schema_fields;
}

/* Every word in quotes, with commas between. */
static void print_words(FILE *out, const char *words)
{
	const char *before = "";

	for (size_t len; *words; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		fprintf(out, "%s\"%.*s\"", before, (int)len, words);
		before = ",";
	}
}

static const char *json_type(enum schema_kind kind)
{
	switch (kind) {
	case SCHEMA_COUNT:
	case SCHEMA_SIGNED:
	case SCHEMA_PORT:
		return "integer";
	case SCHEMA_TRUTH:
	case SCHEMA_TRUE:
		return "boolean";
	case SCHEMA_KERNEL:
		return "object";
	default:
		return "string";
	}
}

/* The values in the `kernel' object, of which each can be unknown. */
#define VALUE(name, about)                                                                     \
	"\"" #name "\":{\"description\":\"" about "\",\"type\":[\"integer\",\"null\"],\"minimum\":0},"
#define NAME(name, about) "\"" #name "\","

static void print_kernel(FILE *out)
{
	static const char values[] = WINDOW_KERNEL_COUNTERS(VALUE) WINDOW_KERNEL_GAUGES(VALUE);
	static const char names[] = WINDOW_KERNEL_COUNTERS(NAME) WINDOW_KERNEL_GAUGES(NAME);

	fprintf(out, ",\"properties\":{%.*s},\"required\":[%.*s]", (int)sizeof(values) - 2, values,
		(int)sizeof(names) - 2, names);
}

/* What else holds of a value of this kind. null has to pass, so words are listed with null. */
static void print_bounds(FILE *out, const struct schema_field *f)
{
	switch (f->kind) {
	case SCHEMA_COUNT:
		fputs(",\"minimum\":0", out);
		break;
	case SCHEMA_PORT:
		fputs(",\"minimum\":0,\"maximum\":65535", out);
		break;
	case SCHEMA_WORD:
		fputs(",\"enum\":[", out);
		print_words(out, f->words);
		fputs(f->null ? ",null]" : "]", out);
		break;
	case SCHEMA_TIME:
		fputs(",\"format\":\"date-time\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"
		      "[0-9]{2}:[0-9]{2}:[0-9]{2}\\\\.[0-9]{6}Z$\"", out);
		break;
	case SCHEMA_ID:
		fputs(",\"format\":\"uuid\",\"pattern\":\"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-"
		      "[89ab][0-9a-f]{3}-[0-9a-f]{12}$\"", out);
		break;
	case SCHEMA_TRUE:
		fputs(",\"const\":true", out);
		break;
	case SCHEMA_KERNEL:
		print_kernel(out);
		break;
	case SCHEMA_SIGNED:
	case SCHEMA_TEXT:
	case SCHEMA_TRUTH:
		break;
	}
}

static void print_field(FILE *out, const struct schema_field *f)
{
	fprintf(out, "        \"%s\":{\"description\":\"%s\",\"type\":", f->name, f->about);
	fprintf(out, f->null ? "[\"%s\",\"null\"]" : "\"%s\"", json_type(f->kind));
	print_bounds(out, f);
	fputs("}", out);
}

/* Records can get further fields in later versions, so fields that are not named here pass. */
static void print_record(FILE *out, size_t i)
{
	const struct schema_field *fields = schema_fields_of(i);
	unsigned int bit = 1u << i;

	fprintf(out, "    \"%s\":{\n      \"type\":\"object\",\n      \"properties\":{\n"
		     "        \"type\":{\"const\":\"%s\"},\n        \"schema\":{\"const\":1}",
		schema_records[i], schema_records[i]);
	for (const struct schema_field *f = fields; f->name; f++)
		if (f->in & bit) {
			fputs(",\n", out);
			print_field(out, f);
		}
	fputs("\n      },\n", out);
	if (fields == schema_fields)
		fputs("      \"patternProperties\":{\"^tag_[a-z0-9_]+$\":{\"type\":\"string\"}},\n", out);
	fputs("      \"required\":[\"type\",\"schema\"", out);
	for (const struct schema_field *f = fields; f->name; f++)
		if (f->always & bit)
			fprintf(out, ",\"%s\"", f->name);
	fputs("]\n    }", out);
}

void schema_print(FILE *out)
{
	fputs("{\n  \"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
	      "  \"title\":\"A line of ctagg\",\n"
	      "  \"description\":\"ctagg-record(5) says more of each field.\",\n  \"oneOf\":[\n", out);
	for (size_t i = 0; i < SCHEMA_RECORDS; i++)
		fprintf(out, "    {\"$ref\":\"#/$defs/%s\"}%s\n", schema_records[i],
			i + 1 < SCHEMA_RECORDS ? "," : "");
	fputs("  ],\n  \"$defs\":{\n", out);
	for (size_t i = 0; i < SCHEMA_RECORDS; i++) {
		print_record(out, i);
		fputs(i + 1 < SCHEMA_RECORDS ? ",\n" : "\n", out);
	}
	fputs("  }\n}\n", out);
}
