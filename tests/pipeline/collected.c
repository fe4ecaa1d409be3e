/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "collected.h"

static struct collected *of(struct output *o)
{
	return (struct collected *)o;
}

static char *room(struct output *o, size_t len)
{
	struct collected *c = of(o);

	if (c->waiting && c->waiting + len > c->room)
		return NULL;
	cr_assert_leq(c->len + len, sizeof(c->text), "more lines than the test expects");
	return c->text + c->len;
}

static void commit(struct output *o, size_t len)
{
	of(o)->len += len;
	of(o)->waiting += len;
}

static int flush(struct output *o)
{
	of(o)->waiting = 0;
	return 0;
}

static void window_done(struct output *o)
{
	of(o)->window_done++;
}

static int reopen(struct output *o)
{
	(void)o;
	return 0;
}

static int poll_fd(struct output *o)
{
	(void)o;
	return -1;
}

static int error(struct output *o)
{
	(void)o;
	return 0;
}

static size_t pending(struct output *o)
{
	return of(o)->waiting;
}

static uint64_t pending_lines(struct output *o)
{
	return of(o)->waiting > 0;
}

static uint64_t refused(struct output *o)
{
	(void)o;
	return 0;
}

static void close_output(struct output *o)
{
	of(o)->closed++;
}

static const struct output_functions functions = {
	.room = room,
	.commit = commit,
	.flush = flush,
	.window_done = window_done,
	.reopen = reopen,
	.poll_fd = poll_fd,
	.error = error,
	.pending = pending,
	.pending_lines = pending_lines,
	.refused = refused,
	.close = close_output,
};

void collected_init(struct collected *c)
{
	memset(c, 0, sizeof(*c));
	c->output.fn = &functions;
	c->output.name = "memory";
	c->room = COLLECTED_BYTES;
}

json_t *collected_records(const struct collected *c)
{
	const char *line = c->text, *end;
	json_t *records = json_array();

	for (; line < c->text + c->len; line = end + 1) {
		json_t *o;

		end = memchr(line, '\n', c->text + c->len - line);
		cr_assert_not_null(end, "a line that does not end");
		o = json_loadb(line, end - line, 0, NULL);
		cr_assert_not_null(o, "%.*s", (int)(end - line), line);
		json_array_append_new(records, o);
	}
	return records;
}

json_t *collected_record(const json_t *records, const char *type, size_t n)
{
	json_t *o;
	size_t i;

	json_array_foreach(records, i, o)
		if (!strcmp(json_string_value(json_object_get(o, "type")), type) && !n--)
			return o;
	return NULL;
}
