/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "screen/picture.h"
#include "screen/screen_case.h"

static struct picture p;

static struct place line(int number, int width)
{
	return (struct place){ &p, number, 0, width };
}

static void begin(void)
{
	cr_assert_eq(picture_size(&p, 3, 12), 0);
}

static void end(void)
{
	check_picture(&p);
	picture_free(&p);
}

TestSuite(picture, .init = begin, .fini = end);

Test(picture, a_text_stands_where_it_is_put)
{
	use_ascii();
	cr_expect_eq(picture_put(line(1, 12), LOOK_KEY, "abc"), 3);
	cr_expect_str_eq(line_of(&p, 0), "");
	cr_expect_str_eq(line_of(&p, 1), "abc");
	cr_expect_str_eq(looks_of(&p, 1), "kkkaaaaaaaaa");
	picture_put_right(line(1, 12), LOOK_PLAIN, "xy");
	cr_expect_str_eq(line_of(&p, 1), "abc       xy");
}

Test(picture, a_text_without_room_ends_with_a_mark)
{
	use_ascii();
	cr_expect_eq(picture_put(line(0, 5), LOOK_PLAIN, "123456"), 5);
	cr_expect_str_eq(line_of(&p, 0), "1234~");
	picture_put(line(1, 5), LOOK_PLAIN, "12345");
	cr_expect_str_eq(line_of(&p, 1), "12345");
	picture_put_right(line(2, 5), LOOK_PLAIN, "123456");
	cr_expect_str_eq(line_of(&p, 2), "1234~");
	cr_expect_eq(picture_put(line(2, 0), LOOK_PLAIN, "1"), 0);
}

Test(picture, wide_characters_have_two_columns)
{
	use_utf8();
	cr_expect_eq(picture_columns("日本x"), 5);
	cr_expect_eq(picture_put(line(0, 12), LOOK_KEY, "日本x"), 5);
	cr_expect_str_eq(line_of(&p, 0), "日本x");
	cr_expect_str_eq(looks_of(&p, 0), "kkkkkaaaaaaa");
	/* the mark of a cut never stands on half of a character */
	cr_expect_eq(picture_put(line(1, 4), LOOK_PLAIN, "日本x"), 3);
	cr_expect_str_eq(line_of(&p, 1), "日…");
	cr_expect_eq(picture_put(line(2, 1), LOOK_PLAIN, "日"), 1);
	cr_expect_str_eq(line_of(&p, 2), "…");
}

Test(picture, characters_that_combine_stay_with_their_character)
{
	use_utf8();
	cr_expect_eq(picture_put(line(0, 4), LOOK_PLAIN, "e\u0301日\u0301x"), 4);
	cr_expect_str_eq(line_of(&p, 0), "e\u0301日\u0301x");
	/* more than a cell has are left out; so is one that has nothing to combine with */
	picture_put(line(1, 4), LOOK_PLAIN, "\u0301e\u0301\u0302\u0303\u0304\u0305z");
	cr_expect_str_eq(line_of(&p, 1), "e\u0301\u0302\u0303z");
}

Test(picture, nothing_that_controls_a_terminal_gets_in)
{
	use_utf8();
	picture_put(line(0, 12), LOOK_PLAIN, "a\x1b[2J\x07\x7f\tb");
	cr_expect_str_eq(line_of(&p, 0), "a?[2J???b");
	picture_put(line(1, 12), LOOK_PLAIN, "a\xc2\x85\xc2\x9b\u2028\xff\xc0\xaf" "b");
	cr_expect_str_eq(line_of(&p, 1), "a??????b");
}

Test(picture, other_locales_have_ascii)
{
	use_ascii();
	picture_put(line(0, 12), LOOK_PLAIN, "日本 \xe9\x1b");
	cr_expect_str_eq(line_of(&p, 0), "?? ??");
}

Test(picture, what_lies_outside_is_left_out)
{
	use_utf8();
	picture_put((struct place){ &p, 0, 10, 12 }, LOOK_PLAIN, "abcdef");
	cr_expect_str_eq(line_of(&p, 0), "          ab");
	picture_put((struct place){ &p, 1, 11, 12 }, LOOK_PLAIN, "日本");
	cr_expect_str_eq(line_of(&p, 1), "");
	picture_put((struct place){ &p, -1, 0, 12 }, LOOK_PLAIN, "x");
	picture_put((struct place){ &p, 3, 0, 12 }, LOOK_PLAIN, "x");
	picture_blank((struct place){ &p, 2, -3, 40 }, LOOK_ALARM);
	cr_expect_str_eq(looks_of(&p, 2), "cccccccccccc");
}

Test(picture, a_new_size_is_an_empty_picture)
{
	use_ascii();
	picture_put(line(0, 12), LOOK_PLAIN, "abc");
	cr_assert_eq(picture_size(&p, 2, 5), 0);
	cr_expect_str_eq(line_of(&p, 0), "");
	cr_expect_eq(p.cursor_line, -1);
}
