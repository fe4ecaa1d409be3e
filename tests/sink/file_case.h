/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SINK_FILE_CASE_H
#define CTAGG_TESTS_SINK_FILE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include "sink/file.h"

/* What the tests of files, pipes and sockets share. A function that fails ends the test. */

#define BUFFER 65536

/* Each case has a directory of its own, and works in it. */
void enter_directory(void);
void remove_directory(void);

/* Open an output with a buffer of BUFFER bytes; or return why that fails (-errno). */
struct output *opened(const char *path);
int open_error(const char *path);

/* Line n: its number and dashes, len bytes with the newline. put_line() puts the line into
 * the buffer and returns whether there was room. */
void make_line(char *p, size_t len, unsigned int n);
bool put_line(struct output *f, size_t len, unsigned int n);

/* Put a text into the buffer; and write it, with all that waits there. */
void put(struct output *f, const char *text);
void write_through(struct output *f, const char *text);

/* No file can grow past so many bytes (RLIM_INFINITY: as before). That is as near to a full
 * disk as a test of one process comes: a write beyond is -EFBIG. */
void limit_size(rlim_t bytes);

/* Set that limit, and write what waits: output_flush() has to return `expected`. */
void flush_within(struct output *f, rlim_t bytes, int expected);

/* Make fd the standard output, as a parent would have done. */
void inherit_as_stdout(int fd);

void write_file(const char *path, const char *text);
void expect_content(const char *path, const char *expected);

#endif
