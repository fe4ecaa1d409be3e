/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "cli/options.h"
#include "state/selection.h"

/* The name of what these options, all words of one text, select. */
static const char *name_of(const char *options)
{
	static char names[4][SELECTION_NAME];
	static size_t next;
	char *argv[16] = { (char *)"ctagg" }, words[256], *rest = words;
	struct options opts;
	int argc = 1;

	strcpy(words, options);
	while ((argv[argc] = strtok_r(rest, " ", &rest)))
		argc++;
	cr_assert_eq(options_parse(&opts, argc, argv), OPTIONS_RUN, "%s", options);
	next = (next + 1) % 4;
	selection_name(&opts.select, names[next]);
	cr_assert_eq(strspn(names[next], "0123456789abcdef"), 16, "%s", names[next]);
	return names[next];
}

/* sha256sum </dev/null */
Test(selection, all_events_have_the_name_of_nothing)
{
	static const char *const all[] = {
		"", "--key=src", "--src=0.0.0.0/0,::/0",
		"--direction=in,out,forward,local",
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		cr_expect_str_eq(name_of(all[i]), "e3b0c44298fc1c14", "%s", all[i]);
}

Test(selection, what_selects_the_same_has_the_same_name)
{
	static const struct {
		const char *a, *b;
	} same[] = {
		{ "--proto=tcp,udp", "--proto=17,6" },
		{ "--proto=tcp --dport=80-82", "--dport=80,81,82,81 --proto=6" },
		{ "--src=10.0.0.0/9,10.128.0.0/9", "--src=10.1.2.3/8" },
		{ "--direction=in", "--direction=!out,forward,local" },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		cr_expect_str_eq(name_of(same[i].a), name_of(same[i].b), "%s", same[i].a);
}

/* Also the same list for another field, and a list of numbers that all connections have a number
 * of, but protocols without ports have not, nor packets whose protocol was cut off. */
Test(selection, what_selects_something_else_has_another_name)
{
	static const char *const others[] = {
		"", "--sport=80", "--dport=80", "--sport=0-65535", "--dport=0-65535", "--zone=80",
		"--mark=80", "--src=10.0.0.0/8", "--dst=10.0.0.0/8", "--dst=!10.0.0.0/8",
		"--sport=80 --dport=80", "--proto=80", "--proto=0-255",
	};
	const size_t n = sizeof(others) / sizeof(others[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			cr_expect(strcmp(name_of(others[i]), name_of(others[j])) != 0, "%s, %s",
				  others[i], others[j]);
}
