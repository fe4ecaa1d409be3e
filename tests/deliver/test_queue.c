/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The waiting files, from the oldest on, however many there are. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "deliver/letters.h"
#include "deliver/queue.h"
#include "spool/spool_case.h"

#define MANY (SPOOL_BATCH + 10)
#define BAD (SCHEDULE_FILES - 10)

static struct spool_dir dir;
static struct schedule *schedule;
static struct queue *q;

static const struct transport_answer taken = { .result = TRANSPORT_TAKEN, .text = "taken" };
static const struct transport_answer error = {
	.result = TRANSPORT_LATER, .server_error = true, .text = "status 500"
};

static void begin(void)
{
	const struct schedule_limits limits = { 1, 1, 0, 1 };

	enter_spool();
	dir = made_spool();
	cr_assert_eq(schedule_open(&schedule, &limits), 0);
	q = malloc(sizeof(*q));
	cr_assert_not_null(q);
	queue_init(q);
}

static void end(void)
{
	free(q);
	schedule_close(schedule);
	spool_dir_close(&dir);
	remove_spool();
}
TestSuite(queue, .init = begin, .fini = end);

static const char *next(void)
{
	const char *name;

	cr_assert_eq(queue_next(q, dir.new, schedule, &name), 0);
	return name;
}

static void take(const char *name)
{
	cr_assert_eq(schedule_answer(schedule, name, &taken, 1), SCHEDULE_DONE);
	cr_assert_eq(letters_remove(&dir, name), 0);
	queue_gone(q);
}

/* The next file is this window; deliver it. */
static void take_window(unsigned int n)
{
	const char *name = next();

	cr_assert_not_null(name, "window %u", n);
	cr_assert_str_eq(name, window_name(n));
	take(name);
}

Test(queue, has_all_files_in_order)
{
	cr_expect_null(next());
	for (unsigned int i = 0; i < MANY; i++)
		make_window("new", MANY - 1 - i, 1);
	for (unsigned int i = 0; i < MANY; i++)
		take_window(i);
	cr_expect_null(next());
	cr_expect_null(next());
}

Test(queue, finds_what_has_come_since)
{
	make_window("new", 5, 1);
	take_window(5);
	cr_expect_null(next());
	make_window("new", 3, 1);
	make_window("new", 9, 1);
	take_window(3);
	take_window(9);
	cr_expect_null(next());
}

Test(queue, stays_with_a_file_that_is_tried_again)
{
	make_window("new", 1, 1);
	make_window("new", 2, 1);
	cr_assert_str_eq(next(), window_name(1));
	schedule_answer(schedule, window_name(1), &error, 1);
	cr_assert_str_eq(next(), window_name(1));
}

Test(queue, goes_past_files_that_step_aside)
{
	for (unsigned int i = 0; i < MANY; i++)
		make_window("new", i, 1);
	for (unsigned int i = 0; i < BAD; i++) {
		for (int tries = 0; tries < SCHEDULE_PATIENCE; tries++)
			schedule_answer(schedule, window_name(i), &error, 1);
		schedule_exhausted(schedule);
	}
	cr_assert_str_eq(next(), window_name(0), "nobody is alone with errors yet");
	schedule_answer(schedule, window_name(0), &error, 1);
	cr_assert_str_eq(next(), window_name(BAD), "the first that is not as bad");
	take(window_name(BAD));
	for (unsigned int i = BAD + 1; i < MANY; i++)
		take_window(i);
	cr_expect_null(next());
	cr_expect_null(next());
	make_window("new", MANY, 1);
	take_window(MANY);
}

/* Files that somebody else has removed. */
static size_t remembered(unsigned int n)
{
	size_t found = 0;

	for (unsigned int i = 0; i < n; i++)
		found += schedule_file(schedule, window_name(i)) != NULL;
	return found;
}

Test(queue, forgets_what_has_gone)
{
	for (unsigned int i = 0; i < 3; i++)
		schedule_answer(schedule, window_name(i), &error, 1);
	make_window("new", 2, 1);
	cr_assert_str_eq(next(), window_name(2));
	cr_expect_eq(remembered(3), 1);
}
