/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, numbers and times in HTML. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/html.h"
#include "report/html_case.h"

static char *written;
static size_t len;
static FILE *out;

static FILE *begin(void)
{
	free(written);
	out = open_memstream(&written, &len);
	cr_assert_not_null(out);
	return out;
}

static const char *end(void)
{
	cr_assert_eq(fclose(out), 0);
	return written;
}

#define EXPECT(expected, call)                            \
	do {                                              \
		begin();                                  \
		call;                                     \
		cr_expect_str_eq(end(), expected);        \
	} while (0)

static void text(const char *s, size_t max)
{
	html_text(out, s, strlen(s), max);
}

Test(report_html, what_means_something_in_html_is_escaped)
{
	EXPECT("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;", text("<script>alert('1')</script>", 100));
	EXPECT("&quot; onload=&quot;&amp;lt;", text("\" onload=\"&lt;", 100));
}

Test(report_html, control_characters_are_shown_as_question_marks)
{
	EXPECT("a?b?c?", text("a\x01" "b\x1b" "c\n", 100));
	EXPECT("?", text("\u202e", 100));
	EXPECT("?", text("\x80", 100));
}

Test(report_html, a_text_is_cut_behind_a_whole_character)
{
	EXPECT("abc\u2026", text("abcdef", 3));
	EXPECT("a\u2026", text("a\u00e9\u00e9", 2));
	EXPECT("a\u00e9\u2026", text("a\u00e9\u00e9", 3));
	EXPECT("a\u00e9\u00e9", text("a\u00e9\u00e9", 5));
}

Test(report_html, a_long_text_has_all_of_it_as_its_title)
{
	char long_text[1001] = { 0 };

	memset(long_text, 'x', 1000);
	begin();
	html_bdi(out, long_text, 1000);
	end();
	cr_expect_not_null(strstr(written, long_text));
	cr_expect_not_null(strstr(written, "x\u2026</bdi>"));
	EXPECT("<bdi>a</bdi>", html_bdi(out, "a", 1));
	EXPECT("<i>(empty)</i>", html_bdi(out, "", 0));
}

/* Whatever the bytes are: the text is harmless, in an element and in an attribute. */
Test(report_html, any_bytes_are_harmless)
{
	static const char pieces[][8] = { "<", ">", "\"", "'", "&", "</bdi>", "\x1b[", "\xe2\x80\xae", "\xc2", "é", " on", "-->" };
	struct random r = random_from(5);

	for (unsigned int i = 0; i < 3000; i++) {
		char bytes[400];
		size_t n = 0;

		while (n < 300 && random_below(&r, 60)) {
			const char *piece = pieces[random_below(&r, sizeof(pieces) / sizeof(pieces[0]))];

			bytes[n++] = 1 + random_below(&r, 255);
			memcpy(bytes + n, piece, strlen(piece));
			n += strlen(piece);
		}
		begin();
		fputs("<!doctype html>", out);
		html_bdi(out, bytes, n);
		end();
		cr_expect_null(html_fault(written, len), "%s", html_fault(written, len));
	}
}

Test(report_html, numbers_are_there_exactly)
{
	EXPECT("<data value=\"0\">0</data>", html_count(out, 0));
	EXPECT("<data value=\"1234567\">1,234,567</data>", html_count(out, 1234567));
	EXPECT("<data value=\"1299999\" title=\"1,299,999 bytes\">1.2\u202fMB</data>", html_bytes(out, 1299999));
	EXPECT("<data value=\"999\" title=\"999 bytes\">999\u202fB</data>", html_bytes(out, 999));
	EXPECT("<data value=\"9223372036854775807\" title=\"at least 9,223,372,036,854,775,807\">"
	       "\u2265\u202f9,223,372,036,854,775,807</data>", html_count(out, INT64_MAX));
	EXPECT("<data value=\"5\" title=\"at least 5\">\u2265\u202f5</data>",
	       html_value(out, (struct report_value){ 5, true, true }, false));
	EXPECT("<data value=\"9999999\">9,999,999</data>", html_short(out, (struct report_value){ 9999999, true, false }, false));
	EXPECT("<data value=\"12345678\" title=\"12,345,678\">12.3\u202fM</data>",
	       html_short(out, (struct report_value){ 12345678, true, false }, false));
	EXPECT("<span title=\"no record has the number\">\u2013</span>",
	       html_value(out, (struct report_value){ 0, false, true }, true));
}

static void rate(double r, const char *suffix)
{
	char to[48];

	html_rate(to, sizeof(to), r, suffix);
	fputs(to, out);
}

Test(report_html, rates_are_short)
{
	EXPECT("0\u202fB/s", rate(0, "B/s"));
	EXPECT("0.05", rate(0.05, ""));
	EXPECT("12\u202fB/s", rate(12.3, "B/s"));
	EXPECT("1.5\u202fkB/s", rate(1500, "B/s"));
	EXPECT("2.0\u202fM", rate(2e6, ""));
	EXPECT("9.2\u202fE", rate(1e300, ""));
}

Test(report_html, lengths_of_time_have_two_units)
{
	const uint64_t s = 1000000000;

	EXPECT("0\u202fs", html_length(out, 0));
	EXPECT("0.25\u202fs", html_length(out, s / 4));
	EXPECT("59\u202fs", html_length(out, 59 * s));
	EXPECT("1\u202fmin", html_length(out, 60 * s));
	EXPECT("1\u202fh 8\u202fmin", html_length(out, 4080 * s));
	EXPECT("1\u202fd", html_length(out, 86400 * s + 59 * s));
	EXPECT("400\u202fd 1\u202fh", html_length(out, (400 * 86400 + 3600) * s));
}

Test(report_html, times_are_exact_in_the_attribute)
{
	EXPECT("<time datetime=\"2026-11-21T01:02:03.000004Z\">2026-11-21 01:02:03</time>",
	       html_time(out, 1795222923000004000));
}

static const char *percent(uint64_t part, uint64_t whole)
{
	begin();
	html_share(out, part, whole);
	end();
	return strstr(written, "\"percent\">") ? strstr(written, "\"percent\">") + 10 : "";
}

Test(report_html, a_share_is_never_rounded_up)
{
	cr_expect_str_eq(percent(0, 0), "");
	cr_expect_str_eq(percent(0, 5), "0.0\u202f%</span>");
	cr_expect_str_eq(percent(1, 3), "33.3\u202f%</span>");
	cr_expect_str_eq(percent(2, 3), "66.6\u202f%</span>");
	cr_expect_str_eq(percent(99999, 100000), "99.9\u202f%</span>");
	cr_expect_str_eq(percent(5, 5), "100.0\u202f%</span>");
	cr_expect_str_eq(percent(1, 100000), "&lt;\u202f0.1\u202f%</span>");
}
