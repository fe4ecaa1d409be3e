/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "sink/check_record.h"

static struct causes one_cause(const char *text)
{
	struct causes c;

	causes_init(&c, NULL);
	causes_add(&c, CHECK_INCOMPLETE, "name", "%s", text);
	causes_mend(&c, "mend %s", text);
	return c;
}

/* A writer of records, of this host; there is one. */
static struct record *writer(const char *host)
{
	static struct origin origin;
	static struct record r;

	cr_assert_eq(origin_init(&origin, host, NULL), 0);
	cr_assert_eq(origin_tag(&origin, "site", 4, "fra"), 0);
	record_init(&r, &origin);
	record_begin_check(&r, 0);
	return &r;
}

static void expect_json(const char *host, const char *text, const char *host_read, const char *text_read)
{
	struct causes c = one_cause(text);
	char *line = NULL, command[1000];
	size_t len = 0;
	FILE *out = open_memstream(&line, &len);
	json_t *o;

	cr_expect_eq(check_print(out, &c, writer(host)), 0);
	fclose(out);
	for (size_t i = 0; i + 1 < len; i++)
		cr_assert(line[i] >= 0x20 && line[i] <= 0x7e, "%s", line);
	cr_assert_eq(line[len - 1], '\n');
	o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(o, "%s", line);
	snprintf(command, sizeof(command), "mend %s", text_read);
	cr_expect_str_eq(json_string_value(json_object_get(o, "host")), host_read);
	cr_expect_str_eq(json_string_value(json_object_get(o, "text")), text_read);
	cr_expect_str_eq(json_string_value(json_object_get(o, "command")), command);
	cr_expect_str_eq(json_string_value(json_object_get(o, "type")), "check");
	cr_expect_str_eq(json_string_value(json_object_get(o, "severity")), "warning");
	cr_expect_str_eq(json_string_value(json_object_get(o, "cause")), "name");
	cr_expect_eq(json_integer_value(json_object_get(o, "schema")), 1);
	cr_expect_eq(json_string_length(json_object_get(o, "id")), 36);
	cr_expect_eq(json_string_length(json_object_get(o, "run")), 8);
	cr_expect_str_eq(json_string_value(json_object_get(o, "tag_site")), "fra");
	json_decref(o);
	free(line);
	causes_free(&c);
}

Test(print, json_of_any_bytes)
{
	expect_json("gw1", "a \"text\"", "gw1", "a \"text\"");
	expect_json("g\xc3\xa9", "\n\\", "g\xc3\xa9", "\n\\");
	expect_json("g\xffw", "\xc3(\x7f", "g\xef\xbf\xbdw", "\xef\xbf\xbd(\x7f");
	expect_json("", "\xed\xa0\x80", "", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

Test(print, what_cannot_be_written_is_an_error)
{
	struct causes c = one_cause("text");
	FILE *full = fopen("/dev/full", "w");

	cr_assert_not_null(full);
	cr_expect_neq(check_print(full, &c, writer("gw1")), 0);
	fclose(full);
	full = fopen("/dev/full", "w");
	cr_expect_neq(check_print(full, &c, NULL), 0);
	fclose(full);
	causes_free(&c);
}
