/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SINK_FILE_CASE_H
#define CTAGG_TESTS_SINK_FILE_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "sink/file.h"

/* What the tests of files, pipes and sockets share. All assert. */

#define BUFFER 65536

/* Each case has a directory of its own, and works in it. */
void enter_directory(void);
void remove_directory(void);

/* A handle with a buffer of BUFFER bytes; or why there is none. */
struct output *opened(const char *path);
int open_error(const char *path);

/* Line n: its number and dashes, len bytes with the newline. put_line() returns
 * whether there was room. */
void make_line(char *p, size_t len, unsigned int n);
bool put_line(struct output *f, size_t len, unsigned int n);
void put(struct output *f, const char *text);

/* Make fd the standard output, as a parent would have done. */
void inherit_as_stdout(int fd);

void write_file(const char *path, const char *text);
void expect_content(const char *path, const char *expected);

#endif
