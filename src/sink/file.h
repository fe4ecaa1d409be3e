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

/* Write to path, or to standard output when path is NULL. A file is appended
 * to, created with mode 0640 and never reached through a symbolic link; a last
 * line without a newline gets one first. Returns 0 and a handle the caller
 * owns, or -errno with *out untouched: -ELOOP a symbolic link, -EISDIR a
 * directory, -ENXIO a FIFO that nobody reads, -EMEDIUMTYPE a disk, -EBADF a
 * standard output that is closed or not open for writing. */
int file_open(struct file **out, const char *path, size_t buffer_bytes);

/* len bytes of the buffer to write lines in, or NULL while there is no room;
 * then file_commit() those that were filled: whole lines. */
char *file_room(struct file *f, size_t len);
void file_commit(struct file *f, size_t len);

/* Write what is waiting. Returns 0 when nothing is left, -EAGAIN when the
 * reader is not ready, -EPIPE when it has gone, or another -errno: what was not
 * written stays and can be tried again. */
int file_flush(struct file *f);

/* Bytes and lines that wait. */
size_t file_pending(const struct file *f);
uint64_t file_pending_lines(const struct file *f);

/* The descriptor to wait on for POLLOUT, or whose POLLERR says that the reader
 * has gone; -1 when it is of a kind that is always ready. */
int file_poll_fd(const struct file *f);

/* Open the path anew (after it was renamed). On failure the old file stays in
 * use and -errno is returned. Does nothing for standard output. A line of which
 * the old file got a part is written whole to the new one. */
int file_reopen(struct file *f);

/* Whether file_reopen() could make the file anew with the privileges that the
 * process has now. arg is the struct file. Returns 0 or -errno. */
int file_works(void *arg);

/* What is still waiting is lost. NULL is fine. */
void file_close(struct file *f);

#endif
