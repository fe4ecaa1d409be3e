/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way to a descriptor. */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print/out.h"

static struct out out;

static void begin(int fd)
{
	memset(&out, 0, sizeof(out));
	out.fd = fd;
}

Test(print_out, more_than_the_buffer_comes_whole)
{
	static char text[3 * sizeof(out.text) + 5], back[sizeof(text) + 1];
	FILE *file = tmpfile();

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	begin(fileno(file));
	out_put(&out, text, 7);
	out_put(&out, text + 7, sizeof(text) - 7 - 4);
	out_times(&out, 'x', 4);
	cr_assert_eq(out_flush(&out), 0);
	cr_assert_eq(pread(fileno(file), back, sizeof(back), 0), (ssize_t)sizeof(text));
	cr_expect_eq(memcmp(back, text, sizeof(text) - 4), 0);
	cr_expect_eq(memcmp(back + sizeof(text) - 4, "xxxx", 4), 0);
	fclose(file);
}

Test(print_out, the_first_error_stays)
{
	int full = open("/dev/full", O_WRONLY);

	begin(full);
	out_text(&out, "a");
	cr_expect_eq(out_flush(&out), -ENOSPC);
	close(full);
	out_text(&out, "b");
	cr_expect_eq(out_flush(&out), -ENOSPC);
}

Test(print_out, a_reader_that_went_away_is_an_error)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	begin(ends[1]);
	out_text(&out, "a");
	cr_expect_eq(out_flush(&out), -EPIPE);
	close(ends[1]);
}

/* Reads slowly what is written: all of it, then hands it over. */
static void *read_all(void *fd)
{
	char *all = malloc(1 << 20);
	size_t len = 0;
	ssize_t n;

	while ((n = read(*(int *)fd, all + len, 100)) > 0)
		len += n;
	all[len] = '\0';
	return all;
}

/* The program that started this one can have set O_NONBLOCK, and shares the descriptor with it. */
Test(print_out, a_slow_reader_is_waited_for)
{
	pthread_t reader;
	void *all;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	fcntl(ends[1], F_SETPIPE_SZ, 4096);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	pthread_create(&reader, NULL, read_all, &ends[0]);
	begin(ends[1]);
	out_times(&out, 'y', 300000);
	cr_expect_eq(out_flush(&out), 0);
	close(ends[1]);
	pthread_join(reader, &all);
	cr_expect_eq(strlen(all), 300000);
	cr_expect_eq(strspn(all, "y"), 300000);
	free(all);
	close(ends[0]);
}
