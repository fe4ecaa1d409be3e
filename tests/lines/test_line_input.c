/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "random.h"
#include "lines/line_input.h"

/* Lines through a pipe, which takes them in pieces. */
static struct line_input *in;
static int to;

static void open_pipe(void)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_assert_geq(fcntl(fds[1], F_SETPIPE_SZ, 1 << 20), 0);
	cr_assert_eq(line_input_open(&in, fds[0]), 0);
	to = fds[1];
}

static void close_pipe(void)
{
	line_input_close(in);
}

TestSuite(line_input, .init = open_pipe, .fini = close_pipe, .timeout = 60);

static void put(const char *bytes, size_t len)
{
	cr_assert_eq(write(to, bytes, len), (ssize_t)len);
	cr_assert_eq(line_input_fill(in), 0);
}

static void put_text(const char *text)
{
	put(text, strlen(text));
}

static void put_end(void)
{
	close(to);
	cr_assert_eq(line_input_fill(in), 0);
}

static void is_line(const char *expected)
{
	const char *line = NULL;
	size_t len = 0;

	cr_assert_eq(line_input_next(in, &line, &len), 1);
	cr_assert_eq(len, strlen(expected));
	cr_assert(!memcmp(line, expected, len), "%.*s", (int)len, line);
}

static void is_result(int expected)
{
	const char *line = NULL;
	size_t len = 0;

	cr_assert_eq(line_input_next(in, &line, &len), expected);
}

Test(line_input, a_line_is_whole_or_not_there)
{
	is_result(0);
	cr_assert_eq(line_input_fill(in), -EAGAIN, "nothing is there");
	put_text("first\nsec");
	is_line("first");
	is_result(0);
	cr_assert_not(line_input_ready(in));
	put_text("ond\n\nlast");
	is_line("second");
	is_line("");
	is_result(0);
	put_end();
	cr_assert(line_input_ready(in));
	is_line("last");
	cr_assert_eq(line_input_number(in), 4);
	is_result(-ENODATA);
	is_result(-ENODATA);
}

Test(line_input, nothing_has_no_line)
{
	put_end();
	is_result(-ENODATA);
	cr_assert_eq(line_input_number(in), 0);
}

static void put_many(char c, size_t n)
{
	char bytes[4096];

	memset(bytes, c, sizeof(bytes));
	for (size_t some; n; n -= some) {
		some = n < sizeof(bytes) ? n : sizeof(bytes);
		put(bytes, some);
	}
}

Test(line_input, the_longest_line_is_taken)
{
	const char *line;
	size_t len;

	put_many('a', LINE_INPUT_MAX);
	is_result(0);
	put_text("\nnext\n");
	cr_assert_eq(line_input_next(in, &line, &len), 1);
	cr_assert_eq(len, LINE_INPUT_MAX);
	is_line("next");
}

Test(line_input, a_longer_line_is_one_and_is_skipped)
{
	put_many('a', LINE_INPUT_MAX + 1);
	is_result(-EMSGSIZE);
	for (int i = 0; i < 100; i++) {
		put_many('b', 5000);
		is_result(0);
	}
	put_text("the end of it\nnext\n");
	is_line("next");
	cr_assert_eq(line_input_number(in), 2);
	put_end();
	is_result(-ENODATA);
}

/* Random lines in random pieces are the same lines. */
Test(line_input, pieces_do_not_matter)
{
	struct random r = random_from(9);
	char bytes[3000], expected[3000];
	size_t n = 0, taken = 0, put_bytes = 0;
	const char *line;
	size_t len;

	for (; n < sizeof(bytes); n++)
		bytes[n] = random_below(&r, 12) ? 'a' + random_below(&r, 26) : '\n';
	bytes[n - 1] = '\n';
	while (put_bytes < n) {
		size_t some = 1 + random_below(&r, 40);

		some = some < n - put_bytes ? some : n - put_bytes;
		put(bytes + put_bytes, some);
		put_bytes += some;
		while (line_input_next(in, &line, &len) == 1) {
			memcpy(expected + taken, line, len);
			expected[taken + len] = '\n';
			taken += len + 1;
		}
	}
	cr_assert_eq(taken, n);
	cr_assert(!memcmp(bytes, expected, n));
}
