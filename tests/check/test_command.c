/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/causes.h"
#include "check/command.h"
#include "random.h"

/* What bash makes of a word is the oracle. */
static void expect_same_in_shell(const char *bytes)
{
	char *word = command_word(bytes), *command, got[4200];
	FILE *shell;
	size_t len;

	cr_assert_not_null(word);
	for (const char *p = word; *p; p++)
		cr_assert(*p >= 0x20 && *p <= 0x7e, "%s", word);
	cr_assert_gt(asprintf(&command, "exec bash -c \"$(cat <<'END'\nprintf %%s %s\nEND\n)\"", word), 0);
	shell = popen(command, "r");
	len = fread(got, 1, sizeof(got) - 1, shell);
	got[len] = '\0';
	cr_expect_eq(pclose(shell), 0, "%s", word);
	cr_expect_str_eq(got, bytes, "%s", word);
	free(command);
	free(word);
}

Test(command, a_word_is_what_it_stands_for)
{
	static const char *const words[] = {
		"/run/netns/blue", "blue", "a b", "it's", "'", "''", "$(reboot)", "`reboot`", "a;b|c&d",
		"\"", "\\", "\\n", "a\nb", "\x1b[31m", "\xff\xfe", "\xc3\xa9", "*", "~", "#", "a=b",
		"!", "\t", "-x", "it's\n\\", "\x7f", "\0011",
	};

	if (system("command -v bash >/dev/null"))
		cr_skip_test("no bash here");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		expect_same_in_shell(words[i]);
}

Test(command, a_word_at_random, .timeout = 60)
{
	struct random r = random_from(4);
	char bytes[40];

	if (system("command -v bash >/dev/null"))
		cr_skip_test("no bash here");
	for (int i = 0; i < 100; i++) {
		size_t len = 1 + random_below(&r, sizeof(bytes) - 1);

		for (size_t j = 0; j < len; j++)
			bytes[j] = 1 + random_below(&r, 255);
		bytes[len] = '\0';
		expect_same_in_shell(bytes);
	}
}

Test(command, what_needs_no_quotes_has_none)
{
	char *word = command_word("/run/user/1000/ns-1.a@b:c");

	cr_expect_str_eq(word, "/run/user/1000/ns-1.a@b:c");
	free(word);
	word = command_word("");
	cr_expect_str_eq(word, "''");
	free(word);
}

static void expect_prefix(const char *netns, const char *expected)
{
	char *prefix = command_prefix(netns);

	cr_expect_str_eq(prefix, expected);
	free(prefix);
}

Test(command, prefix)
{
	expect_prefix(NULL, "");
	expect_prefix("no-such-name", "ip netns exec no-such-name ");
	expect_prefix("no such name", "ip netns exec 'no such name' ");
	expect_prefix("/proc/1/ns/net", "nsenter --net=/proc/1/ns/net ");
	expect_prefix("./5", "nsenter --net=./5 ");
	expect_prefix("./it's", "nsenter --net='./it'\\''s' ");
	expect_prefix("4194305", "nsenter -t 4194305 -n ");
}

/* The longest path there is, each byte of which has to be escaped; more causes than
 * anybody would think of. */
Test(causes, nothing_is_cut)
{
	char path[PATH_MAX] = "/", text[3000];
	struct causes c;

	memset(path + 1, '\n', sizeof(path) - 2);
	path[sizeof(path) - 1] = '\0';
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	causes_init(&c, path);
	for (int i = 0; i < 1000; i++) {
		causes_add(&c, i % 3, "name", "%d %s", i, text);
		causes_mend_there(&c, "sysctl -w %s", text);
	}
	cr_assert_eq(c.err, 0);
	cr_assert_eq(c.n, 1000);
	causes_sort(&c);
	for (size_t i = 0; i < c.n; i++) {
		cr_expect_eq(c.list[i].severity, i < 334 ? 0 : i < 667 ? 1 : 2);
		cr_expect_gt(strlen(c.list[i].text), sizeof(text));
		cr_expect_eq(strlen(c.list[i].command),
			     strlen("nsenter --net=$'/' sysctl -w ") + 4 * (PATH_MAX - 2) + strlen(text));
		cr_expect_str_eq(c.list[i].command + strlen(c.list[i].command) - strlen(text), text);
	}
	causes_free(&c);
}
