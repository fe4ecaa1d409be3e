/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "netlabel/marks.h"
#include "random.h"

#define ALL UINT32_MAX

static struct netlabel_marks marks;

static void teardown(void)
{
	netlabel_marks_close(&marks);
}

TestSuite(netlabel_marks, .fini = teardown);

static void add(uint32_t mask, uint32_t value, uint32_t number)
{
	cr_assert_eq(netlabel_marks_add(&marks, mask, value, 0, number), 0);
}

#define SEVERAL UINT32_MAX

static void expect(uint32_t mark, uint32_t kept, uint32_t number)
{
	uint32_t found = 4711;
	bool one = netlabel_marks_find(&marks, mark, kept, &found);

	if (number == SEVERAL)
		cr_expect_not(one, "%#x/%#x", mark, kept);
	else
		cr_expect(one && found == number, "%#x/%#x: %u", mark, kept, found);
}

Test(netlabel_marks, no_items_no_label)
{
	expect(7, ALL, 0);
	expect(7, 0, 0);
}

Test(netlabel_marks, the_longest_mask_holds)
{
	add(0xf0, 0x10, 1);
	add(ALL, 0x11, 2);
	add(0xff, 0x12, 3);
	expect(0x10, ALL, 1);
	expect(0x11, ALL, 2);
	expect(0x12, ALL, 3);
	expect(0x112, ALL, 3);
	expect(0x111, ALL, 1);
	expect(0x20, ALL, 0);
}

Test(netlabel_marks, of_masks_as_long_the_first_holds)
{
	add(0xf0, 0x10, 1);
	add(0x0f, 0x01, 2);
	expect(0x11, ALL, 1);
	expect(0x21, ALL, 2);
}

Test(netlabel_marks, a_value_has_one_label)
{
	add(0xf0, 0x10, 1);
	cr_expect_eq(netlabel_marks_add(&marks, 0xf0, 0x10, 0, 2), -EEXIST);
	cr_expect_eq(netlabel_marks_add(&marks, 0xf0, 0x10, 1, 2), 0, "in a later file");
	expect(0x10, ALL, 2);
}

Test(netlabel_marks, masks_are_bounded)
{
	for (uint32_t i = 0; i < NETLABEL_MAX_MASKS; i++)
		add(i, i, 1);
	cr_expect_eq(netlabel_marks_add(&marks, ALL, 1, 0, 1), -E2BIG);
	add(3, 2, 1);
}

/* Of the mark only some bits are known. */
Test(netlabel_marks, bits_that_are_not_kept_leave_the_label_open)
{
	add(0xf0, 0x10, 1);
	add(ALL, 0x11, 2);
	expect(0x11, 0xff, SEVERAL);
	expect(0x20, 0xff, 0);
	expect(0x10, 0xff, 1);
	expect(0x10, 0xf0, SEVERAL);
	expect(0x20, 0xf0, 0);
	expect(0, 0, SEVERAL);
}

Test(netlabel_marks, items_are_bounded)
{
	for (uint32_t i = 0; i < NETLABEL_MAX_MARKS; i++)
		add(ALL, i, 1);
	cr_expect_eq(netlabel_marks_add(&marks, ALL, NETLABEL_MAX_MARKS, 0, 1), -ENOSPC);
	cr_expect_eq(netlabel_marks_add(&marks, ALL, 7, 1, 2), 0, "of a later file");
	expect(7, ALL, 2);
}

/* What has been found out of a part of a mark holds until something is added. */
Test(netlabel_marks, parts_are_looked_at_anew_when_an_item_is_added)
{
	add(0xf0, 0x10, 1);
	expect(0x20, 0xe0, 0);
	expect(0x10, 0x10, SEVERAL);
	expect(0x20, 0xe0, 0);
	add(0xf0, 0x20, 2);
	expect(0x20, 0xe0, SEVERAL);
	expect(0x40, 0xe0, 0);
	add(0xf0, 0x30, 2);
	add(0xe0, 0x20, 2);
	expect(0x20, 0xe0, 2);
	add(0xff, 0x31, 3);
	expect(0x20, 0xe0, SEVERAL);
}

/* Each record whose key keeps a part of the mark asks: to look at all items each time would hold up
 * everything else. */
Test(netlabel_marks, all_items_are_looked_at_once, .timeout = 30)
{
	for (uint32_t i = 0; i < NETLABEL_MAX_MARKS; i++) {
		uint32_t mask = ALL ^ 1u << i % 16;

		add(mask, i << 12 & mask, 1);
	}
	for (uint32_t i = 0; i < 65536; i++)
		expect(i << 16, 0xffff0000, i < 4096 ? SEVERAL : 0);
}

/* Against all marks of 6 bits, one by one. */
Test(netlabel_marks, says_what_all_marks_say)
{
	struct random r = random_from(7);
	size_t several = 0;

	for (int i = 0; i < 8; i++) {
		uint32_t mask = random_below(&r, 64), value = random_below(&r, 64) & mask;

		netlabel_marks_add(&marks, mask, value, 0, random_below(&r, 3));
	}
	for (uint32_t kept = 0; kept < 64; kept++)
		for (uint32_t mark = 0; mark < 64; mark++) {
			uint32_t first = SEVERAL, found, one;
			bool same = true, answered;

			for (uint32_t m = 0; m < 64; m++) {
				if ((m ^ mark) & kept)
					continue;
				cr_assert(netlabel_marks_find(&marks, m, ALL, &one));
				same &= first == SEVERAL || first == one;
				first = one;
			}
			answered = netlabel_marks_find(&marks, mark & kept, kept | ~63u, &found);
			several += !same;
			/* An answer is right; no answer where the items alone do not show that they cover all. */
			if (answered)
				cr_assert(same && found == first, "%u/%u", mark, kept);
			else if (kept == 63)
				cr_assert(false, "%u", mark);
		}
	cr_expect(several > 100 && several < 4000, "%zu", several);
}
