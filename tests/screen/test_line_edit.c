/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "screen/line_edit.h"

static struct line_edit e;

static void type(const char *text)
{
	while (*text)
		line_edit_put(&e, (unsigned char)*text++);
}

/* The text, with | for the cursor. */
static const char *shown(void)
{
	static char text[LINE_EDIT_MAX + 1];

	cr_assert_eq(strlen(e.text), e.len);
	cr_assert_leq(e.at, e.len);
	memcpy(text, e.text, e.at);
	text[e.at] = '|';
	strcpy(text + e.at + 1, e.text + e.at);
	return text;
}

Test(line_edit, characters_go_where_the_cursor_is)
{
	line_edit_begin(&e, "ad");
	cr_expect_str_eq(shown(), "ad|");
	line_edit_key(&e, LINE_LEFT);
	type("bc");
	cr_expect_str_eq(shown(), "abc|d");
	line_edit_key(&e, LINE_HOME);
	type("x");
	cr_expect_str_eq(shown(), "x|abcd");
	line_edit_key(&e, LINE_END);
	type("y");
	cr_expect_str_eq(shown(), "xabcdy|");
}

Test(line_edit, characters_go_away)
{
	line_edit_begin(&e, "abcd");
	line_edit_key(&e, LINE_LEFT);
	line_edit_key(&e, LINE_BACKSPACE);
	cr_expect_str_eq(shown(), "ab|d");
	line_edit_key(&e, LINE_LEFT);
	line_edit_key(&e, LINE_DELETE);
	cr_expect_str_eq(shown(), "a|d");
	line_edit_key(&e, LINE_KILL_END);
	cr_expect_str_eq(shown(), "a|");
	line_edit_key(&e, LINE_KILL);
	cr_expect_str_eq(shown(), "|");
}

Test(line_edit, words_go_away)
{
	line_edit_begin(&e, "port=1  proto=tcp ");
	line_edit_key(&e, LINE_KILL_WORD);
	cr_expect_str_eq(shown(), "port=1  |");
	line_edit_key(&e, LINE_KILL_WORD);
	cr_expect_str_eq(shown(), "|");
	line_edit_begin(&e, "port=1 x");
	line_edit_key(&e, LINE_LEFT);
	line_edit_key(&e, LINE_KILL_WORD);
	cr_expect_str_eq(shown(), "|x");
}

Test(line_edit, nothing_happens_beyond_the_ends)
{
	static const enum line_edit_key keys[] = {
		LINE_LEFT, LINE_BACKSPACE, LINE_KILL_WORD, LINE_RIGHT, LINE_DELETE, LINE_KILL_END,
		LINE_KILL, LINE_HOME, LINE_END,
	};

	line_edit_begin(&e, "");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		line_edit_key(&e, keys[i]);
		cr_expect_str_eq(shown(), "|");
	}
}

Test(line_edit, only_printable_ascii_is_taken)
{
	line_edit_begin(&e, "a\x1b\x7f\x80\xff\nb");
	cr_expect_str_eq(shown(), "ab|");
	cr_expect_not(line_edit_put(&e, 0x110001));
	cr_expect_not(line_edit_put(&e, 0));
	cr_expect(line_edit_put(&e, '~'));
	cr_expect(line_edit_put(&e, ' '));
	cr_expect_str_eq(shown(), "ab~ |");
}

Test(line_edit, a_line_has_an_end)
{
	char many[2 * LINE_EDIT_MAX];

	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	line_edit_begin(&e, many);
	cr_expect_eq(e.len, LINE_EDIT_MAX - 1);
	cr_expect_not(line_edit_put(&e, 'y'));
	line_edit_key(&e, LINE_BACKSPACE);
	cr_expect(line_edit_put(&e, 'y'));
	shown();
}
