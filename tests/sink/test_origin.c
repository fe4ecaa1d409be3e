/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What records say of where they come from. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "sink/origin.h"
#include "sink/record_case.h"

/* The bytes of a text that is n times a character. */
static const char *repeat(const char *character, size_t n)
{
	static char text[4096];

	text[0] = '\0';
	while (n--)
		strcat(text, character);
	return text;
}

static json_t *line_of(const struct origin *o)
{
	struct flow_sums nothing = { 0 };
	struct record r;

	record_init(&r, o);
	record_begin(&r, START, END, END - START);
	return other_line(&r, &nothing);
}

Test(origin, a_run_has_a_name_of_its_own)
{
	struct origin a, b;
	json_t *of_a, *of_b;
	const char *run;

	cr_assert_eq(origin_init(&a, "gw1", NULL), 0);
	cr_assert_eq(origin_init(&b, "gw1", NULL), 0);
	of_a = line_of(&a);
	of_b = line_of(&b);
	run = json_string_value(json_object_get(of_a, "run"));
	cr_expect_eq(strlen(run), 8);
	cr_expect_eq(strspn(run, "abcdefghijklmnopqrstuvwxyz0123456789"), 8, "%s", run);
	cr_expect(strcmp(run, json_string_value(json_object_get(of_b, "run"))) != 0);
	json_decref(of_b);
	of_b = line_of(&a);	/* another window of the same run */
	cr_expect_str_eq(run, json_string_value(json_object_get(of_b, "run")));
	json_decref(of_a);
	json_decref(of_b);
}

/* Every character of a-z and 0-9 comes in each place: 2000 runs without one of them there are as
 * rare as 36 * 8 * (35/36)^2000, which is less than 10^-21. */
Test(origin, runs_use_all_characters)
{
	bool seen[8][256] = { { false } };
	struct origin o;
	size_t n = 0;

	for (int i = 0; i < 2000; i++) {
		const char *run;

		cr_assert_eq(origin_init(&o, "", NULL), 0);
		run = strstr(o.source, "\"run\":\"") + 7;
		for (int at = 0; at < 8; at++)
			seen[at][(unsigned char)run[at]] = true;
	}
	for (int at = 0; at < 8; at++)
		for (int c = 0; c < 256; c++)
			n += seen[at][c];
	cr_expect_eq(n, 8 * 36);
}

Test(origin, fields_stand_around_those_of_the_window)
{
	struct origin o;
	json_t *line;

	cr_assert_eq(origin_init(&o, "gw1", NULL), 0);
	origin_netns(&o, "lan");
	cr_assert_eq(origin_tag(&o, "site", 4, "fra\xc3\xa9"), 0);
	cr_assert_eq(origin_tag(&o, "0_", 2, ""), 0);
	line = line_of(&o);
	expect_fields(line, "type schema id host run netns window_ms window_start window_end tag_site"
			    " tag_0_ reason folded_flows " EVENTS " " TRAFFIC " " SEEN);
	expect_string(line, "netns", "lan");
	expect_string(line, "tag_site", "fra\xc3\xa9");
	expect_string(line, "tag_0_", "");
	json_decref(line);
}

/* As many bytes as Linux lets a host name have find room, whatever they are. */
Test(origin, a_host_has_384_bytes)
{
	struct origin o;

	cr_expect_eq(origin_init(&o, repeat("\x01", 64), NULL), 0);
	cr_expect_eq(origin_init(&o, repeat("h", 384), NULL), 0);
	cr_expect_eq(origin_init(&o, repeat("h", 385), NULL), -ENAMETOOLONG);
	cr_expect_eq(origin_init(&o, repeat("\xff", 65), NULL), -ENAMETOOLONG);
	cr_expect_eq(origin_init(&o, repeat("h", 4000), NULL), -ENAMETOOLONG);
}

Test(origin, a_long_name_of_a_namespace_is_cut)
{
	struct origin o;
	json_t *line;

	cr_assert_eq(origin_init(&o, "gw1", NULL), 0);
	origin_netns(&o, repeat("\x01", 255));
	line = line_of(&o);
	cr_expect_eq(json_string_length(json_object_get(line, "netns")), 512 / 6);
	cr_expect(json_is_true(json_object_get(line, "netns_cut")));
	json_decref(line);
}

/* ,"tag_a":"..." has 11 bytes besides the value. */
Test(origin, tags_have_512_bytes_together)
{
	static const char key[] = "a";
	struct origin o;
	json_t *line;

	cr_assert_eq(origin_init(&o, "gw1", NULL), 0);
	cr_expect_eq(origin_tag(&o, key, 1, repeat("v", 502)), -ENOSPC);
	cr_expect_eq(origin_tag(&o, key, 1, repeat("\xff", 84)), -ENOSPC);
	cr_expect_eq(origin_tag(&o, repeat("k", 600), 600, ""), -ENOSPC);
	cr_expect_eq(o.tags_len, 0);
	cr_expect_eq(origin_tag(&o, key, 1, repeat("v", 501)), 0);
	cr_expect_eq(o.tags_len, 512);
	cr_expect_eq(origin_tag(&o, "b", 1, ""), -ENOSPC);
	line = line_of(&o);
	cr_expect_eq(json_string_length(json_object_get(line, "tag_a")), 501);
	json_decref(line);
}

Test(origin, a_seed_names_the_run)
{
	static const struct seed one = { true, 1 }, two = { true, 2 };
	struct origin a, b, c;

	cr_assert_eq(origin_init(&a, "gw1", &one), 0);
	cr_assert_eq(origin_init(&b, "gw1", &one), 0);
	cr_assert_eq(origin_init(&c, "gw1", &two), 0);
	cr_expect(!memcmp(a.source, b.source, a.source_len));
	cr_expect(memcmp(a.source, c.source, a.source_len));
}
