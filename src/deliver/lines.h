/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_LINES_H
#define CTAGG_DELIVER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The lines of a file, one after the other, in memory that does not grow with the file.
 *
 * fd       read by pread(2) from its beginning, lent
 * buffer   of LINES_ROOM bytes; what has been read and not shown is from `at` to `end`
 */
#define LINES_ROOM 65536

struct lines {
	int fd;
	uint64_t offset;
	size_t at, end;
	bool ended;
	char buffer[LINES_ROOM];
};

void lines_init(struct lines *l, int fd);

/* Show the next line without its newline, also the last one when it has none. Of a line that
 * finds no room in the buffer, *line is NULL, and *n how many bytes it has. *line is valid until
 * the next call. Returns 1; 0 after the last line; or -errno of pread(2). */
int lines_next(struct lines *l, const char **line, size_t *n);

#endif
