/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_LINE_INPUT_H
#define CTAGG_LINES_LINE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Lines from a descriptor: a file, a pipe, a FIFO, a socket. Nothing here waits. */
struct line_input;

/* The longest line, without its newline. */
#define LINE_INPUT_MAX 65536

/* Read from fd, which the handle closes, unless it is standard input. Its flags are not changed.
 * Returns 0 and a handle the caller owns, or -ENOMEM. */
int line_input_open(struct line_input **out, int fd);

/* Take the next line: in *line and *len without its newline; lent until line_input_fill(). The
 * last line may lack its newline. Returns 1; 0 when no whole line has been read yet;
 * -EMSGSIZE for a line that is longer than LINE_INPUT_MAX, of which nothing is lent; or -ENODATA
 * behind the last line. */
int line_input_next(struct line_input *in, const char **line, size_t *len);

/* The number of the line that was taken last; the first is 1. */
uint64_t line_input_number(const struct line_input *in);

/* Whether line_input_next() would return anything but 0. */
bool line_input_ready(struct line_input *in);

/* Read what is there, at most as much as there is room for; call when line_input_next() has
 * returned 0. Returns 0, also at the end of the input; -EAGAIN when nothing is there; or
 * -errno of read(2). */
int line_input_fill(struct line_input *in);

void line_input_close(struct line_input *in);	/* NULL is fine */

#endif
