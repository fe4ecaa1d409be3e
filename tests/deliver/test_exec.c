/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a spool's destination is called when it is a command. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "deliver/exec.h"

static const char *described(char *const command[])
{
	static char text[TRANSPORT_DESTINATION_SIZE];
	struct deliver_options opts = { .exec = (char **)command };

	memset(text, 'x', TRANSPORT_DESTINATION_SIZE);
	exec_describe(&opts, text);
	cr_assert_lt(strnlen(text, TRANSPORT_DESTINATION_SIZE), TRANSPORT_DESTINATION_SIZE);
	return text;
}
#define DESCRIBED(...) described((char *const[]){ __VA_ARGS__, NULL })
#define WORD(text) ((char *)(text))

Test(exec, is_described_without_its_arguments)
{
	cr_expect_str_eq(DESCRIBED(WORD("cat")), "exec cat");
	cr_expect_null(strstr(DESCRIBED(WORD("cat"), WORD("secret")), "secret"));
	cr_expect_eq(strncmp(DESCRIBED(WORD("cat"), WORD("secret")), "exec cat with arguments", 23), 0);
}

Test(exec, is_another_destination_with_other_arguments)
{
	char one[TRANSPORT_DESTINATION_SIZE];

	strcpy(one, DESCRIBED(WORD("cat"), WORD("a"), WORD("b")));
	cr_expect_str_eq(one, DESCRIBED(WORD("cat"), WORD("a"), WORD("b")));
	cr_expect_str_neq(one, DESCRIBED(WORD("cat"), WORD("b"), WORD("a")));
	cr_expect_str_neq(one, DESCRIBED(WORD("cat"), WORD("ab")));
	cr_expect_str_neq(one, DESCRIBED(WORD("cat"), WORD("a"), WORD("b"), WORD("")));
	cr_expect_str_neq(one, DESCRIBED(WORD("cat")));
}

Test(exec, is_one_line_however_long_the_command_is)
{
	char name[5000];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	cr_expect_null(strchr(DESCRIBED(name, WORD("x")), '\n'));
	cr_expect_str_eq(DESCRIBED(WORD("a\nb\x7f")), "exec a?b?");
}
