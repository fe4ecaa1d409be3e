/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hash/texts.h"

static struct texts *names;

static void setup(void)
{
	cr_assert_eq(texts_open(&names), 0);
}

static void teardown(void)
{
	texts_close(names);
}

TestSuite(texts, .init = setup, .fini = teardown);

static uint32_t number_of(const char *text)
{
	uint32_t number = 4711;

	cr_assert_eq(texts_number(names, text, strlen(text), &number), 0);
	return number;
}

static void expect_text(uint32_t number, const char *text)
{
	size_t len;
	const char *found = texts_get(names, number, &len);

	cr_expect_eq(len, strlen(text));
	cr_expect(!memcmp(found, text, len + 1), "%u is '%.*s'", number, (int)len, found);
}

Test(texts, a_text_has_one_number)
{
	cr_expect_eq(number_of("one"), 1);
	cr_expect_eq(number_of("two"), 2);
	cr_expect_eq(number_of("one"), 1);
	cr_expect_eq(texts_count(names), 2);
	expect_text(1, "one");
	expect_text(2, "two");
}

Test(texts, no_text_is_no_label)
{
	cr_expect_eq(number_of(""), 0);
	cr_expect_eq(texts_count(names), 0);
	expect_text(0, "");
}

/* A text that is the beginning of another one, and bytes of 0. */
Test(texts, texts_are_compared_as_a_whole)
{
	uint32_t with, without;

	cr_expect_neq(number_of("AS1"), number_of("AS12"));
	cr_assert_eq(texts_number(names, "a\0b", 3, &with), 0);
	cr_assert_eq(texts_number(names, "a\0c", 3, &without), 0);
	cr_expect_neq(with, without);
}

/* More than the first slots have room for. */
Test(texts, many_keep_their_numbers)
{
	char text[16];
	const char *first;
	size_t len;

	for (uint32_t i = 1; i <= 20000; i++) {
		snprintf(text, sizeof(text), "label %u", i);
		cr_assert_eq(number_of(text), i);
		if (i == 1)
			first = texts_get(names, 1, &len);
	}
	cr_expect_eq(texts_get(names, 1, &len), first, "texts stay where they are");
	for (uint32_t i = 1; i <= 20000; i++) {
		snprintf(text, sizeof(text), "label %u", i);
		expect_text(i, text);
		cr_assert_eq(number_of(text), i);
	}
}

Test(texts, are_bounded_in_number)
{
	uint32_t number = 4711;
	char text[16];

	for (uint32_t i = 1; i <= TEXTS_MAX; i++) {
		snprintf(text, sizeof(text), "%u", i);
		cr_assert_eq(number_of(text), i);
	}
	cr_expect_eq(texts_number(names, "x", 1, &number), -ENOSPC);
	cr_expect_eq(number, 4711);
	cr_expect_eq(number_of("7"), 7, "which is there");
}

Test(texts, are_bounded_in_bytes)
{
	static char text[TEXTS_MAX_BYTES / 4];
	uint32_t number = 4711;

	for (char i = 1; i <= 4; i++) {
		text[0] = i;
		cr_assert_eq(texts_number(names, text, sizeof(text), &number), 0);
	}
	cr_expect_eq(texts_number(names, "x", 1, &number), -ENOSPC);
	cr_expect_eq(number, 4);
}
