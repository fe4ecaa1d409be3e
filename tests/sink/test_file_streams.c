/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "sink/stream_case.h"

/* Outputs that are a pipe, and standard output that somebody else has opened. */

static int flags_of(int fd)
{
	return fcntl(fd, F_GETFL);
}

/* --- pipes ----------------------------------------------------------------- */

Test(file_streams, a_full_pipe_holds_whole_lines)
{
	struct output *f;
	int reader;

	cr_assert_eq(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	/* less room than the waiting bytes need */
	cr_assert_eq(fcntl(reader, F_SETPIPE_SZ, BUFFER / 4), BUFFER / 4);
	f = opened("fifo");
	cr_assert_geq(output_poll_fd(f), 0);
	fill_and_drain_each(f, reader);
	output_close(f);
}

Test(file_streams, a_pipe_that_nobody_reads_is_refused)
{
	cr_assert_eq(mkfifo("fifo", 0600), 0);
	cr_assert_eq(open_error("fifo"), -ENXIO);
}

Test(file_streams, a_pipe_whose_reader_has_gone_says_so)
{
	struct output *f;
	int reader;

	cr_assert_eq(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	f = opened("fifo");
	put(f, "one\n");
	close(reader);
	cr_assert_eq(output_flush(f), -EPIPE);
	output_close(f);
}

/* --- standard output ------------------------------------------------------- */

Test(file_streams, an_inherited_pipe_is_not_made_non_blocking)
{
	struct output *f;
	int fds[2], before;

	cr_assert_eq(pipe(fds), 0);
	before = flags_of(fds[1]);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	fill_and_drain_each(f, fds[0]);
	cr_assert_eq(flags_of(fds[1]), before);
	cr_assert_eq(flags_of(STDOUT_FILENO), before);
	cr_assert_eq(output_reopen(f), 0);
	output_close(f);
	cr_assert_eq(flags_of(fds[1]), before);
	cr_assert_geq(fcntl(STDOUT_FILENO, F_GETFD), 0, "nor is it closed");
}

/* Where /proc/self/fd/1 cannot be opened, poll() is asked before every write. */
Test(file_streams, an_inherited_pipe_that_cannot_be_opened_anew_is_asked)
{
	bool root = geteuid() == 0;
	struct output *f;
	int fds[2], before;

	cr_assert_eq(pipe(fds), 0);
	before = flags_of(fds[1]);
	cr_assert_eq(fchmod(fds[1], 0), 0);
	inherit_as_stdout(fds[1]);
	if (root && seteuid(65534)) {
		remove_directory();	/* .fini is not called for a skipped case */
		cr_skip_test("nobody cannot be had here");
	}
	cr_assert_lt(open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK), 0);
	f = opened(NULL);
	cr_assert_eq(output_poll_fd(f), STDOUT_FILENO);
	fill_and_drain_each(f, fds[0]);
	cr_assert_eq(flags_of(fds[1]), before);
	output_close(f);
	if (root)
		cr_assert_eq(seteuid(0), 0);
}

Test(file_streams, an_inherited_socket_is_not_made_non_blocking)
{
	struct output *f;
	int fds[2], before;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	before = flags_of(fds[1]);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	fill_and_drain(f, fds[0], 64);
	cr_assert_eq(flags_of(fds[1]), before);
	put(f, "one\n");
	close(fds[0]);
	cr_assert_eq(output_flush(f), -EPIPE);
	output_close(f);
}

/* Wait for line n, 64 bytes, to come out of a terminal, in whatever parts. */
static void read_line(int fd, unsigned int n)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char line[64], expected[64];
	size_t len = 0;

	make_line(expected, sizeof(expected), n);
	while (len < sizeof(line)) {
		cr_assert_eq(poll(&ready, 1, 10000), 1, "nothing arrives");
		len += read(fd, line + len, sizeof(line) - len);
	}
	cr_assert(!memcmp(line, expected, sizeof(line)));
}

Test(file_streams, an_inherited_terminal_is_not_made_non_blocking)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), slave, before, err = 0;
	unsigned int written = 0, read = 0;
	struct termios raw;
	struct output *f;

	if (master < 0 || grantpt(master) || unlockpt(master)) {
		remove_directory();
		cr_skip_test("no pseudo terminal here");
	}
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert_eq(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	cr_assert_eq(tcsetattr(slave, TCSANOW, &raw), 0);
	before = flags_of(slave);
	inherit_as_stdout(slave);
	f = opened(NULL);
	while (!err) {
		put_line(f, 64, written++);
		err = output_flush(f);
	}
	cr_assert_eq(err, -EAGAIN);
	while (output_pending(f) || read < written) {
		read_line(master, read++);
		err = output_flush(f);
		cr_assert(!err || err == -EAGAIN);
	}
	cr_assert_eq(flags_of(slave), before);
	output_close(f);
}

Test(file_streams, an_inherited_file_is_written_where_its_writers_are)
{
	int fd = open("out", O_WRONLY | O_CREAT, 0600);
	struct output *f;

	inherit_as_stdout(fd);
	cr_assert_eq(write(fd, "parent\n", 7), 7);
	f = opened(NULL);
	write_through(f, "ours\n");
	output_close(f);
	cr_assert_geq(fcntl(STDOUT_FILENO, F_GETFD), 0, "not ours to close");
	cr_assert_eq(write(fd, "parent\n", 7), 7);
	expect_content("out", "parent\nours\nparent\n");
}

/* The output of a program whose standard output a shell has redirected by `>>' (O_APPEND) or
 * `>' (0). */
static struct output *redirected(const char *path, int append)
{
	int fd = open(path, O_WRONLY | O_CREAT | append, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_geq(lseek(fd, 0, SEEK_END), 0);
	inherit_as_stdout(fd);
	close(fd);
	return opened(NULL);
}

static const int redirections[] = { O_APPEND, 0 };

Test(file_streams, an_inherited_file_that_ends_torn_gets_its_newline)
{
	for (int i = 0; i < 2; i++) {
		struct output *f;

		write_file("out", "whole\ntorn");
		f = redirected("out", redirections[i]);
		write_through(f, "new\n");
		output_close(f);
		expect_content("out", "whole\ntorn\nnew\n");
		unlink("out");
	}
}

Test(file_streams, half_a_line_of_another_writer_is_never_joined)
{
	for (int i = 0; i < 2; i++) {
		struct output *f = redirected("out", redirections[i]);

		write_through(f, "one\n");
		cr_assert_eq(write(STDOUT_FILENO, "oth", 3), 3);
		write_through(f, "two\n");
		output_close(f);
		expect_content("out", "one\noth\ntwo\n");
		unlink("out");
	}
}

Test(file_streams, an_inherited_file_that_is_written_in_its_middle_gets_no_newline)
{
	struct output *f;

	write_file("out", "old\nold");
	f = redirected("out", 0);
	cr_assert_eq(lseek(STDOUT_FILENO, 0, SEEK_SET), 0);
	output_close(f);
	f = opened(NULL);
	write_through(f, "new\n");
	output_close(f);
	expect_content("out", "new\nold");
}

Test(file_streams, an_inherited_file_goes_on_in_the_middle_of_a_line)
{
	for (int i = 0; i < 2; i++) {
		struct output *f = redirected("out", redirections[i]);

		put(f, "one\ntwo\nthree\n");
		flush_within(f, 6, -EFBIG);
		flush_within(f, RLIM_INFINITY, 0);
		output_close(f);
		expect_content("out", "one\ntwo\nthree\n");
		unlink("out");
	}
}

Test(file_streams, an_inherited_file_takes_half_a_line_back_when_it_is_closed)
{
	for (int i = 0; i < 2; i++) {
		struct output *f = redirected("out", redirections[i]);

		put(f, "one\ntwo\n");
		flush_within(f, 6, -EFBIG);
		output_close(f);
		flush_within(f = opened(NULL), RLIM_INFINITY, 0);
		write_through(f, "next\n");
		output_close(f);
		expect_content("out", "one\nnext\n");
		unlink("out");
	}
}

/* The file cannot be cut, as after `chattr +a', for which a test would need privileges. */
Test(file_streams, half_a_line_that_cannot_be_taken_back_gets_its_newline)
{
	int fd = memfd_create("uncuttable", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct output *f;

	cr_assert_geq(fd, 0);
	cr_assert_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	inherit_as_stdout(fd);
	close(fd);
	f = opened(NULL);
	put(f, "one\ntwo\n");
	flush_within(f, 6, -EFBIG);
	limit_size(RLIM_INFINITY);
	output_close(f);
	expect_content("/proc/self/fd/1", "one\ntw\n");
}

Test(file_streams, an_inherited_file_that_was_truncated_has_no_hole)
{
	for (int i = 0; i < 2; i++) {
		struct output *f = redirected("out", redirections[i]);
		struct stat st;

		put(f, "one\ntwo\n");
		flush_within(f, 6, -EFBIG);
		cr_assert_eq(truncate("out", 0), 0);
		flush_within(f, RLIM_INFINITY, 0);
		expect_content("out", "two\n");
		cr_assert_eq(truncate("out", 0), 0);
		write_through(f, "three\n");
		expect_content("out", "three\n");
		cr_assert_eq(stat("out", &st), 0);
		cr_assert_eq(st.st_size, 6);
		output_close(f);
		unlink("out");
	}
}

/* --- what is no standard output ---------------------------------------------- */

Test(file_streams, a_standard_output_that_is_not_for_writing_is_refused)
{
	int fd = open("/dev/null", O_RDONLY);

	inherit_as_stdout(fd);
	cr_assert_eq(open_error(NULL), -EBADF);
	close(STDOUT_FILENO);
	cr_assert_eq(open_error(NULL), -EBADF);
	dup2(fd, STDOUT_FILENO);
}

Test(file_streams, reopening_standard_output_does_nothing)
{
	struct output *f;
	int fds[2];
	char text[8];

	cr_assert_eq(pipe(fds), 0);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	put(f, "one\n");
	cr_assert_eq(output_reopen(f), 0);
	cr_assert_eq(output_flush(f), 0);
	cr_assert_eq(read(fds[0], text, sizeof(text)), 4);
	output_close(f);
}
