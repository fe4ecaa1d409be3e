/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "screen/cut.h"

#define FIRST_SIZE 65536

/* chunk      the bytes since the last window record; of a window that is too large, only the line
 *            that has not ended
 * line       where in it this line begins
 * too_large  the window is: only its end is looked for
 * large      windows that were left out since the last chunk
 */
struct cut {
	size_t max_bytes;
	cut_fn *fn;
	void *arg;
	struct chunk *chunk;
	size_t line;
	bool too_large;
	uint64_t large;
};

int cut_open(struct cut **out, size_t max_bytes, cut_fn *fn, void *arg)
{
	struct cut *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->chunk = calloc(1, sizeof(*c->chunk));
	if (!c->chunk) {
		free(c);
		return -ENOMEM;
	}
	c->max_bytes = max_bytes;
	c->fn = fn;
	c->arg = arg;
	*out = c;
	return 0;
}

void cut_close(struct cut *c)
{
	if (c)
		chunk_free(c->chunk);
	free(c);
}

/* What stands behind blanks. */
static const char *skip(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static bool begins(const char *line, size_t len, const char *with, size_t with_len)
{
	return len >= with_len && !memcmp(line, with, with_len);
}
#define BEGINS(line, len, with) begins((line), (len), (with), sizeof(with) - 1)

/* Whether the line is a window record. ctagg writes the type first; other programs, which may have
 * passed the line on, can write it anywhere and with blanks. Inside of a string the quotes would be
 * escaped. */
static bool is_window(const char *line, size_t len)
{
	static const char name[] = "\"type\"";
	const char *end = line + len, *p = line;

	if (BEGINS(line, len, "{\"type\":\""))
		return BEGINS(line, len, "{\"type\":\"window\"");
	while ((p = memmem(p, end - p, name, sizeof(name) - 1))) {
		p = skip(p + sizeof(name) - 1, end);
		if (p == end || *p != ':')
			continue;
		p = skip(p + 1, end);
		return BEGINS(p, end - p, "\"window\"");
	}
	return false;
}

/* Forget the window, but for the line that has not ended; of that one, too, when it is longer than
 * any record. */
static void give_up(struct cut *c)
{
	struct chunk *chunk = c->chunk;

	c->too_large = true;
	if (chunk->len - c->line > FIRST_SIZE)
		c->line = chunk->len;
	if (c->line)
		memmove(chunk->bytes, chunk->bytes + c->line, chunk->len - c->line);
	chunk->len -= c->line;
	c->line = 0;
}

/* Make room for n more bytes. */
static int reserve(struct chunk *chunk, size_t n)
{
	size_t size = chunk->size ? chunk->size : FIRST_SIZE;
	char *bytes;

	while (size - chunk->len < n)
		size *= 2;
	if (size == chunk->size)
		return 0;
	bytes = realloc(chunk->bytes, size);
	if (!bytes)
		return -ENOMEM;
	chunk->bytes = bytes;
	chunk->size = size;
	return 0;
}

/* Hand the chunk over, and begin the next one. */
static int hand_over(struct cut *c, bool window)
{
	struct chunk *next = calloc(1, sizeof(*next));

	if (!next)
		return -ENOMEM;
	c->chunk->windows = window;
	c->chunk->large = c->large;
	c->large = 0;
	c->fn(c->arg, c->chunk);
	c->chunk = next;
	c->line = 0;
	return 0;
}

/* A line has ended. */
static int end_line(struct cut *c)
{
	struct chunk *chunk = c->chunk;
	bool window = is_window(chunk->bytes + c->line, chunk->len - c->line);

	c->line = chunk->len;
	if (!c->too_large)
		return window ? hand_over(c, true) : 0;
	chunk->len = c->line = 0;
	if (window) {
		c->too_large = false;
		c->large++;
	}
	return 0;
}

int cut_bytes(struct cut *c, const char *bytes, size_t n)
{
	while (n) {
		const char *newline = memchr(bytes, '\n', n);
		size_t part = newline ? (size_t)(newline - bytes) + 1 : n;
		int err;

		if (c->chunk->len + part > c->max_bytes)
			give_up(c);
		err = reserve(c->chunk, part);
		if (err)
			return err;
		memcpy(c->chunk->bytes + c->chunk->len, bytes, part);
		c->chunk->len += part;
		bytes += part;
		n -= part;
		err = newline ? end_line(c) : 0;
		if (err)
			return err;
	}
	return 0;
}

void cut_end(struct cut *c)
{
	if (c->too_large) {
		c->chunk->len = 0;
		c->large++;
	}
	if (c->chunk->len || c->large)
		hand_over(c, false);
}
