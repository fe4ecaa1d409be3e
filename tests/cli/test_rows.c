/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of options: what each row must have, and what is made from all rows of a program. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "cli/help.h"
#include "cli/kinds.h"
#include "cli/rows.h"
#include "deliver/options.h"

static const struct option_program *const programs[] = { &ctagg_program, &deliver_program };
static const size_t sizes[] = { sizeof(struct options), sizeof(struct deliver_options) };
#define N_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

#define FOR_EACH_ROW(row)                                                                      \
	for (size_t p_ = 0; p_ < N_PROGRAMS; p_++)                                             \
		for (const struct option_row *row = programs[p_]->rows; row->name; row++)

static const struct option_row *row_named(const struct option_program *p, const char *name)
{
	for (const struct option_row *row = p->rows; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

Test(rows, have_a_name_a_help_text_and_a_function)
{
	for (size_t i = 0; i < N_PROGRAMS; i++)
		cr_assert_not_null(programs[i]->rows[0].name);
	FOR_EACH_ROW(row) {
		cr_expect_gt(strlen(row->name), 1);
		cr_expect_eq(strspn(row->name, "abcdefghijklmnopqrstuvwxyz-"), strlen(row->name),
			     "%s", row->name);
		cr_assert_not_null(row->help, "%s", row->name);
		cr_expect_gt(strlen(row->help), 0, "%s", row->name);
		cr_expect_not_null(row->take, "%s", row->name);
	}
}

/* The text up to the first semicolon stands beside the option in a list of completions. */
Test(rows, begin_their_help_with_a_short_phrase)
{
	FOR_EACH_ROW(row) {
		size_t len = strcspn(row->help, ";");

		cr_expect(len && len <= 80, "--%s: %zu characters", row->name, len);
		cr_expect_null(memchr(row->help, '%', len), "--%s", row->name);
	}
}

Test(rows, differ_in_name_and_letter)
{
	FOR_EACH_ROW(a)
		for (const struct option_row *b = programs[p_]->rows; b < a; b++) {
			cr_expect_neq(strcmp(a->name, b->name), 0, "--%s", a->name);
			cr_expect(!a->letter || a->letter != b->letter, "-%c", a->letter);
		}
}

Test(rows, of_a_group_stand_together_in_the_order_of_the_groups)
{
	FOR_EACH_ROW(row)
		cr_expect(row == programs[p_]->rows || row->group >= row[-1].group, "--%s", row->name);
}

/* What a value is is said of an option that takes one. */
Test(rows, with_a_value_can_say_what_is_expected)
{
	FOR_EACH_ROW(row) {
		cr_expect(row->argument || !row->expected, "--%s", row->name);
		cr_expect(row->argument || !row->optional, "--%s", row->name);
	}
}

/* The functions of kinds.h believe the table. */
Test(rows, have_what_their_function_uses)
{
	FOR_EACH_ROW(row) {
		cr_expect(row->at + row->size <= sizes[p_], "--%s", row->name);
		if (row->take == take_flag)
			cr_expect(row->size && !row->argument, "--%s", row->name);
		if (row->take == take_number || row->take == take_size)
			cr_expect(row->min < row->max && (row->size == 4 || row->size == 8),
				  "--%s", row->name);
		if (row->take == take_text || row->take == take_output || row->rest)
			cr_expect_eq(row->size, sizeof(char *), "--%s", row->name);
		if (row->take == take_choice || row->take == take_choices)
			cr_expect(row->choices && row->size == sizeof(unsigned int), "--%s", row->name);
		if (row->take == take_numbers)
			cr_expect(row->max && row->size == sizeof(struct flow_numbers), "--%s",
				  row->name);
		if (row->take == take_ports)
			cr_expect_eq(row->size, sizeof(struct flow_numbers), "--%s", row->name);
		if (row->take == take_networks)
			cr_expect_eq(row->size, sizeof(struct flow_networks), "--%s", row->name);
	}
}

Test(rows, that_propose_words_have_words)
{
	FOR_EACH_ROW(row) {
		bool words = row->shape == SHAPE_WORD || row->shape == SHAPE_LIST ||
			     row->shape == SHAPE_SELECTION || row->shape == SHAPE_NUMBER_WORD;

		cr_expect_eq(row_word(row, 0) != NULL, words, "--%s", row->name);
		cr_expect(row->argument || row->shape == SHAPE_FREE, "--%s", row->name);
		for (size_t i = 0; row_word(row, i); i++)
			cr_expect_eq(strspn(row_word(row, i), "abcdefghijklmnopqrstuvwxyz0123456789_-"),
				     strlen(row_word(row, i)), "--%s: %s", row->name,
				     row_word(row, i));
	}
}

/* Each word can be typed. */
Test(rows, take_the_words_they_propose)
{
	FOR_EACH_ROW(row)
		for (size_t i = 0; row_word(row, i); i++) {
			static union {
				struct options ctagg;
				struct deliver_options deliver;
			} opts;
			struct refusal why;
			char value[64];

			memset(&opts, 0, sizeof(opts));
			snprintf(value, sizeof(value), "%s%s",
				 row->shape == SHAPE_NUMBER_WORD ? "5," : "", row_word(row, i));
			cr_expect_eq(row->take(&opts, row, value, &why), OPTIONS_RUN, "--%s=%s", row->name,
				     value);
		}
}

Test(rows, that_need_others_name_rows)
{
	FOR_EACH_ROW(row) {
		cr_expect_eq(!row->needs, !row->needs_why, "--%s", row->name);
		if (row->needs)
			cr_expect_not_null(row_named(programs[p_], row->needs), "%s", row->needs);
	}
}

static void print_help(const struct option_program *p, char *text, size_t size)
{
	struct capture c = capture_begin(STDOUT_FILENO);

	cr_assert_eq(help_print(p), OPTIONS_DONE);
	capture_end(&c, text, size);
}

static void expect_in_help(const char *text, const struct option_row *row)
{
	char name[128], argument[96] = "";

	if (row->argument)
		row_argument(row, argument, sizeof(argument));
	snprintf(name, sizeof(name), "\n  %c%c%c --%s%s%s", row->letter ? '-' : ' ',
		 row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name,
		 !row->argument ? "" : row->rest ? " " : row->optional ? "[=" : "=", argument);
	cr_expect_not_null(strstr(text, name), "%s", name + 1);
}

Test(rows, are_all_in_help)
{
	char text[16384];

	for (size_t i = 0; i < N_PROGRAMS; i++) {
		print_help(programs[i], text, sizeof(text));
		for (const struct option_row *row = programs[i]->rows; row->name; row++)
			expect_in_help(text, row);
	}
}

Test(rows, help_fits_a_terminal)
{
	char text[16384];
	size_t len;

	for (size_t i = 0; i < N_PROGRAMS; i++) {
		print_help(programs[i], text, sizeof(text));
		for (char *line = text; *line; line += len + (line[len] == '\n')) {
			len = strcspn(line, "\n");
			cr_expect_leq(len, 80, "%.*s", (int)len, line);
			cr_expect(!len || line[len - 1] != ' ', "a space at the end: %.*s", (int)len,
				  line);
		}
	}
}

/* Wrapping changes spaces only. */
static void unwrap(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if ((*from != ' ' && *from != '\n') || (to > text && to[-1] != ' '))
			*to++ = *from == '\n' ? ' ' : *from;
	*to = '\0';
}

Test(rows, help_has_each_text_whole)
{
	char text[16384], want[512];

	for (size_t i = 0; i < N_PROGRAMS; i++) {
		print_help(programs[i], text, sizeof(text));
		unwrap(text);
		for (const struct option_row *row = programs[i]->rows; row->name; row++) {
			row_help(row, want, sizeof(want));
			cr_expect_not_null(strstr(text, want), "%s", want);
		}
	}
}

Test(rows, help_is_asked_for_by_an_option)
{
	char *argv[] = { (char *)"ctagg", (char *)"--help", NULL };
	char text[16384], want[16384];
	struct capture c = capture_begin(STDOUT_FILENO);
	struct options opts;

	cr_assert_eq(options_parse(&opts, 2, argv), OPTIONS_DONE);
	capture_end(&c, text, sizeof(text));
	print_help(&ctagg_program, want, sizeof(want));
	cr_expect_str_eq(text, want);
}
