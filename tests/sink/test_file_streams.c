/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "sink/file_case.h"

TestSuite(file_streams, .init = enter_directory, .fini = remove_directory, .timeout = 60);

/* Read everything that is in a pipe or socket now: only whole lines, numbered on from *next. */
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
static void fill_and_drain(struct output *f, int reader, size_t len)
{
	unsigned int written = 0, read = 0;

	for (int round = 0; round < 10; round++) {
		int err = 0;

		while (!err) {
			while (put_line(f, len, written))
				written++;
			err = output_flush(f);
		}
		cr_assert_eq(err, -EAGAIN);
		cr_assert_gt(output_pending(f), 0);
		cr_assert_gt(read_lines(reader, &read), 0);
	}
	while (output_flush(f) == -EAGAIN)
		cr_assert_gt(read_lines(reader, &read), 0);
	read_lines(reader, &read);
	cr_assert_eq(read, written);
}

static const size_t lengths[] = { 9, 10, 100, 511, 512, 1000, 1365, 2047, 2048, 4095, 4096 };

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
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, reader, lengths[i]);
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
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, fds[0], lengths[i]);
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
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, fds[0], lengths[i]);
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

/* --- sockets ---------------------------------------------------------------- */

/* Make one end of a socket pair of this type the standard output. Returns the other end. */
static int socket_as_stdout(int type)
{
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, type, 0, fds), 0);
	inherit_as_stdout(fds[1]);
	close(fds[1]);
	return fds[0];
}

/* A local stream socket takes PIPE_BUF bytes as a whole or not at all, as a pipe does. */
Test(file_streams, a_full_local_stream_holds_whole_lines)
{
	int reader = socket_as_stdout(SOCK_STREAM);
	struct output *f = opened(NULL);

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, reader, lengths[i]);
	output_close(f);
}

static const int datagram_types[] = { SOCK_DGRAM, SOCK_SEQPACKET };

static void expect_datagram(int reader, const char *expected)
{
	char text[BUFFER];
	ssize_t n = recv(reader, text, sizeof(text), MSG_DONTWAIT);

	cr_assert_eq(n, (ssize_t)strlen(expected), "%zd bytes", n);
	cr_assert(!memcmp(text, expected, n));
}

Test(file_streams, a_datagram_is_a_record)
{
	for (int i = 0; i < 2; i++) {
		int reader = socket_as_stdout(datagram_types[i]);
		struct output *f = opened(NULL);

		write_through(f, "one\ntwo\nthree\n");
		expect_datagram(reader, "one\n");
		expect_datagram(reader, "two\n");
		expect_datagram(reader, "three\n");
		cr_assert_eq(output_refused(f), 0);
		output_close(f);
		close(reader);
	}
}

Test(file_streams, a_full_datagram_socket_is_waited_for)
{
	for (int i = 0; i < 2; i++) {
		int reader = socket_as_stdout(datagram_types[i]);
		struct output *f = opened(NULL);
		unsigned int written = 0, read = 0;

		while (put_line(f, 100, written))
			written++;
		while (output_flush(f) == -EAGAIN) {
			struct pollfd ready = { .fd = output_poll_fd(f), .events = POLLOUT };

			cr_assert_gt(read_lines(reader, &read), 0);
			cr_assert_eq(poll(&ready, 1, 10000), 1);
		}
		read_lines(reader, &read);
		cr_assert_eq(read, written);
		output_close(f);
		close(reader);
	}
}

Test(file_streams, a_record_that_no_datagram_holds_is_left_out_and_counted)
{
	for (int i = 0; i < 2; i++) {
		int reader = socket_as_stdout(datagram_types[i]), least = 0;
		struct output *f = opened(NULL);

		cr_assert_eq(setsockopt(STDOUT_FILENO, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)), 0);
		put(f, "one\n");
		cr_assert(put_line(f, 20000, 2));
		put(f, "three\n");
		cr_assert(put_line(f, 20000, 4));
		cr_assert_eq(output_flush(f), 0);
		cr_assert_eq(output_refused(f), 2);
		expect_datagram(reader, "one\n");
		expect_datagram(reader, "three\n");
		output_close(f);
		close(reader);
	}
}

Test(file_streams, a_socket_whose_reader_has_gone_says_so)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

	for (int i = 0; i < 3; i++) {
		int reader = socket_as_stdout(types[i]);
		struct output *f = opened(NULL);

		put(f, "one\ntwo\n");
		close(reader);	/* with unread lines in it, and without */
		cr_assert_eq(output_flush(f), -EPIPE);
		cr_assert_eq(output_flush(f), -EPIPE, "and goes on saying so");
		output_close(f);
		reader = socket_as_stdout(types[i]);
		f = opened(NULL);
		write_through(f, "one\n");
		close(reader);
		put(f, "two\n");
		cr_assert_eq(output_flush(f), -EPIPE);
		output_close(f);
	}
}

Test(file_streams, a_socket_without_a_peer_is_refused)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	static const int domains[] = { AF_UNIX, AF_INET };

	for (int i = 0; i < 4; i++) {
		int fd = socket(domains[i / 2], types[i % 2], 0);

		cr_assert_geq(fd, 0);
		inherit_as_stdout(fd);
		close(fd);
		cr_assert_eq(open_error(NULL), -ENOTCONN);
	}
}

/* What a network says of an earlier datagram is no goodbye: the receiver may be
 * started again. */
Test(file_streams, datagrams_go_on_when_nobody_received_one)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(to);
	struct pollfd error;
	struct output *f;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(receiver, (struct sockaddr *)&to, sizeof(to)), 0);
	cr_assert_eq(getsockname(receiver, (struct sockaddr *)&to, &len), 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	inherit_as_stdout(fd);
	close(fd);
	f = opened(NULL);
	close(receiver);
	write_through(f, "into the void\n");
	error = (struct pollfd){ .fd = output_poll_fd(f) };
	cr_assert_eq(poll(&error, 1, 10000), 1);
	cr_assert_eq(output_error(f), -ECONNREFUSED);
	cr_assert_eq(poll(&error, 1, 0), 0, "once");
	write_through(f, "into the void\n");
	cr_assert_eq(poll(&error, 1, 10000), 1);
	put(f, "one\n");
	cr_assert_eq(output_flush(f), -ECONNREFUSED);
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	cr_assert_eq(bind(receiver, (struct sockaddr *)&to, sizeof(to)), 0);
	cr_assert_eq(output_flush(f), 0);
	expect_datagram(receiver, "one\n");
	output_close(f);
}

/* Whoever made the socket may have asked for a queue of errors (IP_RECVERR): as long as
 * something is in there, poll() reports POLLERR. */
Test(file_streams, a_queue_of_errors_is_emptied)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	socklen_t len = sizeof(to);
	struct pollfd error;
	struct output *f;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(receiver, (struct sockaddr *)&to, sizeof(to)), 0);
	cr_assert_eq(getsockname(receiver, (struct sockaddr *)&to, &len), 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	cr_assert_eq(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)), 0);
	inherit_as_stdout(fd);
	close(fd);
	f = opened(NULL);
	close(receiver);
	for (int i = 0; i < 2; i++) {
		put(f, "into the void\n");
		output_flush(f);
	}
	error = (struct pollfd){ .fd = output_poll_fd(f) };
	cr_assert_eq(poll(&error, 1, 10000), 1);
	cr_assert_eq(error.revents, POLLERR);
	output_error(f);
	cr_assert_eq(poll(&error, 1, 0), 0);
	output_close(f);
}

Test(file_streams, an_error_of_all_else_is_a_reader_that_has_gone)
{
	struct output *f;
	int reader = socket_as_stdout(SOCK_STREAM);

	f = opened(NULL);
	close(reader);
	cr_assert_eq(output_error(f), -EPIPE);
	output_close(f);
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
