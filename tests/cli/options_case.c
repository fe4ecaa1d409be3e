/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cli/options_case.h"

enum options_result parse(struct options *opts, const char *const words[])
{
	char *argv[16] = { (char *)"ctagg" };
	int argc = 1;

	for (; *words; words++)
		argv[argc++] = (char *)*words;
	return options_parse(opts, argc, argv);
}

const char *refused(const char *const words[])
{
	struct capture c = capture_begin(STDERR_FILENO);
	static struct options o;
	enum options_result result = parse(&o, words);
	static char text[2048];
	char *end;

	capture_end(&c, text, sizeof(text));
	cr_expect_eq(result, OPTIONS_WRONG, "%s", words[0]);
	cr_assert_eq(strncmp(text, "ctagg: ", 7), 0, "%s: %s", words[0], text);
	end = strchr(text, '\n');
	cr_assert_eq(end, text + strlen(text) - 1, "%s", text);
	*end = '\0';
	return text + 7;
}

void expect_wrong(const char *const words[], const char *option, const char *value)
{
	const char *text = refused(words);

	cr_expect_not_null(strstr(text, option), "%s in: %s", option, text);
	cr_expect_not_null(strstr(text, value), "%s in: %s", value, text);
}
