/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/emit_case.h"
#include "sink/file_case.h"

/* What becomes of a window whose lines cannot be written at once. */

TestSuite(emit_writing, .init = make_lines_file, .fini = remove_lines_file, .timeout = 60);

Test(emit_writing, a_slow_reader_keeps_the_window_waiting)
{
	struct memory *m = table_of(20000, 20000);
	FILE *keep = tmpfile();
	char part[65536];
	struct emit e;
	int reader;
	ssize_t n;

	unlink(lines_path);
	cr_assert_eq(mkfifo(lines_path, 0600), 0);
	reader = open(lines_path, O_RDONLY | O_NONBLOCK);
	emit_to(&e, lines_path);
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_BLOCKED);
	cr_assert(e.busy);
	cr_assert_eq(memory_rows(m), 20000);
	while (run_emit(&e) == EMIT_BLOCKED) {
		n = read(reader, part, sizeof(part));
		cr_assert_gt(n, 0);
		fwrite(part, 1, n, keep);
	}
	while ((n = read(reader, part, sizeof(part))) > 0)
		fwrite(part, 1, n, keep);
	rewind(keep);
	cr_assert_eq(read_window(keep).flows, 20000);
	cr_assert_eq(e.outputs.write_errors, 0);
	fclose(keep);
	emit_close(&e);
	memory_close(m);
}

Test(emit_writing, a_reader_that_has_gone_is_the_end)
{
	struct memory *m = table_of(10, 1);
	struct emit e;
	int reader;

	unlink(lines_path);
	cr_assert_eq(mkfifo(lines_path, 0600), 0);
	reader = open(lines_path, O_RDONLY | O_NONBLOCK);
	emit_to(&e, lines_path);
	close(reader);
	begin_job(&e, m);
	cr_assert_eq(run_emit(&e), EMIT_GONE);
	emit_close(&e);
	memory_close(m);
}

/* limit_size() stands for a disk that is full for a while. */
Test(emit_writing, a_failed_write_waits_for_the_next_try_and_loses_nothing)
{
	struct memory *m = table_of(20000, 20000);
	struct found f;
	struct emit e;

	emit_to(&e, lines_path);
	begin_job(&e, m);
	limit_size(100000);
	cr_assert_eq(run_emit(&e), EMIT_FAILING);
	cr_assert_eq(e.outputs.list[0].err, -EFBIG);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(run_emit(&e), EMIT_FAILING, "not before it is told to");
	cr_assert_eq(e.outputs.write_errors, 1);
	limit_size(100001);
	outputs_retry(&e.outputs);
	cr_assert_eq(run_emit(&e), EMIT_FAILING);
	cr_assert_eq(e.outputs.write_errors, 2);
	cr_assert_eq(memory_rows(m), 20000);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(run_emit(&e), EMIT_FAILING, "one try for each time it is told");
	outputs_retry(&e.outputs);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	f = read_lines_file();
	cr_assert_eq(f.flows, 20000);
	cr_assert_eq(f.write_errors, 2, "and the window says so");
	emit_close(&e);
	memory_close(m);
}

Test(emit_writing, reopening_is_a_new_try)
{
	struct memory *m = table_of(10, 3);
	struct found f;
	struct emit e;

	emit_to(&e, lines_path);
	begin_job(&e, m);
	limit_size(100);
	cr_assert_eq(run_emit(&e), EMIT_FAILING);
	limit_size(RLIM_INFINITY);
	cr_assert_eq(unlink(lines_path), 0);
	outputs_reopen(&e.outputs);
	cr_assert_eq(run_emit(&e), EMIT_IDLE);
	f = read_lines_file();
	cr_assert_eq(f.flows, 3, "the line of which the old file has a part is whole in the new one");
	emit_close(&e);
	memory_close(m);
}

Test(emit_writing, a_file_that_cannot_be_opened_anew_is_tried_each_second)
{
	char moved[64];
	struct emit e;

	snprintf(moved, sizeof(moved), "%s.1", lines_path);
	emit_to(&e, lines_path);
	cr_assert_not(outputs_tick(&e.outputs), "nobody has asked");
	cr_assert_eq(rename(lines_path, moved), 0);
	cr_assert_eq(symlink("nowhere", lines_path), 0);
	outputs_reopen(&e.outputs);
	cr_assert_eq(e.outputs.list[0].reopen_err, -ELOOP);
	cr_assert_not(outputs_tick(&e.outputs));
	cr_assert_eq(unlink(lines_path), 0);
	cr_assert(outputs_tick(&e.outputs));
	cr_assert_eq(access(lines_path, W_OK), 0);
	cr_assert_eq(unlink(lines_path), 0);
	cr_assert_not(outputs_tick(&e.outputs), "it is done");
	cr_assert_lt(access(lines_path, W_OK), 0);
	unlink(moved);
	emit_close(&e);
}
