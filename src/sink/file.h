/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_FILE_H
#define CTAGG_SINK_FILE_H

#include "sink/output.h"

/* The output that writes to a path, or to standard output when path is NULL, through a
 * buffer of buffer_bytes.
 *
 * A path is appended to, created with mode 0640 and never reached through a symbolic
 * link; path is lent until the output is closed. A file that ends in the middle of a line
 * gets a newline before the first write. A regular file is locked (lock.h) until it is closed,
 * also after output_reopen(); standard output never is. O_NONBLOCK is never set on an inherited
 * descriptor: the flag belongs to the open file, which the parent shares.
 *
 * Returns 0 and an output that the caller owns, or -errno with *out untouched: -ENOMEM;
 * -ELOOP a symbolic link; -EISDIR a directory; -ENXIO a FIFO that nobody reads;
 * -EMEDIUMTYPE a disk; -EBUSY a file that another program has locked; -EBADF a standard output
 * that is closed or not open for writing;
 * -ENOTCONN one that is a socket without a peer; or what open(2) says.
 *
 * What readers see of a line of at most PIPE_BUF (4096) bytes, newline included,
 * however the process ends:
 * pipes, local sockets   the whole line or nothing
 * datagram sockets       each line is one datagram
 * regular files          the whole line, once output_flush() has returned 0; less while
 *                        the disk is full (see file_end.h), or after a SIGKILL
 * other sockets, devices the kernel may take a part, and the rest later
 *
 * output_refused() counts the lines that are longer than any datagram that the socket
 * takes. output_reopen() does nothing for standard output, and where the path still names
 * the file that is open. After output_close() a regular file ends with a whole line. */
int file_open(struct output **out, const char *path, size_t buffer_bytes);

/* Why an output of file_open() with a regular file is not locked: the -errno of a file system
 * without locks. 0 when the file is locked, or needs no lock. */
int file_lock_error(const struct output *o);

#endif
