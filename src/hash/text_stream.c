/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hash/grow.h"
#include "hash/text_stream.h"

/* text, len  the caller's
 * bytes      what is printed so far, used of room
 * buffer     of stdio, which would ask for one when something is printed first
 */
struct text_stream {
	char **text, *bytes;
	size_t *len, used, room;
	char buffer[BUFSIZ];
};

/* What returns less than it was given sets the error of the stream. */
static ssize_t append(void *cookie, const char *bytes, size_t len)
{
	struct text_stream *s = cookie;
	void *items = s->bytes;

	if (!grow_items(&items, &s->room, s->used + len + 1, 1))
		return 0;
	s->bytes = items;
	memcpy(s->bytes + s->used, bytes, len);
	s->used += len;
	return len;
}

static int hand_over(void *cookie)
{
	struct text_stream *s = cookie;

	s->bytes[s->used] = '\0';	/* append() leaves room */
	*s->text = s->bytes;
	*s->len = s->used;
	free(s);
	return 0;
}

FILE *text_stream_open(char **text, size_t *len)
{
	static const cookie_io_functions_t functions = { .write = append, .close = hand_over };
	struct text_stream *s = calloc(1, sizeof(*s));
	FILE *stream;

	if (!s)
		return NULL;
	s->text = text;
	s->len = len;
	s->room = sizeof(s->buffer);
	s->bytes = malloc(s->room);
	stream = s->bytes ? fopencookie(s, "w", functions) : NULL;
	if (!stream) {
		free(s->bytes);
		free(s);
		return NULL;
	}
	setvbuf(stream, s->buffer, _IOFBF, sizeof(s->buffer));
	return stream;
}

int text_stream_close(FILE *stream, char **text)
{
	bool failed = fflush(stream) || ferror(stream);

	if (!fclose(stream) && !failed)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}
