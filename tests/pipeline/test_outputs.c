/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "cli/log.h"
#include "pipeline/outputs.h"

/* An output in memory: takes lines until it is full, and fails as it is told. */
struct stub {
	struct output output;
	char text[64], taken[64];
	size_t len, size, n_taken;
	int flush_err, poll_err;
	uint64_t refused;
	int flushes, windows, reopens, closed;
};

static struct stub *stub_of(struct output *o)
{
	return (struct stub *)o;
}

static char *room(struct output *o, size_t len)
{
	struct stub *s = stub_of(o);

	return s->size - s->len < len ? NULL : s->text + s->len;
}

static void commit(struct output *o, size_t len)
{
	stub_of(o)->len += len;
}

static int flush(struct output *o)
{
	struct stub *s = stub_of(o);

	s->flushes++;
	if (s->flush_err)
		return s->flush_err;
	memcpy(s->taken + s->n_taken, s->text, s->len);
	s->n_taken += s->len;
	s->len = 0;
	return 0;
}

static void window_done(struct output *o)
{
	stub_of(o)->windows++;
}

static int reopen(struct output *o)
{
	return ++stub_of(o)->reopens == 1 ? -ENOSPC : 0;
}

static int poll_fd(struct output *o)
{
	(void)o;
	return 7;
}

static int error(struct output *o)
{
	return stub_of(o)->poll_err;
}

static size_t pending(struct output *o)
{
	return stub_of(o)->len;
}

static uint64_t pending_lines(struct output *o)
{
	return stub_of(o)->len > 0;
}

static uint64_t refused(struct output *o)
{
	return stub_of(o)->refused;
}

static void close_stub(struct output *o)
{
	stub_of(o)->closed++;
}

static const struct output_functions functions = {
	NULL, room, commit, flush, window_done, reopen, poll_fd, error, pending, pending_lines,
	refused, NULL, close_stub,
};

static struct stub first, second;
static struct outputs both;

static void two_stubs(void)
{
	log_level(LOG_QUIET - 1);
	first = second = (struct stub){ .output = { &functions, "stub" }, .size = 32 };
	both = (struct outputs){ .n = 0 };
	outputs_add(&both, &first.output);
	outputs_add(&both, &second.output);
}

TestSuite(outputs, .init = two_stubs);

/* Returns whether there was room. */
static bool put(const char *line)
{
	char *p = outputs_room(&both, strlen(line));

	if (!p)
		return false;
	memcpy(p, line, strlen(line));
	outputs_commit(&both, strlen(line));
	return true;
}

static void expect_taken(const struct stub *s, const char *text)
{
	cr_expect_eq(s->n_taken, strlen(text));
	cr_expect_eq(memcmp(s->taken, text, strlen(text)), 0);
}

Test(outputs, each_gets_every_line)
{
	cr_assert(put("one\n"));
	cr_assert_eq(outputs_pending(&both), 8);
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_assert(put("two\n"));
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	expect_taken(&first, "one\ntwo\n");
	expect_taken(&second, "one\ntwo\n");
}

Test(outputs, nothing_is_flushed_when_nothing_waits)
{
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_expect_eq(first.flushes, 0);
}

/* No line may be in one output and not in the other. */
Test(outputs, a_full_one_holds_back_all)
{
	second.size = 4;
	cr_assert(put("one\n"));
	cr_assert_not(put("two\n"));
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_assert(put("two\n"));
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	expect_taken(&first, "one\ntwo\n");
	expect_taken(&second, "one\ntwo\n");
}

Test(outputs, only_the_one_that_is_not_ready_is_waited_for)
{
	put("one\n");
	second.flush_err = -EAGAIN;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_BLOCKED);
	cr_expect_not(both.list[0].blocked);
	cr_expect(both.list[1].blocked);
	expect_taken(&first, "one\n");
	second.flush_err = 0;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_expect_not(both.list[1].blocked);
}

Test(outputs, one_that_fails_is_left_alone_until_the_next_try)
{
	put("one\n");
	first.flush_err = -ENOSPC;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_FAILING);
	cr_assert_eq(outputs_flush(&both), OUTPUTS_FAILING);
	cr_expect_eq(first.flushes, 1, "one try");
	cr_expect_eq(both.list[0].err, -ENOSPC);
	cr_expect_eq(both.write_errors, 1);
	expect_taken(&second, "one\n");
	first.flush_err = 0;
	outputs_retry(&both);
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	expect_taken(&first, "one\n");
}

/* At the end nobody waits for an output that fails, but a slow reader gets all lines. */
Test(outputs, a_reader_that_is_not_ready_is_waited_for_when_another_output_fails)
{
	put("one\n");
	first.flush_err = -ENOSPC;
	second.flush_err = -EAGAIN;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_BLOCKED);
	second.flush_err = 0;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_FAILING);
	expect_taken(&second, "one\n");
}

Test(outputs, a_blocked_one_that_begins_to_fail_is_not_waited_for)
{
	put("one\n");
	first.flush_err = -EAGAIN;
	outputs_flush(&both);
	first.flush_err = -ENOSPC;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_FAILING);
	cr_expect_not(both.list[0].blocked, "its descriptor may be ready for ever");
}

Test(outputs, one_that_has_gone_leaves_the_others)
{
	put("one\n");
	first.flush_err = -EPIPE;
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_expect_eq(outputs_poll_fd(&both, 0), -1);
	cr_expect_eq(outputs_poll_fd(&both, 1), 7);
	cr_assert(put("two\n"));
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	expect_taken(&second, "one\ntwo\n");
	second.flush_err = -EPIPE;
	put("three\n");
	cr_assert_eq(outputs_flush(&both), OUTPUTS_GONE);
	cr_expect_not(put("four\n"));
}

Test(outputs, a_hangup_is_the_end_of_one)
{
	cr_expect_not(outputs_hung_up(&both, 0, true));
	cr_expect(outputs_hung_up(&both, 1, true), "nobody is left");
}

/* Its lines are not lost, nor do they wait, and no file is opened for nobody. */
Test(outputs, one_that_has_gone_fails_no_more)
{
	put("one\n");
	first.flush_err = -ENOSPC;
	outputs_flush(&both);
	outputs_hung_up(&both, 0, true);
	cr_assert_eq(outputs_flush(&both), OUTPUTS_WRITTEN);
	cr_expect_not(both.list[0].failing);
	cr_expect_eq(outputs_pending(&both), 0);
	outputs_reopen(&both);
	cr_expect_eq(first.reopens, 0);
	cr_expect_eq(second.reopens, 1);
}

/* A descriptor that is ready while nothing is written would keep the loop awake. */
Test(outputs, a_blocked_one_with_an_error_is_not_waited_for)
{
	put("one\n");
	first.flush_err = -EAGAIN;
	outputs_flush(&both);
	first.poll_err = -EHOSTUNREACH;
	outputs_hung_up(&both, 0, false);
	cr_expect_not(both.list[0].blocked);
	cr_assert_eq(outputs_flush(&both), OUTPUTS_FAILING);
}

Test(outputs, an_error_of_the_network_is_no_end)
{
	first.poll_err = -EHOSTUNREACH;
	cr_expect_not(outputs_hung_up(&both, 0, false));
	cr_expect_eq(both.write_errors, 1);
	cr_expect(both.list[0].failing);
	second.poll_err = -EPIPE;
	cr_expect_not(outputs_hung_up(&both, 1, false));
	cr_expect(both.list[1].gone);
}

Test(outputs, each_hears_that_a_window_is_done)
{
	outputs_hung_up(&both, 0, true);
	outputs_window_done(&both);
	cr_expect_eq(first.windows, 0, "nobody reads it");
	cr_expect_eq(second.windows, 1);
}

Test(outputs, refused_lines_are_write_errors)
{
	put("one\n");
	second.refused = 3;
	outputs_flush(&both);
	put("two\n");
	second.refused = 5;
	outputs_flush(&both);
	cr_expect_eq(outputs_refused(&both), 5);
	cr_expect_eq(both.write_errors, 5);
}

Test(outputs, one_that_cannot_be_opened_anew_is_tried_each_second)
{
	cr_expect_not(outputs_tick(&both), "nobody has asked");
	outputs_reopen(&both);
	cr_expect_eq(both.list[0].reopen_err, -ENOSPC);
	cr_expect(outputs_tick(&both));
	cr_expect_not(outputs_tick(&both), "done");
	cr_expect_eq(first.reopens, 2);
	cr_expect_eq(second.reopens, 2);
}

Test(outputs, each_is_closed_once)
{
	outputs_close(&both);
	outputs_close(&both);
	cr_expect_eq(first.closed, 1);
	cr_expect_eq(second.closed, 1);
}
