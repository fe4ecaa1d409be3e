/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "random.h"
#include "sink/file.h"

#define BUFFER 65536

/* --- a directory for each case -------------------------------------------- */

static char dir[] = "/tmp/ctagg-test-XXXXXX";

static void enter_directory(void)
{
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static void remove_directory(void)
{
	DIR *d = opendir(".");
	struct dirent *entry;

	while ((entry = readdir(d)))
		if (unlinkat(dirfd(d), entry->d_name, 0))
			unlinkat(dirfd(d), entry->d_name, AT_REMOVEDIR);
	closedir(d);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(rmdir(dir), 0);
}

TestSuite(file, .init = enter_directory, .fini = remove_directory, .timeout = 60);

/* --- helpers --------------------------------------------------------------- */

static struct file *opened(const char *path)
{
	struct file *f = NULL;

	cr_assert_eq(file_open(&f, path, BUFFER), 0);
	return f;
}

static int open_error(const char *path)
{
	struct file *f = NULL;
	int err = file_open(&f, path, BUFFER);

	cr_assert_null(f, "*out stays as it was");
	return err;
}

/* Line n: its number and dashes, len bytes with the newline. */
static void make_line(char *p, size_t len, unsigned int n)
{
	char number[9];

	memset(p, '-', len);
	snprintf(number, sizeof(number), "%08u", n);
	memcpy(p, number, 8);
	p[len - 1] = '\n';
}

static bool put_line(struct file *f, size_t len, unsigned int n)
{
	char *p = file_room(f, len);

	if (!p)
		return false;
	make_line(p, len, n);
	file_commit(f, len);
	return true;
}

static void put(struct file *f, const char *text)
{
	char *p = file_room(f, strlen(text));

	cr_assert_not_null(p);
	memcpy(p, text, strlen(text));
	file_commit(f, strlen(text));
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	cr_assert_not_null(out);
	fputs(text, out);
	fclose(out);
}

static void expect_content(const char *path, const char *expected)
{
	char text[4096];
	FILE *in = fopen(path, "r");
	size_t len;

	cr_assert_not_null(in, "%s: %s", path, strerror(errno));
	len = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[len] = '\0';
	cr_assert_str_eq(text, expected);
}

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

/* Make fd the standard output, as a parent would have done. */
static void inherit_as_stdout(int fd)
{
	fflush(stdout);
	cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
}

/* A disk that fills up, as near as a file size limit comes to it. */
static void limit_size(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* --- the buffer ------------------------------------------------------------ */

Test(file, has_room_for_so_much_and_again_after_writing)
{
	struct file *f = opened("out");
	unsigned int n = 0;

	while (put_line(f, 100, n))
		n++;
	cr_assert_eq(n, BUFFER / 100);
	cr_assert_eq(file_pending(f), n * 100);
	cr_assert_eq(file_pending_lines(f), n);
	cr_assert_eq(file_flush(f), 0);
	cr_assert_eq(file_pending(f), 0);
	cr_assert_eq(file_pending_lines(f), 0);
	cr_assert_not_null(file_room(f, BUFFER));
	cr_assert_null(file_room(f, BUFFER + 1));
	file_close(f);
}

Test(file, closing_nothing_is_fine)
{
	file_close(NULL);
}

/* --- files ----------------------------------------------------------------- */

Test(file, is_created_for_owner_and_group)
{
	struct stat st;

	umask(0);
	file_close(opened("out"));
	cr_assert_eq(stat("out", &st), 0);
	cr_assert_eq(st.st_mode, S_IFREG | 0640);
}

Test(file, is_appended_to)
{
	struct file *f;

	write_file("out", "before\n");
	f = opened("out");
	put(f, "one\ntwo\n");
	cr_assert_eq(file_flush(f), 0);
	put(f, "three\n");
	cr_assert_eq(file_flush(f), 0);
	cr_assert_eq(file_poll_fd(f), -1, "a file is always ready");
	file_close(f);
	expect_content("out", "before\none\ntwo\nthree\n");
}

Test(file, is_not_left_open_to_children)
{
	int lowest = dup(0);
	struct file *f;

	close(lowest);
	f = opened("out");
	cr_assert(fcntl(lowest, F_GETFD) & FD_CLOEXEC);
	file_close(f);
	cr_assert_lt(fcntl(lowest, F_GETFD), 0, "and closed in the end");
}

Test(file, a_torn_last_line_gets_its_newline)
{
	struct file *f;

	write_file("out", "whole\ntorn");
	f = opened("out");
	put(f, "new\n");
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out", "whole\ntorn\nnew\n");
}

Test(file, a_whole_last_line_gets_none)
{
	write_file("out", "whole\n");
	file_close(opened("out"));
	expect_content("out", "whole\n");
	write_file("out", "");
	file_close(opened("out"));
	expect_content("out", "");
}

Test(file, a_torn_last_line_that_cannot_get_its_newline_is_an_error)
{
	int lowest = dup(0);

	close(lowest);
	write_file("out", "torn");
	limit_size(4);
	cr_assert_eq(open_error("out"), -EFBIG);
	limit_size(RLIM_INFINITY);
	cr_assert_lt(fcntl(lowest, F_GETFD), 0, "nothing is left open");
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
	struct file *f = opened("/dev/full");

	put(f, "one\ntwo\n");
	cr_assert_eq(file_flush(f), -ENOSPC);
	cr_assert_eq(file_flush(f), -ENOSPC);
	cr_assert_eq(file_pending(f), 8);
	cr_assert_eq(file_pending_lines(f), 2);
	file_close(f);
}

static struct file *partly_written(void)
{
	struct file *f = opened("out");

	put(f, "one\ntwo\nthree\n");
	limit_size(6);
	cr_assert_eq(file_flush(f), -EFBIG);
	limit_size(RLIM_INFINITY);
	expect_content("out", "one\ntw");
	cr_assert_eq(file_pending(f), 8);
	cr_assert_eq(file_pending_lines(f), 2);
	return f;
}

Test(file, goes_on_in_the_middle_of_a_line_when_there_is_room_again)
{
	struct file *f = partly_written();

	put(f, "four\n");
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out", "one\ntwo\nthree\nfour\n");
}

Test(file, goes_on_wherever_it_was_stopped)
{
	static const char text[] = "one\ntwo\nthree\n\nfive\n";

	for (rlim_t stop = 0; stop < sizeof(text); stop++) {
		for (rlim_t again = stop; again < sizeof(text); again++) {
			struct file *f = opened("out");

			put(f, text);
			limit_size(stop);
			file_flush(f);
			limit_size(again);
			file_flush(f);
			cr_assert_eq(file_pending(f), sizeof(text) - 1 - again);
			limit_size(RLIM_INFINITY);
			cr_assert_eq(file_flush(f), 0);
			file_close(f);
			expect_content("out", text);
			unlink("out");
		}
	}
}

Test(file, a_full_buffer_moves_up_behind_half_a_line)
{
	struct file *f = NULL;

	cr_assert_eq(file_open(&f, "out", 12), 0);
	put(f, "one\ntwo\nend\n");
	cr_assert_null(file_room(f, 1));
	limit_size(6);
	cr_assert_eq(file_flush(f), -EFBIG);
	limit_size(RLIM_INFINITY);
	put(f, "new\n");
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out", "one\ntwo\nend\nnew\n");
}

/* --- reopening ------------------------------------------------------------- */

Test(file, reopened_after_it_was_renamed_writes_to_the_new_one)
{
	struct file *f = opened("out");

	put(f, "one\n");
	cr_assert_eq(file_flush(f), 0);
	cr_assert_eq(rename("out", "out.1"), 0);
	put(f, "two\n");
	cr_assert_eq(file_reopen(f), 0);
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\n");
}

Test(file, reopened_in_the_middle_of_a_line_writes_it_whole)
{
	struct file *f = partly_written();

	cr_assert_eq(rename("out", "out.1"), 0);
	cr_assert_eq(file_reopen(f), 0);
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out", "two\nthree\n");
}

Test(file, reopened_in_the_middle_of_a_line_of_the_same_file_closes_it_first)
{
	struct file *f = partly_written();

	cr_assert_eq(file_reopen(f), 0);
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out", "one\ntw\ntwo\nthree\n");
}

Test(file, stays_with_the_old_file_when_the_new_one_cannot_be_opened)
{
	struct file *f = opened("out");

	cr_assert_eq(rename("out", "out.1"), 0);
	cr_assert_eq(symlink("out.1", "out"), 0);
	cr_assert_eq(file_reopen(f), -ELOOP);
	put(f, "one\n");
	cr_assert_eq(file_flush(f), 0);
	cr_assert_eq(unlink("out"), 0);
	cr_assert_eq(file_reopen(f), 0);
	put(f, "two\n");
	cr_assert_eq(file_flush(f), 0);
	file_close(f);
	expect_content("out.1", "one\n");
	expect_content("out", "two\n");
}

Test(file, reopening_leaves_no_descriptor_behind)
{
	struct file *f = opened("out");
	int next, again;

	next = dup(0);
	close(next);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(file_reopen(f), 0);
	cr_assert_eq(symlink("out", "link"), 0);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(open_error("link"), -ELOOP);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(open_error("."), -EISDIR);
	again = dup(0);
	cr_assert_leq(again, next);
	close(again);
	file_close(f);
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

Test(file, a_full_pipe_holds_whole_lines)
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

Test(file, a_pipe_that_nobody_reads_is_refused)
{
	cr_assert_eq(mkfifo("fifo", 0600), 0);
	cr_assert_eq(open_error("fifo"), -ENXIO);
}

Test(file, a_pipe_whose_reader_has_gone_says_so)
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

Test(file, an_inherited_pipe_is_not_made_non_blocking)
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
Test(file, an_inherited_pipe_that_cannot_be_opened_anew_is_asked)
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

Test(file, an_inherited_socket_is_not_made_non_blocking)
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

Test(file, an_inherited_terminal_is_not_made_non_blocking)
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

Test(file, an_inherited_file_is_written_where_its_writers_are)
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

Test(file, a_standard_output_that_is_not_for_writing_is_refused)
{
	int fd = open("/dev/null", O_RDONLY);

	inherit_as_stdout(fd);
	cr_assert_eq(open_error(NULL), -EBADF);
	close(STDOUT_FILENO);
	cr_assert_eq(open_error(NULL), -EBADF);
	dup2(fd, STDOUT_FILENO);
}

Test(file, reopening_standard_output_does_nothing)
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
