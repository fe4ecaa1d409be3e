/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_BYTES_H
#define CTAGG_HOST_BYTES_H

#include <stddef.h>
#include <sys/types.h>

/* Reading and writing that go on until all is done: after a signal, and after a part. */

/* Write all of text. Returns 0 or -errno. */
int bytes_write(int fd, const char *text, size_t len);

/* Read up to max bytes, fewer at the end of the file. A descriptor with O_NONBLOCK may have no bytes
 * for up to patience_ms at a time. Returns how many bytes there are, or -errno: -ETIMEDOUT. */
ssize_t bytes_read(int fd, char *to, size_t max, int patience_ms);

#endif
