/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition.h"

/* The text format of Prometheus, character by character. promtool reads it in
 * tests/e2e/metrics.sh. */

static char *text;
static size_t len;

static struct exposition begin(const char *labels)
{
	struct exposition x = { open_memstream(&text, &len), labels };

	cr_assert_not_null(x.out);
	return x;
}

static void is(struct exposition *x, const char *expected)
{
	cr_assert_eq(fclose(x->out), 0);
	cr_expect_str_eq(text, expected);
	free(text);
}

Test(exposition, a_family_says_its_help_and_its_type_before_its_samples)
{
	struct exposition x = begin(NULL);

	exposition_one(&x, "a_total", EXPOSITION_COUNTER, "What it is.", 7);
	exposition_family(&x, "b", EXPOSITION_GAUGE, "Else.");
	exposition_number(&x, "b", "direction=\"orig\"", 1);
	exposition_number(&x, "b", "direction=\"reply\"", 2);
	is(&x, "# HELP a_total What it is.\n# TYPE a_total counter\na_total 7\n"
	       "# HELP b Else.\n# TYPE b gauge\nb{direction=\"orig\"} 1\nb{direction=\"reply\"} 2\n");
}

Test(exposition, integers_are_written_in_full_and_seconds_to_the_microsecond)
{
	struct exposition x = begin(NULL);

	exposition_number(&x, "n", NULL, UINT64_MAX);
	exposition_seconds(&x, "s", 1795222800000001);
	exposition_seconds(&x, "s", 999999);
	is(&x, "n 18446744073709551615\ns 1795222800.000001\ns 0.999999\n");
}

Test(exposition, all_samples_have_the_labels_of_the_run)
{
	struct exposition x = begin("netns=\"lan\"");

	exposition_number(&x, "n", NULL, 0);
	exposition_number(&x, "n", "direction=\"orig\"", 0);
	exposition_seconds(&x, "s", 0);
	is(&x, "n{netns=\"lan\"} 0\nn{netns=\"lan\",direction=\"orig\"} 0\ns{netns=\"lan\"} 0.000000\n");
}

static void label_is(const char *value, const char *expected)
{
	char *labels = NULL;

	cr_assert_eq(exposition_label(&labels, "name_and_more", 4, value), 0);
	cr_expect_str_eq(labels, expected);
	free(labels);
}

Test(exposition, the_value_of_a_label_can_be_any_bytes)
{
	label_is("", "name=\"\"");
	label_is("a\"b\\c\nd", "name=\"a\\\"b\\\\c\\nd\"");
	label_is("M\xc3\xbcnchen \xf0\x9f\x98\x80", "name=\"M\xc3\xbcnchen \xf0\x9f\x98\x80\"");
	label_is("a\x1b[31m\x7f", "name=\"a?[31m?\"");
	/* a byte of no character, a character that is cut, a surrogate: a U+FFFD for each byte */
	label_is("\xff|\xc3", "name=\"\xef\xbf\xbd|\xef\xbf\xbd\"");
	label_is("\xed\xa0\x80", "name=\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

Test(exposition, labels_are_joined)
{
	char *labels = NULL;

	cr_assert_eq(exposition_label(&labels, "netns", 5, "lan"), 0);
	cr_assert_eq(exposition_label(&labels, "tag_site", 8, "fra"), 0);
	cr_expect_str_eq(labels, "netns=\"lan\",tag_site=\"fra\"");
	free(labels);
}
