/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of --mark. What is refused is in test_refusals.c. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "cli/marks.h"

static struct refusal why;

Test(marks, are_decimal_or_hexadecimal)
{
	static const struct {
		const char *text;
		__u32 mark;
	} cases[] = {
		{ "0", 0 }, { "0x0", 0 }, { "010", 10 }, { "0x010", 16 }, { "4294967295", UINT32_MAX },
		{ "0xffffffff", UINT32_MAX }, { "0XFfFfFfFf", UINT32_MAX }, { "0x00000000001", 1 },
		{ "0x89abCDef", 0x89abcdef }, { "0x1234567a", 0x1234567a },
	};
	__u32 mark;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(options_mark(cases[i].text, &mark, &why), 0, "%s", cases[i].text);
		cr_expect_eq(mark, cases[i].mark, "%s", cases[i].text);
	}
}

Test(marks, are_numbers_ranges_and_values_under_masks)
{
	static const struct flow_marks_item items[] = {
		{ UINT32_MAX, 7, 7 }, { UINT32_MAX, 16, 31 }, { UINT32_MAX, 1, 0xff },
		{ 0xff00, 0x100, 0x100 }, { 240, 16, 16 }, { 0, 0, 0 },
	};
	struct flow_marks marks;

	cr_assert_eq(options_marks("!7,0x10-0x1f,1-0xff,0x100/0xff00,0x10/240,0/0", &marks, &why), 0);
	cr_expect(marks.inverted);
	cr_assert_eq(marks.n, sizeof(items) / sizeof(items[0]));
	cr_expect(!memcmp(marks.list, items, sizeof(items)));
}

Test(marks, are_limited_in_number)
{
	char text[2 * FLOW_SELECT_MAX + 3] = "1";
	struct flow_marks marks;

	for (int i = 1; i < FLOW_SELECT_MAX; i++)
		strcat(text, ",1");
	cr_expect_eq(options_marks(text, &marks, &why), 0);
	cr_expect_eq(marks.n, FLOW_SELECT_MAX);
	strcat(text, ",1");
	cr_expect_neq(options_marks(text, &marks, &why), 0);
	cr_expect_str_eq(why.why, "the list has more than 256 items");
}
