/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/drop_reasons.h"

static int number(struct drop_reasons *list, const char *name)
{
	return drop_reasons_number(list, name, strlen(name));
}

Test(drop_reasons, a_name_has_one_number_however_it_is_typed)
{
	struct drop_reasons list = { .n = 0 };

	cr_expect_eq(number(&list, "NETFILTER_DROP"), 1);
	cr_expect_eq(number(&list, "skb_drop_reason_no_socket"), 2);
	cr_expect_eq(number(&list, "SKB_DROP_REASON_NETFILTER_DROP"), 1);
	cr_expect_eq(number(&list, "Netfilter_Drop"), 1);
	cr_expect_eq(number(&list, "No_Socket"), 2);
	cr_expect_eq(list.n, 2);
	cr_expect_str_eq(drop_reasons_name(&list, 1), "NETFILTER_DROP");
	cr_expect_str_eq(drop_reasons_name(&list, 2), "NO_SOCKET");
}

Test(drop_reasons, what_is_no_name_is_refused)
{
	static const char *const wrong[] = {
		"", "SKB_DROP_REASON_", "NETFILTER DROP", "NETFILTER-DROP", "A\"", "\xc3\x84",
		"A23456789012345678901234567890123456789012345678",
	};
	struct drop_reasons list = { .n = 0 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(number(&list, wrong[i]), -EINVAL, "%s", wrong[i]);
	cr_expect_eq(drop_reasons_number(&list, "A\0B", 3), -EINVAL);
	cr_expect_eq(list.n, 0);
	cr_expect_eq(number(&list, "A2345678901234567890123456789012345678901234567"), 1, "the longest");
}

Test(drop_reasons, a_list_has_as_many_as_a_byte_can_tell_apart)
{
	static struct drop_reasons list;
	char name[16];

	for (int i = 1; i <= DROP_REASONS_MAX; i++) {
		snprintf(name, sizeof(name), "R%d", i);
		cr_assert_eq(number(&list, name), i);
	}
	cr_expect_eq(number(&list, "R256"), -ENOSPC);
	cr_expect_eq(number(&list, "r255"), 255);
}
