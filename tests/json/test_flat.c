/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/agree.h"
#include "json/flat.h"
#include "random.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* Read from memory that ends where the line ends, so that a sanitizer sees each byte read beyond. */
static void expect_agree(const char *line, size_t len, bool wanted)
{
	char *exact = malloc(len ? len : 1);
	bool taken;

	memcpy(exact, line, len);
	cr_expect(json_agree(exact, len, &taken), "the two readers differ on %s", line);
	cr_expect_eq(taken, wanted, "%s", line);
	free(exact);
}

Test(flat, what_is_well_formed_is_taken)
{
	static const char *const lines[] = {
		"{}", " \t\r\n{ } ", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : \"\" }\r", "{\"\":null}",
		"{\"a\":0,\"b\":-0,\"c\":-1,\"d\":0.5,\"e\":1e3,\"f\":1E+3,\"g\":-1.25e-3,\"h\":1e-400}",
		"{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
		"{\"a\":true,\"b\":false,\"c\":null}",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"}",
		"{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"}",
		"{\"\\u0061\":1,\"b\":2}", "{\"abcdefgh\":1,\"abcdefgi\":2,\"abcdefghi\":3,\"\":4}",
		"{\"aaaaaaaa1bbbbbbbb\":1,\"aaaaaaaa2bbbbbbbb\":2}",
	};

	for (size_t i = 0; i < N(lines); i++)
		expect_agree(lines[i], strlen(lines[i]), true);
}

Test(flat, what_is_malformed_is_refused)
{
	static const char *const lines[] = {
		"", " ", "{", "}", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
		"{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1};", "{\"a\":1}{}", "{}}", "{a:1}", "{'a':1}",
		"{\"a\":01}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1.e3}", "{\"a\":1e}",
		"{\"a\":1e+}", "{\"a\":0x10}", "{\"a\":1_000}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-01}",
		"{\"a\":9223372036854775808}", "{\"a\":18446744073709551616}", "{\"a\":99999999999999999999}",
		"{\"a\":-9223372036854775809}", "{\"a\":1e400}", "{\"a\":-1e400}", "{\"a\":-1", "{\"a\":1.5",
		"{\"a\":True}", "{\"a\":truex}", "{\"a\":nul}", "{\"a\":tru", "{\"a\":}",
		"{\"a\":\"\\x\"}", "{\"a\":\"\\", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u0000\"}",
		"{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\n\"}", "{\"a\":\"\\ud800\\ud800\"}", "{\"a\":\"\\udc00\"}",
		"{\"a\":\"\\ud83d\\u", "{\"\\u0000\":1}", "{\"a\":\"\t\"}", "{\"a\":\"\x1f\"}",
		"{\"a\":\"\x80\"}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xf4\x90\x80\x80\"}",
		"{\"a\":\"\xc3", "{\"\xff\":1}", "\xef\xbb\xbf{}", "\xa0{}", "\f{}",
		"{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\":1,\"a\":2}",
		"{\"\xc3\xa9\":1,\"\\u00e9\":2}", "{\"\":1,\"\":2}", "{\"abcdefghij\":1,\"abcdefghij\":2}",
	};

	for (size_t i = 0; i < N(lines); i++)
		expect_agree(lines[i], strlen(lines[i]), false);
	expect_agree("{\"a\":\"\0\"}", 9, false);
	expect_agree("{}\0", 3, false);
	expect_agree("{\"a\":1\0}", 8, false);
}

/* The lines that jansson takes. */
Test(flat, nesting_and_arrays_are_refused)
{
	static const char *const lines[] = {
		"[]", "[1]", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":1,\"b\":{\"c\":1}}",
	};

	for (size_t i = 0; i < N(lines); i++)
		expect_agree(lines[i], strlen(lines[i]), false);
}

/* Strings are searched eight bytes at a time: a byte that is not plain is found wherever it stands. */
Test(flat, a_byte_that_is_not_plain_is_found_at_each_place)
{
	static const char *const odd[] = { "\"", "\\", "\\n", "\x1f", "\x80", "\xc3\xa9", "\x7f", "\xff", "!", " " };
	char line[64];

	for (size_t before = 0; before < 20; before++)
		for (size_t behind = 0; behind < 10; behind++)
			for (size_t i = 0; i < N(odd); i++) {
				int len = snprintf(line, sizeof(line), "{\"b\":\"%.*s%s%.*s\"}", (int)before,
						   "abcdefghijklmnopqrst", odd[i], (int)behind, "abcdefghij");
				bool taken;

				cr_expect(json_agree(line, len, &taken), "the two readers differ on %s", line);
				cr_expect_eq(taken, strspn(odd[i], "\\n\xc3\xa9\x7f! ") == strlen(odd[i]) && strcmp(odd[i], "\\"),
					     "%s", line);
			}
}

static size_t many_fields(char *line, unsigned int n)
{
	size_t len = sprintf(line, "{");

	for (unsigned int i = 0; i < n; i++)
		len += sprintf(line + len, "%s\"field %u\":%u", i ? "," : "", i, i);
	return len + sprintf(line + len, "}");
}

Test(flat, there_is_room_for_so_many_fields)
{
	char line[FLAT_MAX_FIELDS * 32];

	expect_agree(line, many_fields(line, FLAT_MAX_FIELDS), true);
	expect_agree(line, many_fields(line, FLAT_MAX_FIELDS + 1), false);
}

/* Read a line and say the numbers of its names; -2 behind the last one, -3 where the line is malformed. */
static void expect_numbers(struct flat_names *names, const char *line, const int *numbers)
{
	const struct flat_field *field;
	struct flat flat;
	int more;

	flat_begin(&flat, names, NULL, line, strlen(line));
	flat_allow(&flat, "o");
	while ((more = flat_next(&flat, &field)) > 0)
		cr_assert_eq(field->number, *numbers++, "%s", line);
	cr_expect_eq(*numbers, more ? -3 : -2, "%s", line);
}

Test(flat, names_have_the_numbers_of_the_reader_in_any_order)
{
	static struct flat_names known;

	flat_names_init(&known);
	cr_assert(flat_names_add(&known, "a", false, 0));
	cr_assert(flat_names_add(&known, "long name 1", false, 1));
	cr_assert(flat_names_add(&known, "a", true, 2));
	for (int i = 0; i < 3; i++) {
		expect_numbers(&known, "{\"a\":1,\"long name 1\":2}", (int[]){ 0, 1, -2 });
		expect_numbers(&known, "{\"long name 1\":2,\"a\":1}", (int[]){ 1, 0, -2 });
		expect_numbers(&known, "{\"x\":0,\"a\":1,\"long name 2\":2}", (int[]){ -1, 0, -1, -2 });
		expect_numbers(&known, "{\"\\u0061\":0,\"long\\u0020name 1\":2}", (int[]){ 0, 1, -2 });
		expect_numbers(&known, "{\"a\" :0,\"o\":{\"a\":1,\"x\":2},\"x\":3}", (int[]){ 0, 2, -1, -1, -2 });
		expect_numbers(&known, "{\"o\":{\"a\":1},\"a\":1,\"\\u0061\":3}", (int[]){ 2, 0, -3 });
		expect_numbers(&known, "{\"a\":1,\"a\":1}", (int[]){ 0, -3 });
		expect_numbers(&known, "{\"long name 1\":2,\"a\":1}", (int[]){ 1, 0, -2 });
		expect_numbers(&known, "{\"a\":1,\"long name 1\":2,\"a\":3}", (int[]){ 0, 1, -3 });
		expect_numbers(&known, "{\"x\":1,\"o\":{\"x\":1,\"x\":2}}", (int[]){ -1, -1, -3 });
	}
}

/* A line that has this name twice, and one that has it once. */
static void expect_found_twice(struct flat_names *names, const char *name)
{
	char line[512];

	snprintf(line, sizeof(line), "{\"%s\":1,\"other\":2}", name);
	expect_numbers(names, line, (int[]){ -1, -1, -2 });
	snprintf(line, sizeof(line), "{\"%s\":1,\"other\":2,\"%s\":2}", name, name);
	expect_numbers(names, line, (int[]){ -1, -1, -3 });
}

Test(flat, a_name_with_escapes_is_the_name_without_however_long)
{
	char line[512];
	bool taken;

	for (int len = 1; len < 100; len++) {
		snprintf(line, sizeof(line), "{\"%0*d\":1,\"\\u0030%0*d\":2}", len + 1, 0, len, 0);
		cr_expect(json_agree(line, strlen(line), &taken), "%s", line);
		cr_expect_not(taken, "%s", line);
	}
}

/* Names of up to so many bytes, more than are remembered. */
static void expect_many_names(struct flat_names *names, int longest)
{
	char name[160];

	flat_names_init(names);
	cr_assert(flat_names_add(names, "a", false, 7));
	for (int i = 0; i < 2 * FLAT_MAX_NAMES; i++) {
		snprintf(name, sizeof(name), "%d %0*d", i, i % longest, 0);
		expect_found_twice(names, name);
	}
	cr_expect_not(flat_names_add(names, "a name of forty-one bytes, which is so long", false, 8));
	expect_numbers(names, "{\"0 \":1,\"a\":1,\"z\":1}", (int[]){ -1, 7, -1, -2 });
}

Test(flat, more_names_than_are_remembered_are_told_apart_all_the_same)
{
	static struct flat_names known;

	expect_many_names(&known, 10);
	cr_expect_eq(known.n, FLAT_MAX_NAMES);
	expect_many_names(&known, 80);
	cr_expect_lt(known.n, FLAT_MAX_NAMES, "there was no room for their bytes");
}

Test(flat, a_text_is_copied_whole_or_not_at_all)
{
	const struct flat_text plain = { "abc", 3, false }, escaped = { "a\\u20ac", 7, true };
	char to[8];
	size_t len;

	cr_expect(flat_copy(&plain, to, 3, &len));
	cr_expect_eq(len, 3);
	cr_expect_not(flat_copy(&plain, to, 2, &len));
	cr_expect(flat_copy(&escaped, to, 4, &len));
	cr_expect_eq(len, 4);
	cr_expect_arr_eq(to, "a\xe2\x82\xac", 4);
	cr_expect_not(flat_copy(&escaped, to, 3, &len));
	cr_expect(flat_is(&escaped, "a\xe2\x82\xac", 4));
	cr_expect_not(flat_is(&escaped, "a\xe2\x82\xac" "b", 5));
	cr_expect_not(flat_is(&plain, "ab", 2));
}

/* Names and values that a line is put together from; some are malformed. */
static const char *const names[] = {
	"\"a\"", "\"b\"", "\"c\"", "\"\"", "\"\\u0061\"", "\"long name 1\"", "\"long name 2\"", "\"\xc3\xa9\"",
	"\"\\u00e9\"", "\"eight by\"", "a",
};
static const char *const values[] = {
	"0", "-0", "17", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0.5", "-1e9", "1E-400",
	"1e400", "01", "true", "false", "null", "nul", "\"\"", "\"text\"", "\"\\n\\u20ac\\ud83d\\ude00\"", "\"\\ud83d\"",
	"\"\xf0\x9f\x98\x80\"", "\"\xe2\x82\"", "\"\x01\"", "\"\x7f\"", "{}", "[1]",
	"{\"a\":1,\"c\":null}", "{\"a\":1,\"a\":2}", "{\"b\":{}}", "{\"\\u0061\":\"a\", \"\":-1}",
};
static const char *const betweens[] = { ",", ", ", " ,\t", "", ":", "}" };

static size_t put(char *line, size_t len, const char *text)
{
	memcpy(line + len, text, strlen(text));
	return len + strlen(text);
}

/* Mostly the first one. */
static const char *pick_between(struct random *r)
{
	return betweens[random_below(r, 4) ? 0 : random_below(r, N(betweens))];
}

static size_t random_line(struct random *r, char *line)
{
	unsigned int n = random_below(r, 5);
	size_t len = put(line, 0, "{");

	for (unsigned int i = 0; i < n; i++) {
		if (i)
			len = put(line, len, pick_between(r));
		len = put(line, len, names[random_below(r, N(names))]);
		len = put(line, len, random_below(r, 40) ? ":" : " ");
		len = put(line, len, values[random_below(r, N(values))]);
	}
	len = put(line, len, "}");
	if (!random_below(r, 3))	/* a bit is turned over */
		line[random_below(r, len)] ^= 1 << random_below(r, 8);
	return random_below(r, 5) ? len : random_below(r, len);	/* torn */
}

Test(flat, agrees_with_jansson_on_random_lines)
{
	struct random r = random_from(41);
	char line[256];
	size_t n_taken = 0;
	bool taken;

	for (int i = 0; i < 300000; i++) {
		size_t len = random_line(&r, line);

		cr_assert(json_agree(line, len, &taken), "the two readers differ on %.*s", (int)len, line);
		n_taken += taken;
	}
	cr_expect_gt(n_taken, 10000, "lines that are taken are tested, too");
}
