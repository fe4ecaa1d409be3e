/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for people. */
#include "config.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print/grid.h"

/* Three texts, and perhaps a label. */
struct row {
	const char *of[4];
};

static void cell(void *arg, size_t row, int column, char *to, size_t size)
{
	snprintf(to, size, "%s", ((const struct row *)arg)[row].of[column]);
}

static bool label(void *arg, size_t row, char *to, size_t size)
{
	const char *text = ((const struct row *)arg)[row].of[3];

	if (text)
		snprintf(to, size, "%s", text);
	return text;
}

/* The table of rows with two names and a number, in a static array. The last row has no text. */
static const char *printed(const struct row *rows)
{
	size_t n = 0;
	static struct out out;
	static struct grid g;
	static char text[8192];
	FILE *file = tmpfile();

	while (rows[n].of[0])
		n++;
	out = (struct out){ .fd = fileno(file) };
	g = (struct grid){ .out = &out, .cell = cell, .label = label, .arg = (void *)rows, .rows = n };
	grid_name(&g, "NAME", 0, false);
	grid_name(&g, "PORT", 1, true);
	grid_number(&g, "BYTES", 2);
	grid_print(&g);
	cr_assert_eq(out_flush(&out), 0);
	text[pread(fileno(file), text, sizeof(text) - 1, 0)] = '\0';
	fclose(file);
	return text;
}
#define PRINTED(...) printed((const struct row[]){ __VA_ARGS__, { { NULL } } })

Test(print_grid, names_stand_left_and_numbers_right)
{
	cr_expect_str_eq(PRINTED({ { "a", "80", "1" } }, { { "longer", "65535", "1,234,567" } }, { { "b", "", "" } }),
			 "NAME     PORT      BYTES\n"
			 "a          80          1\n"
			 "longer  65535  1,234,567\n"
			 "b           -          -\n");
}

Test(print_grid, labels_stand_in_place_of_names)
{
	cr_expect_str_eq(PRINTED({ { "a", "80", "1" } }, { { "?", "?", "12", "total" } }),
			 "NAME  PORT  BYTES\n"
			 "a       80      1\n"
			 "total          12\n");
	cr_expect_str_eq(PRINTED({ { "a", "80", "1" } }, { { "?", "?", "12", "other: 1,234 flows" } }),
			 "NAME          PORT  BYTES\n"
			 "a               80      1\n"
			 "other: 1,234 flows     12\n");
	cr_expect_str_eq(PRINTED({ { "?", "?", "12", "total" } }),
			 "NAME  PORT  BYTES\n"
			 "total          12\n");
}

Test(print_grid, long_names_are_cut)
{
	char name[200], expected[600];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(expected, sizeof(expected), "NAME%*s  PORT  BYTES\n%.47s~    80      1\n", 44, "", name);
	cr_expect_str_eq(PRINTED({ { name, "80", "1" } }), expected);
	name[48] = '\0';
	snprintf(expected, sizeof(expected), "NAME%*s  PORT  BYTES\n%s    80      1\n", 44, "", name);
	cr_expect_str_eq(PRINTED({ { name, "80", "1" } }), expected);
}

/* East Asian characters are twice as wide, and combining ones take no column. */
Test(print_grid, columns_are_those_of_a_terminal)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		cr_skip_test("no locale C.UTF-8 here");
	cr_expect_str_eq(PRINTED({ { "\u6771\u4eac", "80", "1" } }, { { "Zu\u0308rich", "80", "1" } }),
			 "NAME    PORT  BYTES\n"
			 "\u6771\u4eac      80      1\n"
			 "Zu\u0308rich    80      1\n");
}

/* A name has 48 columns, however many bytes they take. */
Test(print_grid, names_are_cut_by_columns)
{
	char name[256] = "", expected[600];

	if (!setlocale(LC_ALL, "C.UTF-8"))
		cr_skip_test("no locale C.UTF-8 here");
	for (int i = 0; i < 24; i++)
		strcat(name, "\u6771");
	snprintf(expected, sizeof(expected), "NAME%*s  PORT  BYTES\n%s    80      1\n", 44, "", name);
	cr_expect_str_eq(PRINTED({ { name, "80", "1" } }), expected);
	strcat(name, "\u6771");
	snprintf(expected, sizeof(expected), "NAME%*s  PORT  BYTES\n%.*s~    80      1\n", 43, "",
		 23 * (int)strlen("\u6771"), name);
	cr_expect_str_eq(PRINTED({ { name, "80", "1" } }), expected);
}

Test(print_grid, other_locales_have_no_characters_beyond_ascii)
{
	setlocale(LC_ALL, "C");
	cr_expect_str_eq(PRINTED({ { "Z\u00fcrich", "80", "1" } }),
			 "NAME    PORT  BYTES\n"
			 "Z?rich    80      1\n");
}
