/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_CAPTURE_H
#define CTAGG_TESTS_CAPTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

/* What a descriptor says in the meantime goes into a file instead. */
struct capture {
	int fd, saved;
	FILE *file;
};

static inline struct capture capture_begin(int fd)
{
	struct capture c = { fd, -1, tmpfile() };

	fflush(NULL);
	c.saved = dup(fd);
	cr_assert_not_null(c.file);
	cr_assert_eq(dup2(fileno(c.file), fd), fd);
	return c;
}

static inline void capture_end(struct capture *c, char *text, size_t size)
{
	size_t len;

	fflush(NULL);
	dup2(c->saved, c->fd);
	close(c->saved);
	rewind(c->file);
	len = fread(text, 1, size - 1, c->file);
	text[len] = '\0';
	fclose(c->file);
}

#endif
