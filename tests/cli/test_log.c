/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* What $JOURNAL_STREAM has before, between and after the device and the inode of standard error. */
struct stream {
	const char *before, *between, *after;
};

static void set_stream(const struct stream *s)
{
	char value[64];
	struct stat st;

	cr_assert_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(value, sizeof(value), "%s%ju%s%ju%s", s->before, (uintmax_t)st.st_dev, s->between,
		 (uintmax_t)st.st_ino, s->after);
	cr_assert_eq(setenv("JOURNAL_STREAM", value, 1), 0);
}

/* Each kind of message. */
static const char *said_to(const struct stream *stream)
{
	static char text[4096];
	struct capture c = capture_begin(STDERR_FILENO);

	set_stream(stream);
	log_level(LOG_VERBOSE);
	log_error("error");
	log_answer("answer");
	log_notice("notice");
	log_good("good");
	log_verbose("verbose\n<0>");
	unsetenv("JOURNAL_STREAM");
	capture_end(&c, text, sizeof(text));
	return text;
}

static const struct stream journal = { "", ":", "" };

Test(log, the_journal_gets_priorities)
{
	cr_expect_str_eq(said_to(&journal), "<3>ctagg: error\n<6>ctagg: answer\n<4>ctagg: notice\n"
					     "<5>ctagg: good\n<6>ctagg: verbose?<0>\n");
}

/* The variable is there also for a child whose standard error goes elsewhere. */
Test(log, another_stream_gets_none)
{
	static const struct stream others[] = {
		{ "1", ":", "" }, { "", ":1", "" }, { "", ":", "1" }, { "", ":", "x" },
		{ "", ":", " " }, { "x", ":", "" }, { "", " ", "" }, { "", "", "" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_str_eq(said_to(&others[i]), "ctagg: error\nctagg: answer\nctagg: notice\n"
						     "ctagg: good\nctagg: verbose?<0>\n");
}

Test(log, a_line_for_the_journal_is_no_longer)
{
	struct capture c = capture_begin(STDERR_FILENO);
	char text[4096];

	set_stream(&journal);
	log_error("%2000d", 1);
	unsetenv("JOURNAL_STREAM");
	capture_end(&c, text, sizeof(text));
	cr_expect_eq(strlen(text), LOG_LINE_MAX - 1);
	cr_expect_eq(strncmp(text, "<3>ctagg: ", 10), 0);
	cr_expect_eq(strchr(text, '\n'), text + LOG_LINE_MAX - 2);
}
