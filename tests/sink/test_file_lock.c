/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two programs cannot write to one file. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sink/file_case.h"
#include "sink/lock.h"

TestSuite(file_lock, .init = enter_directory, .fini = remove_directory, .timeout = 60);

/* Lock a file as another program would, by an open file of its own. Returns a descriptor. */
static int locked_elsewhere(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

Test(file_lock, a_file_has_one_writer)
{
	struct output *f = opened("out"), *again;

	cr_expect_eq(file_lock_error(f), 0);
	cr_expect_eq(open_error("out"), -EBUSY);
	write_through(f, "one\n");
	output_close(f);
	again = opened("out");
	write_through(again, "two\n");
	output_close(again);
	expect_content("out", "one\ntwo\n");
}

Test(file_lock, a_refused_file_is_left_as_it_was)
{
	int fd;

	write_file("out", "half");
	fd = locked_elsewhere("out");
	cr_expect_eq(open_error("out"), -EBUSY);
	expect_content("out", "half");
	close(fd);
}

Test(file_lock, moves_to_the_new_file)
{
	struct output *f = opened("out"), *old;

	cr_assert_eq(rename("out", "out.1"), 0);
	cr_expect_eq(open_error("out.1"), -EBUSY, "the lock is the file's, not the name's");
	cr_assert_eq(output_reopen(f), 0);
	cr_expect_eq(open_error("out"), -EBUSY);
	old = opened("out.1");
	output_close(old);
	output_close(f);
}

Test(file_lock, a_new_file_that_is_locked_is_not_taken)
{
	struct output *f = opened("out");
	int fd;

	cr_assert_eq(rename("out", "out.1"), 0);
	fd = locked_elsewhere("out");
	cr_assert_eq(output_reopen(f), -EBUSY);
	write_through(f, "one\n");
	close(fd);
	cr_assert_eq(output_reopen(f), 0);
	write_through(f, "two\n");
	output_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\n");
}

Test(file_lock, standard_output_and_devices_have_none)
{
	int fd = locked_elsewhere("out"), null = open("/dev/null", O_RDWR);
	struct output *f;

	inherit_as_stdout(open("out", O_WRONLY | O_APPEND));
	f = opened(NULL);
	write_through(f, "one\n");
	output_close(f);
	cr_assert_eq(flock(null, LOCK_EX | LOCK_NB), 0);
	f = opened("/dev/null");
	output_close(f);
	expect_content("out", "one\n");
	close(null);
	close(fd);
}

Test(file_lock, says_who_holds_it)
{
	char text[LOCK_HOLDER_MAX], expected[LOCK_HOLDER_MAX], name[17] = "";
	int comm = open("/proc/self/comm", O_RDONLY);
	int fd = locked_elsewhere("out");

	if (comm < 0 || access("/proc/locks", R_OK))
		cr_skip_test("no /proc/locks here");
	cr_assert_gt(read(comm, name, 16), 0);
	close(comm);
	name[strcspn(name, "\n")] = '\0';
	lock_holder(text, "out");
	snprintf(expected, sizeof(expected), "%s (pid %d)", name, (int)getpid());
	cr_expect_str_eq(text, expected);
	close(fd);
	lock_holder(text, "out");
	cr_expect_str_eq(text, "another program", "nobody holds it any more");
}
