/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a file, against the lines that were written to the file. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deliver/lines.h"
#include "random.h"

static struct lines lines;
static const char *line;
static size_t n;

static int file_of(const char *text, size_t size)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, size), (ssize_t)size);
	return fd;
}

static void begin(const char *text)
{
	lines_init(&lines, file_of(text, strlen(text)));
}

static void next_is(const char *expected)
{
	cr_assert_eq(lines_next(&lines, &line, &n), 1);
	cr_assert_eq(n, strlen(expected));
	cr_expect_arr_eq(line, expected, n);
}

Test(lines, each_line_is_shown_once)
{
	begin("one\n\nthree\n");
	next_is("one");
	next_is("");
	next_is("three");
	cr_expect_eq(lines_next(&lines, &line, &n), 0);
	cr_expect_eq(lines_next(&lines, &line, &n), 0);
}

Test(lines, the_last_newline_can_be_missing)
{
	begin("one\ntwo");
	next_is("one");
	next_is("two");
	cr_expect_eq(lines_next(&lines, &line, &n), 0);
}

Test(lines, an_empty_file_has_none)
{
	begin("");
	cr_expect_eq(lines_next(&lines, &line, &n), 0);
}

Test(lines, an_error_is_said)
{
	lines_init(&lines, -1);
	cr_expect_eq(lines_next(&lines, &line, &n), -EBADF);
}

/* Lines around the size of the buffer, with and without the last newline: those that find no room
 * are shown by their length, and the others are as they were written. */
Test(lines, lengths_around_the_buffer)
{
	static const size_t sizes[] = {
		0, 1, LINES_ROOM - 2, LINES_ROOM - 1, LINES_ROOM, LINES_ROOM + 1,
		2 * LINES_ROOM - 1, 2 * LINES_ROOM, 2 * LINES_ROOM + 1,
	};
	static char text[24 * LINES_ROOM];
	size_t length[8], end;
	struct random r = { 0 };

	for (int round = 0; round < 300; round++) {
		size_t count = 1 + random_below(&r, 8), at = 0;

		for (size_t i = 0; i < count; i++) {
			length[i] = sizes[random_below(&r, sizeof(sizes) / sizeof(sizes[0]))];
			memset(text + at, 'a' + (int)i, length[i]);
			at += length[i];
			text[at++] = '\n';
		}
		end = length[count - 1] && random_below(&r, 2) ? at - 1 : at;
		lines_init(&lines, file_of(text, end));
		at = 0;
		for (size_t i = 0; i < count; i++) {
			cr_assert_eq(lines_next(&lines, &line, &n), 1);
			cr_assert_eq(n, length[i]);
			if (n < LINES_ROOM)
				cr_assert_not_null(line);
			if (n > LINES_ROOM)
				cr_assert_null(line);
			if (line)
				cr_assert_arr_eq(line, text + at, n);
			at += n + 1;
		}
		cr_assert_eq(lines_next(&lines, &line, &n), 0);
		close(lines.fd);
	}
}
