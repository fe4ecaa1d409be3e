/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "sink/file_case.h"

TestSuite(file_streams, .init = enter_directory, .fini = remove_directory, .timeout = 60);

/* Take what is in a pipe or socket now: whole lines that number on from *next. */
static size_t read_lines(int fd, unsigned int *next)
{
	static char text[1 << 20];
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t len = 0, lines = 0;

	while (poll(&ready, 1, 0) == 1)
		len += read(fd, text + len, sizeof(text) - len);
	for (char *p = text, *end; p < text + len; p = end + 1, lines++) {
		end = memchr(p, '\n', text + len - p);
		cr_assert_not_null(end, "a line in parts after %zu", lines);
		cr_assert_eq((unsigned int)strtoul(p, NULL, 10), (*next)++);
		for (char *dash = p + 8; dash < end; dash++)
			cr_assert_eq(*dash, '-');
	}
	return lines;
}

static int flags_of(int fd)
{
	return fcntl(fd, F_GETFL);
}

/* --- pipes ----------------------------------------------------------------- */

/* Lines of this length until the reader must be waited for; what has arrived
 * is whole lines at every moment, and in the end everything. */
static void fill_and_drain(struct file *f, int reader, size_t len)
{
	unsigned int written = 0, read = 0;

	for (int round = 0; round < 10; round++) {
		int err = 0;

		while (!err) {
			while (put_line(f, len, written))
				written++;
			err = file_flush(f);
		}
		cr_assert_eq(err, -EAGAIN);
		cr_assert_gt(file_pending(f), 0);
		cr_assert_gt(read_lines(reader, &read), 0);
	}
	while (file_flush(f) == -EAGAIN)
		cr_assert_gt(read_lines(reader, &read), 0);
	read_lines(reader, &read);
	cr_assert_eq(read, written);
}

static const size_t lengths[] = { 9, 10, 100, 511, 512, 1000, 1365, 2047, 2048, 4095, 4096 };

Test(file_streams, a_full_pipe_holds_whole_lines)
{
	struct file *f;
	int reader;

	cr_assert_eq(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	/* less than waits to be written */
	cr_assert_eq(fcntl(reader, F_SETPIPE_SZ, BUFFER / 4), BUFFER / 4);
	f = opened("fifo");
	cr_assert_geq(file_poll_fd(f), 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, reader, lengths[i]);
	file_close(f);
}

Test(file_streams, a_pipe_that_nobody_reads_is_refused)
{
	cr_assert_eq(mkfifo("fifo", 0600), 0);
	cr_assert_eq(open_error("fifo"), -ENXIO);
}

Test(file_streams, a_pipe_whose_reader_has_gone_says_so)
{
	struct file *f;
	int reader;

	cr_assert_eq(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	f = opened("fifo");
	put(f, "one\n");
	close(reader);
	cr_assert_eq(file_flush(f), -EPIPE);
	file_close(f);
}

/* --- standard output ------------------------------------------------------- */

Test(file_streams, an_inherited_pipe_is_not_made_non_blocking)
{
	struct file *f;
	int fds[2], before;

	cr_assert_eq(pipe(fds), 0);
	before = flags_of(fds[1]);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, fds[0], lengths[i]);
	cr_assert_eq(flags_of(fds[1]), before);
	cr_assert_eq(flags_of(STDOUT_FILENO), before);
	cr_assert_eq(file_reopen(f), 0);
	file_close(f);
	cr_assert_eq(flags_of(fds[1]), before);
	cr_assert_geq(fcntl(STDOUT_FILENO, F_GETFD), 0, "nor is it closed");
}

/* Where opening it anew is refused, every write is asked for. */
Test(file_streams, an_inherited_pipe_that_cannot_be_opened_anew_is_asked)
{
	bool root = geteuid() == 0;
	struct file *f;
	int fds[2], before;

	cr_assert_eq(pipe(fds), 0);
	before = flags_of(fds[1]);
	cr_assert_eq(fchmod(fds[1], 0), 0);
	inherit_as_stdout(fds[1]);
	if (root && seteuid(65534)) {
		remove_directory();	/* a skip does without .fini */
		cr_skip_test("nobody cannot be had here");
	}
	cr_assert_lt(open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK), 0);
	f = opened(NULL);
	cr_assert_eq(file_poll_fd(f), STDOUT_FILENO);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, fds[0], lengths[i]);
	cr_assert_eq(flags_of(fds[1]), before);
	file_close(f);
	if (root)
		cr_assert_eq(seteuid(0), 0);
}

Test(file_streams, an_inherited_socket_is_not_made_non_blocking)
{
	struct file *f;
	int fds[2], before;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	before = flags_of(fds[1]);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	fill_and_drain(f, fds[0], 64);
	cr_assert_eq(flags_of(fds[1]), before);
	put(f, "one\n");
	close(fds[0]);
	cr_assert_eq(file_flush(f), -EPIPE);
	file_close(f);
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
	struct file *f;

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
		err = file_flush(f);
	}
	cr_assert_eq(err, -EAGAIN);
	while (file_pending(f) || read < written) {
		read_line(master, read++);
		err = file_flush(f);
		cr_assert(!err || err == -EAGAIN);
	}
	cr_assert_eq(flags_of(slave), before);
	file_close(f);
}

Test(file_streams, an_inherited_file_is_written_where_its_writers_are)
{
	int fd = open("out", O_WRONLY | O_CREAT, 0600);
	struct file *f;

	inherit_as_stdout(fd);
	cr_assert_eq(write(fd, "parent\n", 7), 7);
	f = opened(NULL);
	put(f, "ours\n");
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	cr_assert_geq(fcntl(STDOUT_FILENO, F_GETFD), 0, "not ours to close");
	cr_assert_eq(write(fd, "parent\n", 7), 7);
	expect_content("out", "parent\nours\nparent\n");
}

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
	struct file *f;
	int fds[2];
	char text[8];

	cr_assert_eq(pipe(fds), 0);
	inherit_as_stdout(fds[1]);
	f = opened(NULL);
	put(f, "one\n");
	cr_assert_eq(file_reopen(f), 0);
	cr_assert_eq(file_flush(f), 0);
	cr_assert_eq(read(fds[0], text, sizeof(text)), 4);
	file_close(f);
}
