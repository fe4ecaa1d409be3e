/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink/stream_case.h"

TestSuite(file_streams, .init = enter_directory, .fini = remove_directory, .timeout = 60);

size_t read_lines(int fd, unsigned int *next)
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

void fill_and_drain(struct output *f, int reader, size_t len)
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

void fill_and_drain_each(struct output *f, int reader)
{
	static const size_t lengths[] = { 9, 10, 100, 511, 512, 1000, 1365, 2047, 2048, 4095, 4096 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		fill_and_drain(f, reader, lengths[i]);
}
