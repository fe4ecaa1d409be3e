/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sink/stream_case.h"

/* Standard output that is a socket. */

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

	fill_and_drain_each(f, reader);
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
