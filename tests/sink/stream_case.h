/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SINK_STREAM_CASE_H
#define CTAGG_TESTS_SINK_STREAM_CASE_H

#include <stddef.h>

#include "sink/file_case.h"

/* What the tests of pipes, of sockets and of standard output share: the suite file_streams. A
 * function that fails ends the test. */

/* Read everything that is in a pipe or socket now: only whole lines, numbered on from *next. */
size_t read_lines(int fd, unsigned int *next);

/* Write lines of len bytes until the reader must be waited for; what has arrived is whole
 * lines at every moment, and in the end everything. */
void fill_and_drain(struct output *f, int reader, size_t len);

/* The same with lines of each of several lengths, up to the 4096 bytes (PIPE_BUF) that a pipe
 * takes as a whole. */
void fill_and_drain_each(struct output *f, int reader);

#endif
