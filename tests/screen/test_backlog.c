/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chunks between two threads, and how bytes are cut into them. */
#include "config.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "screen/backlog.h"
#include "screen/cut.h"
#include "screen/thread.h"

static struct backlog *b;

/* A chunk of so many bytes of a letter, with one window. */
static struct chunk *chunk(char letter, size_t len)
{
	struct chunk *c = calloc(1, sizeof(*c));

	cr_assert_not_null(c);
	c->bytes = malloc(len + 1);
	memset(c->bytes, letter, len);
	c->len = len;
	c->windows = 1;
	return c;
}

/* Take a chunk and see that it is this one. */
static void expect(char letter, size_t len, uint64_t slow, uint64_t large)
{
	struct chunk *c = backlog_take(b);

	cr_assert_not_null(c);
	cr_expect_eq(c->bytes[0], letter, "%c, expected %c", c->bytes[0], letter);
	cr_expect_eq(c->len, len);
	cr_expect_eq(c->slow, slow, "%d", (int)c->slow);
	cr_expect_eq(c->large, large, "%d", (int)c->large);
	chunk_free(c);
}

static bool is_readable(void)
{
	struct pollfd fd = { backlog_fd(b), POLLIN, 0 };

	return poll(&fd, 1, 0) == 1;
}

static void begin(void)
{
	cr_assert_eq(backlog_open(&b, 100), 0);
}

static void end(void)
{
	backlog_close(b);
}

TestSuite(backlog, .init = begin, .fini = end, .timeout = 60);

Test(backlog, chunks_come_out_in_order)
{
	int error;

	cr_expect_null(backlog_take(b));
	backlog_put(b, chunk('a', 50), false);
	backlog_put(b, chunk('b', 50), false);
	backlog_end(b, -5);
	cr_expect_not(backlog_is_over(b, &error), "something waits");
	expect('a', 50, 0, 0);
	expect('b', 50, 0, 0);
	cr_expect(backlog_is_over(b, &error));
	cr_expect_eq(error, -5);
}

Test(backlog, the_oldest_are_left_out_and_counted)
{
	backlog_put(b, chunk('a', 50), false);
	backlog_put(b, chunk('b', 40), false);
	backlog_put(b, chunk('c', 11), false);	/* one byte too many */
	expect('b', 40, 1, 0);
	backlog_put(b, chunk('d', 100), false);
	expect('d', 100, 1, 0);
	cr_expect_null(backlog_take(b));
}

Test(backlog, what_was_left_out_before_is_not_forgotten)
{
	struct chunk *large = chunk('b', 60);

	large->large = 7;
	backlog_put(b, chunk('a', 60), false);
	backlog_put(b, large, false);
	backlog_put(b, chunk('c', 60), false);
	expect('c', 60, 2, 7);
}

Test(backlog, a_chunk_without_a_window_counts_none)
{
	struct chunk *part = chunk('a', 60);

	part->windows = 0;
	backlog_put(b, part, false);
	backlog_put(b, chunk('b', 60), false);
	expect('b', 60, 0, 0);
}

Test(backlog, one_chunk_is_always_taken)
{
	backlog_put(b, chunk('a', 1000), false);
	expect('a', 1000, 0, 0);
	backlog_put(b, chunk('b', 1000), true);
	expect('b', 1000, 0, 0);
}

Test(backlog, who_waits_is_told)
{
	cr_expect_not(is_readable());
	backlog_put(b, chunk('a', 1), false);
	cr_expect(is_readable());
	backlog_heard(b);
	cr_expect_not(is_readable());
	backlog_end(b, 0);
	cr_expect(is_readable());
}

static void *put_many(void *arg)
{
	(void)arg;
	for (char letter = 'a'; letter <= 'z'; letter++)
		backlog_put(b, chunk(letter, 60), true);
	backlog_end(b, 0);
	return NULL;
}

Test(backlog, a_reader_of_files_waits_for_room)
{
	pthread_t thread;
	int error;

	cr_assert_eq(thread_start(&thread, put_many, NULL), 0);
	for (char letter = 'a'; letter <= 'z'; letter++) {
		struct pollfd fd = { backlog_fd(b), POLLIN, 0 };
		struct chunk *c;

		while (!(c = backlog_take(b))) {
			poll(&fd, 1, -1);
			backlog_heard(b);
		}
		cr_expect_eq(c->bytes[0], letter);
		cr_expect_eq(c->slow, 0);
		chunk_free(c);
	}
	pthread_join(thread, NULL);
	cr_expect(backlog_is_over(b, &error));
}

Test(backlog, a_reader_that_waits_can_be_stopped)
{
	pthread_t thread;

	cr_assert_eq(thread_start(&thread, put_many, NULL), 0);
	backlog_stop(b);
	pthread_join(thread, NULL);
}

/* --- cutting --------------------------------------------------------------------- */

#define WINDOW "{\"type\":\"window\",\"n\":1}\n"

static struct {
	char text[64][256];
	uint64_t windows[64], large[64];
	size_t n;
} cut_into;

static void note(void *arg, struct chunk *c)
{
	(void)arg;
	cr_assert_lt(cut_into.n, 64);
	cr_assert_lt(c->len, sizeof(cut_into.text[0]));
	memcpy(cut_into.text[cut_into.n], c->bytes, c->len);
	cut_into.windows[cut_into.n] = c->windows;
	cut_into.large[cut_into.n++] = c->large;
	chunk_free(c);
}

/* Cut a text that comes in parts of so many bytes. */
static void cut_text(const char *text, size_t part, size_t max_bytes)
{
	struct cut *c;

	memset(&cut_into, 0, sizeof(cut_into));
	cr_assert_eq(cut_open(&c, max_bytes, note, NULL), 0);
	for (size_t at = 0, len = strlen(text); at < len; at += part)
		cr_assert_eq(cut_bytes(c, text + at, len - at < part ? len - at : part), 0);
	cut_end(c);
	cut_close(c);
}

static void expect_chunk(size_t i, const char *text, uint64_t windows, uint64_t large)
{
	cr_assert_lt(i, cut_into.n);
	cr_expect_str_eq(cut_into.text[i], text);
	cr_expect_eq(cut_into.windows[i], windows);
	cr_expect_eq(cut_into.large[i], large, "%d", (int)cut_into.large[i]);
}

Test(cut, a_chunk_ends_behind_a_window_record)
{
	for (size_t part = 1; part < 100; part++) {
		cut_text("flow\nflow\n" WINDOW "\n" WINDOW "rest", part, 1000);
		cr_assert_eq(cut_into.n, 3);
		expect_chunk(0, "flow\nflow\n" WINDOW, 1, 0);
		expect_chunk(1, "\n" WINDOW, 1, 0);
		expect_chunk(2, "rest", 0, 0);
	}
}

/* jq and other programs write the same object in another way. */
Test(cut, window_records_of_other_programs_are_found)
{
	static const char *const windows[] = {
		"{\"type\": \"window\"}\n", "{ \"a\":1, \"type\" : \"window\" , \"b\":2}\n",
		"{\"host\":\"x\",\"type\":\"window\"}\n",
	}, *const others[] = {
		"{\"type\":\"flow\",\"log_prefix\":\"\\\"type\\\":\\\"window\\\"\"}\n",
		"{\"type\":\"win\n", "{\"type\":\"windows\"}\n", "window\n", "\"type\"\n",
		"{\"a\":\"type\", \"type\":\"flow\"}\n",
	};

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		cut_text(windows[i], 1000, 1000);
		cr_assert_eq(cut_into.n, 1);
		cr_expect_eq(cut_into.windows[0], 1, "%s", windows[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		cut_text(others[i], 1000, 1000);
		cr_assert_eq(cut_into.n, 1);
		cr_expect_eq(cut_into.windows[0], 0, "%s", others[i]);
	}
}

Test(cut, a_window_that_is_too_large_is_left_out)
{
	for (size_t part = 1; part < 100; part++) {
		cut_text("0123456789\n0123456789\n0123456789\n" WINDOW "a\n" WINDOW, part, 40);
		cr_assert_eq(cut_into.n, 1);
		expect_chunk(0, "a\n" WINDOW, 1, 1);
	}
}

Test(cut, a_window_that_is_too_large_at_the_end_is_counted)
{
	cut_text("0123456789\n0123456789\n0123456789\n0123456789\n", 7, 40);
	cr_assert_eq(cut_into.n, 1);
	expect_chunk(0, "", 0, 1);
}

/* A line without an end, as of a file that is no text, takes no more memory than the bound. */
Test(cut, a_line_that_never_ends_is_left_out)
{
	static char line[1 << 20];
	struct cut *c;

	memset(line, 'x', sizeof(line));
	memset(&cut_into, 0, sizeof(cut_into));
	cr_assert_eq(cut_open(&c, 100, note, NULL), 0);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(cut_bytes(c, line, sizeof(line)), 0);
	cr_assert_eq(cut_bytes(c, "\n", 1), 0);
	cr_assert_eq(cut_bytes(c, WINDOW WINDOW, 2 * strlen(WINDOW)), 0);
	cut_end(c);
	cut_close(c);
	cr_assert_eq(cut_into.n, 1);
	expect_chunk(0, WINDOW, 1, 1);
}
