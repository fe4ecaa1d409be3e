/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "capture.h"
#include "cli/log.h"

static const char *said(int level, const char *what)
{
	static char text[4096];
	struct capture c = capture_begin(STDERR_FILENO);

	log_level(level);
	log_error("error %s", what);
	log_notice("notice %s", what);
	log_verbose("verbose %s", what);
	capture_end(&c, text, sizeof(text));
	return text;
}

Test(log, says_what_the_level_allows)
{
	cr_expect_str_eq(said(LOG_QUIET, "x"), "ctagg: error x\n");
	cr_expect_str_eq(said(LOG_NORMAL, "x"), "ctagg: error x\nctagg: notice x\n");
	cr_expect_str_eq(said(LOG_VERBOSE, "x"),
			 "ctagg: error x\nctagg: notice x\nctagg: verbose x\n");
}

Test(log, a_terminal_obeys_nothing_in_it)
{
	cr_expect_str_eq(said(LOG_QUIET, "a\nb\x1b[31mc\x7f\x1f\t"), "ctagg: error a?b?[31mc???\n");
	/* the controls of ISO 6429, U+0080 to U+009F, each one character of UTF-8 */
	cr_expect_str_eq(said(LOG_QUIET, "a\xc2\x9b" "31m\xc2\x80\xc2\x9f"), "ctagg: error a??31m????\n");
}

Test(log, other_utf_8_stays)
{
	cr_expect_str_eq(said(LOG_QUIET, "\xc2\xa0\xc3\x9b\xe2\x82\x9b"),
			 "ctagg: error \xc2\xa0\xc3\x9b\xe2\x82\x9b\n");
}

Test(log, a_line_is_cut_off_at_its_end)
{
	char what[3000];
	const char *text;

	for (size_t len = 1000; len < 1030; len++) {
		memset(what, 'w', len);
		what[len] = '\0';
		text = said(LOG_QUIET, what);
		cr_assert_leq(strlen(text), 1024);
		cr_assert_eq(strchr(text, '\n'), text + strlen(text) - 1);
		cr_assert_geq(strlen(text), 1013);
	}
}
