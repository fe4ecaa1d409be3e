/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "capture.h"
#include "cli/repeat.h"

static char text[65536];
static struct capture capture;

static void begin(void)
{
	log_level(LOG_NORMAL);
	capture = capture_begin(STDERR_FILENO);
}

/* What has been said since begin(), with `T' in place of each time. */
static const char *end(void)
{
	char *p = text;

	capture_end(&capture, text, sizeof(text));
	while ((p = strstr(p, " at 2"))) {
		p += strlen(" at ");
		memmove(p + 1, p + strlen("2026-11-21T01:00:00.000000Z"),
			strlen(p + strlen("2026-11-21T01:00:00.000000Z")) + 1);
		*p = 'T';
	}
	return text;
}

static void expect(const char *want)
{
	const char *said = end();

	cr_expect_str_eq(said, want);
}

static void fails(const int *cause, int state)
{
	repeat_say(cause, state, LOG_KIND_ERROR, "cannot write to %d: error %d; trying again",
		   *cause, state);
}

Test(repeat, the_first_is_said_and_the_end_with_the_number)
{
	static const int log = 1;

	begin();
	for (int i = 0; i < 57; i++)
		fails(&log, 28);
	repeat_over(&log, "writing to %d again", log);
	repeat_over(&log, "writing to %d again", log);
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: writing to 1 again (failed 57 times, the last one at T)\n");
}

Test(repeat, what_came_once_has_no_number)
{
	static const int log = 1;

	begin();
	fails(&log, 28);
	repeat_over(&log, "writing to %d again", log);
	fails(&log, 28);
	repeat_end();
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: writing to 1 again\n"
	       "ctagg: cannot write to 1: error 28; trying again\n");
}

Test(repeat, other_messages_in_between_change_nothing)
{
	static const int log = 1, other = 2;

	begin();
	for (int i = 0; i < 5; i++) {
		fails(&log, 28);
		fails(&other, 28);
		log_notice("something else");
	}
	repeat_over(&other, "writing to %d again", other);
	fails(&log, 28);
	repeat_over(&log, "writing to %d again", log);
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: cannot write to 2: error 28; trying again\n"
	       "ctagg: something else\nctagg: something else\n"
	       "ctagg: something else\nctagg: something else\n"
	       "ctagg: something else\n"
	       "ctagg: writing to 2 again (failed 5 times, the last one at T)\n"
	       "ctagg: writing to 1 again (failed 6 times, the last one at T)\n");
}

Test(repeat, each_state_is_said_once)
{
	static const int log = 1;

	begin();
	for (int i = 0; i < 5; i++) {
		fails(&log, 28);
		fails(&log, 5);
	}
	repeat_over(&log, "writing to %d again", log);
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: cannot write to 1: error 5; trying again\n"
	       "ctagg: writing to 1 again (failed 10 times, the last one at T)\n");
}

Test(repeat, the_end_of_the_run_says_the_numbers)
{
	static const int log = 1, other = 2, once = 3;

	begin();
	for (int i = 0; i < 3; i++)
		fails(&log, 28);
	fails(&once, 28);
	fails(&other, 5);
	fails(&other, 5);
	repeat_end();
	repeat_end();
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: cannot write to 3: error 28; trying again\n"
	       "ctagg: cannot write to 2: error 5; trying again\n"
	       "ctagg: happened 3 times, the last one at T: cannot write to 1: error 28\n"
	       "ctagg: happened 2 times, the last one at T: cannot write to 2: error 5\n");
}

Test(repeat, calm_ends_what_nothing_else_ends)
{
	static const int clock = 7;

	begin();
	for (int i = 0; i < 3; i++) {
		repeat_say(&clock, 0, LOG_KIND_NOTICE, "the clock was set by %d s: why; what", i);
		for (int n = 1; n < REPEAT_CALM; n++)
			repeat_calm(&clock);
	}
	repeat_calm(&clock);
	repeat_say(&clock, 0, LOG_KIND_NOTICE, "the clock was set by 9 s: why; what");
	repeat_end();
	expect("ctagg: the clock was set by 0 s: why; what\n"
	       "ctagg: happened 3 times, the last one at T: the clock was set by 0 s: why\n"
	       "ctagg: the clock was set by 9 s: why; what\n");
}

/* The oldest makes room, and its number is not lost. */
Test(repeat, more_causes_than_are_counted)
{
	static int causes[REPEAT_MAX + 1];
	const char *all;

	begin();
	for (int i = 0; i < REPEAT_MAX + 1; i++)
		causes[i] = i;
	fails(&causes[0], 28);
	for (int i = 0; i < REPEAT_MAX + 1; i++)
		fails(&causes[i], 28);
	all = end();
	cr_expect_not_null(strstr(all, "ctagg: cannot write to 31: error 28; trying again\n"
	       "ctagg: happened 2 times, the last one at T: cannot write to 0: error 28\n"
	       "ctagg: cannot write to 32: error 28; trying again\n"));
	begin();
	fails(&causes[1], 28);
	repeat_over(&causes[1], "again");
	expect("ctagg: again (failed 2 times, the last one at T)\n");
}

/* A quiet program counts errors, and says no notice and nothing that is good. */
Test(repeat, the_level_holds)
{
	static const int log = 1, clock = 7;

	begin();
	log_level(LOG_QUIET);
	for (int i = 0; i < 3; i++) {
		fails(&log, 28);
		repeat_say(&clock, 0, LOG_KIND_NOTICE, "the clock was set");
	}
	repeat_end();
	fails(&log, 28);
	repeat_over(&log, "again");
	log_level(LOG_NORMAL);
	expect("ctagg: cannot write to 1: error 28; trying again\n"
	       "ctagg: happened 3 times, the last one at T: cannot write to 1: error 28\n"
	       "ctagg: cannot write to 1: error 28; trying again\n");
}

Test(repeat, long_texts_are_cut)
{
	static const int log = 1;
	char name[3000];
	const char *all;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	begin();
	repeat_say(&log, 0, LOG_KIND_ERROR, "cannot write to %s", name);
	repeat_say(&log, 0, LOG_KIND_ERROR, "cannot write to %s", name);
	repeat_end();
	all = end();
	cr_expect_leq(strchr(all, '\n') - all, LOG_LINE_MAX - 1);
	cr_expect_not_null(strstr(all, "\nctagg: happened 2 times, the last one at T: cannot write to nn"));
	cr_expect_leq(strlen(strchr(all, '\n')), 512);
}
