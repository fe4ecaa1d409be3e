/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of lines that are left out. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cli/log.h"
#include "view/left_out.h"

/* What is said, in a static array. */
static const char *said(const struct view_gathered *g, uint64_t windows, int expected)
{
	struct capture c = capture_begin(STDERR_FILENO);
	int status = view_left_out(g, windows);
	static char text[2048];

	capture_end(&c, text, sizeof(text));
	cr_expect_eq(status, expected, "%s", text);
	return text;
}
#define SAID(windows, status, ...) said(&(struct view_gathered){ __VA_ARGS__ }, windows, status)

Test(view_left_out, nothing_is_said_when_all_is_well)
{
	cr_expect_str_eq(SAID(3, 0, .lines = 10, .repeated = 2, .repeated_lines = 1, .other_types = 1), "");
}

Test(view_left_out, malformed_lines_are_counted)
{
	cr_expect_str_eq(SAID(3, 0, .lines = 10, .malformed = 2, .first_malformed = 4, .why = "no object"),
			 "ctagg: 2 of 10 lines are no records of ctagg and are left out; the first is line 4: no object\n");
	cr_expect(strstr(SAID(1, 0, .lines = 10, .left_out = 7), "7 records are left out"));
	cr_expect(strstr(SAID(1, 0, .lines = 10, .blanks = 3), "3 labels, rules and other texts are shown as empty"));
}

Test(view_left_out, no_window_is_a_failure)
{
	cr_expect(strstr(SAID(0, 1, .lines = 0), "not a single line"));
	cr_expect(strstr(SAID(0, 1, .lines = 4, .other_types = 4), "ctagg --read"));
	cr_expect(strstr(SAID(0, 1, .lines = 4, .malformed = 4, .first_malformed = 1), "none of 4 lines"));
	cr_expect(strstr(SAID(0, 1, .lines = 4), "none of 4 lines"));
}

Test(view_left_out, more_is_said_when_asked_for)
{
	log_level(LOG_VERBOSE);
	cr_expect(strstr(SAID(3, 0, .lines = 10, .repeated = 2), "2 windows came again"));
	cr_expect(strstr(SAID(3, 0, .lines = 10, .repeated_lines = 5), "5 lines came again"));
	log_level(LOG_QUIET);
	cr_expect_str_eq(SAID(3, 0, .lines = 10, .malformed = 2, .first_malformed = 4, .why = "x"), "");
}
