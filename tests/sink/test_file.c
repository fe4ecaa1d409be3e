/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/file_case.h"

TestSuite(file, .init = enter_directory, .fini = remove_directory, .timeout = 60);

/* --- the buffer ------------------------------------------------------------ */

Test(file, has_room_for_so_much_and_again_after_writing)
{
	struct output *f = opened("out");
	unsigned int n = 0;

	while (put_line(f, 100, n))
		n++;
	cr_assert_eq(n, BUFFER / 100);
	cr_assert_eq(output_pending(f), n * 100);
	cr_assert_eq(output_pending_lines(f), n);
	cr_assert_eq(output_flush(f), 0);
	cr_assert_eq(output_pending(f), 0);
	cr_assert_eq(output_pending_lines(f), 0);
	cr_assert_not_null(output_room(f, BUFFER));
	cr_assert_null(output_room(f, BUFFER + 1));
	output_close(f);
}

Test(file, closing_nothing_is_fine)
{
	output_close(NULL);
}

/* --- files ----------------------------------------------------------------- */

Test(file, is_created_for_owner_and_group)
{
	struct stat st;

	umask(0);
	output_close(opened("out"));
	cr_assert_eq(stat("out", &st), 0);
	cr_assert_eq(st.st_mode, S_IFREG | 0640);
}

Test(file, is_appended_to)
{
	struct output *f;

	write_file("out", "before\n");
	f = opened("out");
	write_through(f, "one\ntwo\n");
	write_through(f, "three\n");
	cr_assert_eq(output_poll_fd(f), -1, "a file is always ready");
	output_close(f);
	expect_content("out", "before\none\ntwo\nthree\n");
}

Test(file, is_not_left_open_to_children)
{
	int lowest = dup(0);
	struct output *f;

	close(lowest);
	f = opened("out");
	cr_assert(fcntl(lowest, F_GETFD) & FD_CLOEXEC);
	output_close(f);
	cr_assert_lt(fcntl(lowest, F_GETFD), 0, "and closed in the end");
}

Test(file, a_torn_last_line_gets_its_newline)
{
	struct output *f;

	write_file("out", "whole\ntorn");
	f = opened("out");
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "whole\ntorn\nnew\n");
}

Test(file, a_whole_last_line_gets_none)
{
	write_file("out", "whole\n");
	output_close(opened("out"));
	expect_content("out", "whole\n");
	write_file("out", "");
	output_close(opened("out"));
	expect_content("out", "");
}

Test(file, a_torn_last_line_waits_for_room_for_its_newline)
{
	struct output *f;

	write_file("out", "torn");
	limit_size(4);
	f = opened("out");
	put(f, "new\n");
	cr_assert_eq(output_flush(f), -EFBIG);
	cr_assert_eq(output_pending_lines(f), 1);
	limit_size(5);
	cr_assert_eq(output_flush(f), -EFBIG);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "torn\nnew\n");
}

Test(file, a_torn_last_line_that_went_before_the_first_write_gets_none)
{
	struct output *f;

	write_file("out", "torn");
	f = opened("out");
	cr_assert_eq(truncate("out", 0), 0);
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "new\n");
}

static void append(const char *path, const char *text)
{
	FILE *out = fopen(path, "a");

	cr_assert_not_null(out);
	fputs(text, out);
	fclose(out);
}

/* Other programs write to the same file, and may stop in the middle of a line. */
Test(file, half_a_line_of_somebody_else_is_never_joined)
{
	struct output *f = opened("out");

	write_through(f, "one\n");
	append("out", "other\noth");
	write_through(f, "two\n");
	write_through(f, "three\n");
	output_close(f);
	expect_content("out", "one\nother\noth\ntwo\nthree\n");
}

Test(file, a_torn_last_line_that_somebody_closed_gets_none)
{
	struct output *f;

	write_file("out", "torn");
	f = opened("out");
	append("out", "\nother\n");
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "torn\nother\nnew\n");
}

Test(file, a_symbolic_link_is_refused)
{
	write_file("target", "");
	cr_assert_eq(symlink("target", "link"), 0);
	cr_assert_eq(symlink("nowhere", "dangling"), 0);
	cr_assert_eq(open_error("link"), -ELOOP);
	cr_assert_eq(open_error("dangling"), -ELOOP);
	cr_assert_lt(access("nowhere", F_OK), 0, "nothing was created through it");
}

Test(file, a_directory_is_refused)
{
	cr_assert_eq(mkdir("d", 0700), 0);
	cr_assert_eq(open_error("d"), -EISDIR);
	cr_assert_eq(open_error("missing/out"), -ENOENT);
}

Test(file, a_full_device_keeps_what_is_waiting)
{
	struct output *f = opened("/dev/full");

	put(f, "one\ntwo\n");
	cr_assert_eq(output_flush(f), -ENOSPC);
	cr_assert_eq(output_flush(f), -ENOSPC);
	cr_assert_eq(output_pending(f), 8);
	cr_assert_eq(output_pending_lines(f), 2);
	output_close(f);
}

static struct output *partly_written(void)
{
	struct output *f = opened("out");

	put(f, "one\ntwo\nthree\n");
	flush_within(f, 6, -EFBIG);
	limit_size(RLIM_INFINITY);
	expect_content("out", "one\ntw");
	cr_assert_eq(output_pending(f), 8);
	cr_assert_eq(output_pending_lines(f), 2);
	return f;
}

Test(file, goes_on_in_the_middle_of_a_line_when_there_is_room_again)
{
	struct output *f = partly_written();

	write_through(f, "four\n");
	output_close(f);
	expect_content("out", "one\ntwo\nthree\nfour\n");
}

Test(file, goes_on_wherever_it_was_stopped)
{
	static const char text[] = "one\ntwo\nthree\n\nfive\n";

	for (rlim_t stop = 0; stop < sizeof(text); stop++) {
		for (rlim_t again = stop; again < sizeof(text); again++) {
			struct output *f = opened("out");

			put(f, text);
			limit_size(stop);
			output_flush(f);
			limit_size(again);
			output_flush(f);
			cr_assert_eq(output_pending(f), sizeof(text) - 1 - again);
			limit_size(RLIM_INFINITY);
			cr_assert_eq(output_flush(f), 0);
			output_close(f);
			expect_content("out", text);
			unlink("out");
		}
	}
}

Test(file, a_full_buffer_moves_up_behind_half_a_line)
{
	struct output *f = NULL;

	cr_assert_eq(file_open(&f, "out", 12), 0);
	put(f, "one\ntwo\nend\n");
	cr_assert_null(output_room(f, 1));
	flush_within(f, 6, -EFBIG);
	limit_size(RLIM_INFINITY);
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "one\ntwo\nend\nnew\n");
}

/* The file ends in half a line of ours, and another program changes the file. */

Test(file, begins_the_line_anew_when_its_half_was_truncated_away)
{
	struct output *f = partly_written();

	cr_assert_eq(truncate("out", 0), 0);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "two\nthree\n");
}

Test(file, begins_the_line_anew_behind_a_half_that_was_truncated_too)
{
	struct output *f = partly_written();

	cr_assert_eq(truncate("out", 5), 0);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "one\nt\ntwo\nthree\n");
}

Test(file, begins_the_line_anew_when_somebody_wrote_behind_its_half)
{
	struct output *f = partly_written();

	append("out", "\nother\n");
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "one\ntw\nother\ntwo\nthree\n");
}

Test(file, begins_the_line_anew_when_somebody_tore_one_behind_its_half)
{
	struct output *f = partly_written();

	append("out", "\noth");
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "one\ntw\noth\ntwo\nthree\n");
}

Test(file, waits_for_room_again_after_it_was_truncated)
{
	struct output *f = partly_written();

	cr_assert_eq(truncate("out", 0), 0);
	limit_size(2);
	cr_assert_eq(output_flush(f), -EFBIG);
	expect_content("out", "tw");
	cr_assert_eq(truncate("out", 0), 0);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "two\nthree\n");
}

Test(file, takes_half_a_line_back_when_it_is_closed)
{
	output_close(partly_written());
	expect_content("out", "one\n");
}

Test(file, takes_back_nothing_that_is_not_its_own)
{
	struct output *f = partly_written();

	append("out", "\nother\n");
	output_close(f);
	expect_content("out", "one\ntw\nother\n");
	unlink("out");
	f = partly_written();
	cr_assert_eq(truncate("out", 4), 0);
	output_close(f);
	expect_content("out", "one\n");
}

/* --- reopening ------------------------------------------------------------- */

Test(file, reopened_after_it_was_renamed_writes_to_the_new_one)
{
	struct output *f = opened("out");

	write_through(f, "one\n");
	cr_assert_eq(rename("out", "out.1"), 0);
	put(f, "two\n");
	cr_assert_eq(output_reopen(f), 0);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\n");
}

Test(file, reopened_in_the_middle_of_a_line_leaves_whole_lines_in_both)
{
	struct output *f = partly_written();

	cr_assert_eq(rename("out", "out.1"), 0);
	cr_assert_eq(output_reopen(f), 0);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\nthree\n");
}

Test(file, reopened_without_a_new_file_goes_on_in_the_middle_of_a_line)
{
	struct output *f = partly_written();

	cr_assert_eq(output_reopen(f), 0);
	cr_assert_eq(output_flush(f), 0);
	output_close(f);
	expect_content("out", "one\ntwo\nthree\n");
}

Test(file, reopened_closes_a_torn_last_line_of_the_new_one)
{
	struct output *f = opened("out");

	cr_assert_eq(rename("out", "out.1"), 0);
	write_file("out", "torn");
	cr_assert_eq(output_reopen(f), 0);
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "torn\nnew\n");
}

/* logrotate's `create 0640 syslog adm' makes a file that this user may not open. */
Test(file, reopened_needs_no_right_to_a_file_that_is_the_same)
{
	bool root = geteuid() == 0;
	struct output *f = opened("out");

	cr_assert_eq(chmod(".", 0755), 0);
	cr_assert_eq(chmod("out", 0444), 0);
	if (root && seteuid(65534)) {
		remove_directory();	/* .fini is not called for a skipped case */
		cr_skip_test("nobody cannot be had here");
	}
	cr_assert_eq(output_reopen(f), 0);
	write_through(f, "one\n");
	expect_content("out", "one\n");
	if (root)
		cr_assert_eq(seteuid(0), 0);
	output_close(f);
}

Test(file, stays_with_the_old_file_when_the_new_one_cannot_be_opened)
{
	struct output *f = opened("out");

	cr_assert_eq(rename("out", "out.1"), 0);
	cr_assert_eq(symlink("out.1", "out"), 0);
	cr_assert_eq(output_reopen(f), -ELOOP);
	write_through(f, "one\n");
	cr_assert_eq(unlink("out"), 0);
	cr_assert_eq(output_reopen(f), 0);
	write_through(f, "two\n");
	output_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\n");
}

Test(file, reopening_leaves_no_descriptor_behind)
{
	struct output *f = opened("out");
	int next, again;

	next = dup(0);
	close(next);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(output_reopen(f), 0);
	cr_assert_eq(symlink("out", "link"), 0);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(open_error("link"), -ELOOP);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(open_error("."), -EISDIR);
	again = dup(0);
	cr_assert_leq(again, next);
	close(again);
	output_close(f);
}
