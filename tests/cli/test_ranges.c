/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of numbers, protocols and directions, and the items that lists are made of. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/list.h"
#include "cli/ranges.h"
#include "flow/proto.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct refusal why;

static void expect_range(const struct flow_range *range, __u32 first, __u32 last)
{
	cr_expect_eq(range->first, first);
	cr_expect_eq(range->last, last);
}

Test(lists, give_their_items_in_order)
{
	const char *text = "one,2,three";
	char item[OPTIONS_ITEM_SIZE];

	cr_assert_eq(options_item(&text, item, &why), 0);
	cr_expect_str_eq(item, "one");
	cr_assert_eq(options_item(&text, item, &why), 0);
	cr_expect_str_eq(item, "2");
	cr_assert_eq(options_item(&text, item, &why), 0);
	cr_expect_str_eq(item, "three");
	cr_expect_null(text);
}

Test(lists, have_no_empty_item)
{
	static const char *const empty[] = { "", ",", ",one" };
	char item[OPTIONS_ITEM_SIZE];

	for (size_t i = 0; i < LENGTH(empty); i++) {
		const char *text = empty[i];

		cr_expect_eq(options_item(&text, item, &why), -EINVAL, "'%s'", empty[i]);
	}
}

Test(lists, have_items_that_fit_their_array)
{
	char typed[OPTIONS_ITEM_SIZE + 1], item[OPTIONS_ITEM_SIZE];
	const char *text = typed;

	memset(typed, 'x', sizeof(typed));
	typed[OPTIONS_ITEM_SIZE] = '\0';
	cr_expect_eq(options_item(&text, item, &why), -EINVAL);
	typed[OPTIONS_ITEM_SIZE - 1] = '\0';
	text = typed;
	cr_expect_eq(options_item(&text, item, &why), 0);
	cr_expect_str_eq(item, typed);
}

Test(ranges_of_numbers, are_read)
{
	struct flow_numbers n;

	cr_assert_eq(options_numbers("80,8000-8999,0-0,65535", 65535, &n, &why), 0);
	cr_assert_eq(n.n, 4);
	cr_expect_not(n.inverted);
	expect_range(&n.list[0], 80, 80);
	expect_range(&n.list[1], 8000, 8999);
	expect_range(&n.list[2], 0, 0);
	expect_range(&n.list[3], 65535, 65535);
	cr_assert_eq(options_numbers("!4294967295", UINT32_MAX, &n, &why), 0);
	cr_expect(n.inverted);
	expect_range(&n.list[0], UINT32_MAX, UINT32_MAX);
}

Test(ranges_of_numbers, that_are_wrong_are_refused)
{
	static const char *const bad[] = {
		"", "!", "!!1", "1,", ",1", "1,,2", "-", "1-", "-1", "2-1", "1-2-3", "101", "1-101",
		"x", "1 ", "0x1", "1,!2",
	};
	struct flow_numbers n;

	for (size_t i = 0; i < LENGTH(bad); i++)
		cr_expect_eq(options_numbers(bad[i], 100, &n, &why), -EINVAL, "'%s'", bad[i]);
}

Test(ranges_of_numbers, are_as_many_as_there_is_room_for)
{
	char text[2 * FLOW_SELECT_MAX + 2];
	struct flow_numbers n;

	for (size_t i = 0; i <= FLOW_SELECT_MAX; i++)
		memcpy(text + 2 * i, "1,", 2);
	text[2 * FLOW_SELECT_MAX + 1] = '\0';
	cr_expect_eq(options_numbers(text, 1, &n, &why), -EINVAL, "one too many");
	text[2 * FLOW_SELECT_MAX - 1] = '\0';
	cr_assert_eq(options_numbers(text, 1, &n, &why), 0);
	cr_expect_eq(n.n, FLOW_SELECT_MAX);
}

Test(protocols, have_names_and_numbers)
{
	struct flow_numbers n;
	size_t names = 0;

	cr_assert_eq(options_protocols("!tcp,17,50-51", &n, &why), 0);
	cr_assert_eq(n.n, 3);
	cr_expect(n.inverted);
	expect_range(&n.list[0], 6, 6);
	expect_range(&n.list[1], 17, 17);
	expect_range(&n.list[2], 50, 51);
	cr_expect_eq(options_protocols("TCP", &n, &why), -EINVAL);
	cr_expect_eq(options_protocols("256", &n, &why), -EINVAL);
	/* the names that completion proposes are all that there are */
	for (int l4 = 0; l4 < 256; l4++) {
		const char *name = proto_name(l4);

		if (!name)
			continue;
		cr_assert_not_null(options_protocol(names), "%s", name);
		cr_expect_str_eq(options_protocol(names++), name);
		cr_assert_eq(options_protocols(name, &n, &why), 0, "%s", name);
		expect_range(&n.list[0], l4, l4);
	}
	cr_expect_null(options_protocol(names));
}

Test(directions, have_names_only)
{
	struct flow_numbers n;

	cr_assert_eq(options_directions("in,out,forward,local", &n, &why), 0);
	cr_assert_eq(n.n, 4);
	expect_range(&n.list[0], FLOW_DIR_IN, FLOW_DIR_IN);
	expect_range(&n.list[1], FLOW_DIR_OUT, FLOW_DIR_OUT);
	expect_range(&n.list[2], FLOW_DIR_FORWARD, FLOW_DIR_FORWARD);
	expect_range(&n.list[3], FLOW_DIR_LOCAL, FLOW_DIR_LOCAL);
	cr_expect_eq(options_directions("0", &n, &why), -EINVAL);
	cr_expect_eq(options_directions("in-out", &n, &why), -EINVAL);
	cr_expect_eq(options_directions("", &n, &why), -EINVAL);
}
