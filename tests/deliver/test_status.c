/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "deliver/status.h"
#include "spool/spool_case.h"

#define NS_PER_S 1000000000ULL
#define MIN (60 * NS_PER_S)

TestSuite(status, .init = enter_spool, .fini = remove_spool);

static const struct status_limits warning = { 10 * MIN, 1000, 2 };
static const struct status_limits critical = { 60 * MIN, 10000, 5 };

static enum status_state state(const struct status *s)
{
	return status_state(s, &warning, &critical);
}

Test(status, each_limit_counts_from_its_value_on)
{
	struct status s = { 0 };

	cr_expect_eq(state(&s), STATUS_OK);
	s = (struct status){ .pending = 1, .oldest_age_ns = 10 * MIN - 1 };
	cr_expect_eq(state(&s), STATUS_OK);
	s.oldest_age_ns++;
	cr_expect_eq(state(&s), STATUS_WARNING);
	s.oldest_age_ns = 60 * MIN;
	cr_expect_eq(state(&s), STATUS_CRITICAL);
	s = (struct status){ .pending = 999 };
	cr_expect_eq(state(&s), STATUS_OK);
	s.pending = 1000;
	cr_expect_eq(state(&s), STATUS_WARNING);
	s.pending = 10000;
	cr_expect_eq(state(&s), STATUS_CRITICAL);
	s = (struct status){ .dead = 1 };
	cr_expect_eq(state(&s), STATUS_OK);
	s.dead = 2;
	cr_expect_eq(state(&s), STATUS_WARNING);
	s.dead = 5;
	cr_expect_eq(state(&s), STATUS_CRITICAL);
}

Test(status, ctagg_is_dead_when_its_last_window_is_older_than_two)
{
	struct status s = { .now_ns = 1000 * NS_PER_S, .window_ms = 60000, .last = "name" };

	s.last_ns = s.now_ns - 120 * NS_PER_S;
	cr_expect_not(status_ctagg_is_dead(&s));
	cr_expect_eq(state(&s), STATUS_OK);
	s.last_ns -= 2;
	cr_expect(status_ctagg_is_dead(&s));
	cr_expect_eq(state(&s), STATUS_CRITICAL);
	s.window_ms = 0;
	cr_expect_not(status_ctagg_is_dead(&s), "a snapshot comes when somebody takes one");
	s.window_ms = 60000;
	s.last[0] = '\0';
	cr_expect_not(status_ctagg_is_dead(&s), "ctagg has not written yet");
	strcpy(s.last, "name");
	s.last_ns = s.now_ns + 1000 * NS_PER_S;
	cr_expect_not(status_ctagg_is_dead(&s), "the clock was set back");
}

Test(status, is_read_from_the_files_of_the_spool)
{
	struct spool_dir d = made_spool();
	struct timespec times[2] = { { 500, 1000 }, { 500, 1000 } };
	struct spool_name name;
	struct status s;
	char text[256];

	make_window("new", 7, 3);
	make_window("new", 5, 3);
	make_window("dead", 1, 3);
	make_file("spool/dead/x.torn", "");
	snprintf(text, sizeof(text), "spool/dead/%s.why", window_name(1));
	make_file(text, "attempts 3\n");
	snprintf(text, sizeof(text), "%s 60000\n", window_name(7));
	make_file("spool/last", text);
	cr_assert_eq(utimensat(AT_FDCWD, "spool/last", times, 0), 0);
	cr_assert(spool_name_parse(&name, window_name(5)));
	cr_assert_eq(status_read(&s, &d, name.start_ns + 100 * NS_PER_S), 0);
	cr_expect_eq(s.pending, 2u);
	cr_expect_str_eq(s.oldest, window_name(5));
	cr_expect_eq(s.oldest_age_ns, 40 * NS_PER_S, "since the window of a minute ended");
	cr_expect_eq(s.dead, 1u);
	cr_expect_str_eq(s.last, window_name(7));
	cr_expect_eq(s.last_ns, 500 * NS_PER_S + 1000);
	cr_expect_eq(s.window_ms, 60000u);
	cr_expect_str_eq(s.delivered.name, "");
	spool_dir_close(&d);
}

Test(status, small_files_that_say_something_else_are_as_if_missing)
{
	static const char *const texts[] = { "", "\n", "x 5\n", "60000\n", "x" };
	struct spool_dir d = made_spool();
	struct status s;

	cr_assert_eq(status_read(&s, &d, NS_PER_S), 0);
	cr_expect_str_eq(s.last, "");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		make_file("spool/last", texts[i]);
		make_file("spool/delivered", texts[i]);
		cr_assert_eq(status_read(&s, &d, NS_PER_S), 0);
		cr_expect_str_eq(s.last, "", "%s", texts[i]);
		cr_expect_str_eq(s.delivered.name, "", "%s", texts[i]);
	}
	spool_dir_close(&d);
}
