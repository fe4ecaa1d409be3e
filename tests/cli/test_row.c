/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a row, and the words in them. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "cli/row.h"

static const struct options_choice three[] = {
	{ "one", 1 }, { "two", 2 }, { "three", 3 }, { 0 },
};
static const struct options_choice single[] = { { "only", 1 }, { 0 } };

static const char *text_of(enum option_shape shape, const struct options_choice *choices,
			   const char *text)
{
	static char out[64];

	row_help(&(struct option_row){ .shape = shape, .choices = choices, .help = text }, out,
		 sizeof(out));
	return out;
}

Test(row, words_stand_in_for_the_percent_sign)
{
	cr_expect_str_eq(text_of(SHAPE_WORD, three, "%"), "one, two or three");
	cr_expect_str_eq(text_of(SHAPE_LIST, three, "%"), "one, two, three");
	cr_expect_str_eq(text_of(SHAPE_SELECTION, three, "a % b"), "a one, two, three b");
	cr_expect_str_eq(text_of(SHAPE_WORD, single, "%;%"), "only;only");
	cr_expect_str_eq(text_of(SHAPE_WORD, NULL, "no%thing"), "nothing");
	cr_expect_str_eq(text_of(SHAPE_FREE, three, "plain"), "plain");
	cr_expect_str_eq(text_of(SHAPE_FREE, NULL, ""), "");
}

Test(row, arguments_have_the_words_as_they_are_typed)
{
	struct option_row row = { .argument = "%", .choices = three, .shape = SHAPE_WORD };
	char out[32];

	row_argument(&row, out, sizeof(out));
	cr_expect_str_eq(out, "one|two|three");
	row.shape = SHAPE_LIST;
	row_argument(&row, out, sizeof(out));
	cr_expect_str_eq(out, "one,two,three");
	row.argument = "LIST";
	row_argument(&row, out, sizeof(out));
	cr_expect_str_eq(out, "LIST");
}

Test(row, a_text_is_cut_at_the_end_of_its_array)
{
	const struct option_row row = { .choices = three, .shape = SHAPE_LIST, .help = "from % on" };
	const char *whole = "from one, two, three on";

	for (size_t size = 1; size <= strlen(whole) + 1; size++) {
		char out[32];

		memset(out, 'x', sizeof(out));
		row_help(&row, out, size);
		cr_expect_eq(strlen(out), size - 1);
		cr_expect_eq(strncmp(out, whole, size - 1), 0, "%s", out);
		cr_expect_eq(out[size], 'x', "beyond %zu", size);
	}
}

Test(row, words_come_from_choices_or_a_function)
{
	struct option_row row = { .choices = three };

	cr_expect_str_eq(row_word(&row, 2), "three");
	cr_expect_null(row_word(&row, 3));
	row.choices = NULL;
	cr_expect_null(row_word(&row, 0));
}

Test(row, a_choice_is_found_by_name_and_by_value)
{
	cr_expect_eq(options_choose(three, "two"), &three[1]);
	cr_expect_null(options_choose(three, "tw"));
	cr_expect_null(options_choose(three, "twos"));
	cr_expect_null(options_choose(three, ""));
	cr_expect_str_eq(options_choice_name(three, 3), "three");
	cr_expect_null(options_choice_name(three, 4));
}

static const char *refused(const struct option_row *row, const char *value,
			   const struct refusal *why)
{
	static struct refusal message;

	cr_expect_eq(row_refuse(row, "-n", value, why, &message), OPTIONS_WRONG);
	return message.why;
}

Test(row, a_refusal_names_option_value_reason_and_what_to_give)
{
	const struct option_row row = { .name = "number", .choices = three, .shape = SHAPE_LIST };
	struct option_row counted = row;
	struct refusal why;

	cr_expect_eq(refuse(&why, QUOTED " is %d", "one,2", 5), -EINVAL);
	cr_expect_str_eq(refused(&row, "one,2", &why), "-n one,2: 'one,2' is 5");
	cr_expect_eq(refuse_word(&why, "2", "is not"), -EINVAL);
	cr_expect_str_eq(refused(&row, "one,2", &why),
			 "-n one,2: '2' is not one, two or three");
	refuse(&why, "it is empty");
	counted.expected = "a number";
	cr_expect_str_eq(refused(&counted, "", &why), "-n '': it is empty; give a number");
}
