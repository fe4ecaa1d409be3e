/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash/text_stream.h"

/* That nothing is missing when there is no memory: tests/e2e/faults_memory.sh, which has each allocation fail. */

Test(text_stream, nothing)
{
	char *text = NULL;
	size_t len = 4711;
	FILE *stream = text_stream_open(&text, &len);

	cr_assert(stream);
	cr_assert_eq(text_stream_close(stream, &text), 0);
	cr_expect_eq(len, 0);
	cr_expect_str_eq(text, "");
	free(text);
}

Test(text_stream, more_than_a_buffer_and_than_the_first_room)
{
	char *text = NULL, line[32];
	size_t len = 0, at = 0;
	FILE *stream = text_stream_open(&text, &len);

	cr_assert(stream);
	for (int i = 0; i < 100000; i++)
		fprintf(stream, "line %d\n", i);
	cr_assert_eq(text_stream_close(stream, &text), 0);
	cr_expect_eq(strlen(text), len);
	for (int i = 0; i < 100000; i++) {
		int n = snprintf(line, sizeof(line), "line %d\n", i);

		cr_assert(!strncmp(text + at, line, n), "%s", line);
		at += n;
	}
	cr_expect_eq(at, len);
	free(text);
}

Test(text_stream, what_is_asked_for_again)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = text_stream_open(&text, &len);

	cr_assert(stream);
	fputs("label=\"", stream);
	fputc('"', stream);
	fflush(stream);
	fputs(",", stream);
	cr_assert_eq(text_stream_close(stream, &text), 0);
	cr_expect_str_eq(text, "label=\"\",");
	cr_expect_eq(len, 9);
	free(text);
}
