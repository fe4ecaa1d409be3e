/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_FILE_H
#define CTAGG_SINK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines on their way to a descriptor, through a buffer of fixed size. Nothing
 * here waits for a reader, and O_NONBLOCK is never set on a descriptor that was
 * inherited: it belongs to the open file, which others share. */
struct file;

/* Write to path, or to standard output when path is NULL. A path is appended
 * to, created with mode 0640 and never reached through a symbolic link. A file that
 * ends in the middle of a line gets a newline before the first write. Returns 0 and a
 * handle the caller owns, or -errno with *out untouched: -ELOOP a symbolic link,
 * -EISDIR a directory, -ENXIO a FIFO that nobody reads, -EMEDIUMTYPE a disk, -EBADF a
 * standard output that is closed or not open for writing, -ENOTCONN one that is a
 * socket without a peer.
 *
 * What readers see of a line of at most PIPE_BUF (4096) bytes, newline included,
 * however the process ends:
 * pipes, local sockets   the whole line or nothing
 * datagram sockets       each line is one datagram
 * regular files          the whole line, once file_flush() has returned 0; less while
 *                        the disk is full (see file_end.h), or after a SIGKILL
 * other sockets, devices the kernel may take a part, and the rest later */
int file_open(struct file **out, const char *path, size_t buffer_bytes);

/* len bytes of the buffer to write lines in, or NULL while there is no room;
 * then file_commit() those that were filled: whole lines. */
char *file_room(struct file *f, size_t len);
void file_commit(struct file *f, size_t len);

/* Write what is waiting. Returns 0 when nothing is left, -EAGAIN when the
 * reader is not ready, -EPIPE when it has gone, or another -errno: what was not
 * written stays and can be tried again. */
int file_flush(struct file *f);

/* How many lines were left out because they are longer than any datagram that the
 * socket takes. */
uint64_t file_refused(const struct file *f);

/* Bytes and lines that wait. */
size_t file_pending(const struct file *f);
uint64_t file_pending_lines(const struct file *f);

/* The descriptor to wait on for POLLOUT, or whose POLLERR says that the reader
 * has gone; -1 when it is of a kind that is always ready. */
int file_poll_fd(const struct file *f);

/* After a POLLERR: -EPIPE when the reader has gone; another -errno when the network
 * says that an earlier datagram did not arrive, which it says once; 0 when
 * file_flush() has returned the error already. */
int file_error(struct file *f);

/* Open the path anew (after it was renamed). On failure the old file stays in
 * use and -errno is returned. Does nothing for standard output, and where the path
 * still names the file that is open. A line of which the old file got a part is
 * written whole to the new one, and taken back from the old one. */
int file_reopen(struct file *f);

/* What is still waiting is lost; a regular file ends with a whole line. NULL is
 * fine. */
void file_close(struct file *f);

#endif
