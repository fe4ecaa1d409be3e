/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_FILE_END_H
#define CTAGG_SINK_FILE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How a regular file ends that lines are added to; for file.c only.
 *
 * The file can end in the middle of a line: a process was killed while it wrote the line, or
 * the disk was full and took only a part. That half line can be ours, or belong to another
 * program that adds to the same file. The next line must not be glued to the half line.
 *
 * Half a line of ours stays in the file while there is hope that the rest finds room. If the
 * half were cut off after each try, the file would grow and shrink, and a program that follows
 * the file (tail -F) takes a file that shrinks for a new one and reads all of it again. The half
 * is cut off when ctagg leaves the file, unless the file's size has changed since.
 *
 * Each function looks at the file's size and writes or cuts right after. A change that another
 * program makes between the look and the write goes unnoticed.
 */
struct file_end {
	int fd;			/* lent */
	int reader;		/* the same file, open for reading; -1: it may not be read */
	bool append;		/* O_APPEND is set; otherwise the offset says where bytes go */
	off_t at;		/* where the next byte goes, if nobody else writes; -1: unknown */
	off_t half_at;		/* the file's size when it ended in half a line; -1: a whole one */
};

/* Begin with fd, a regular file, until file_end_leave(). Half a line that another program has left is noticed when the
 * file can be read and the next byte goes to its end. */
void file_end_open(struct file_end *e, int fd);

/* Call before writing. *sent says how many bytes of the current line have been written. When
 * another program has changed the end since, *sent becomes 0: the caller writes the line from
 * its beginning. Half a line that will not be continued gets its newline here. Returns 0, or
 * -errno when the newline cannot be written: try again later. */
int file_end_settle(struct file_end *e, size_t *sent);

/* Call after writing. sent is how many bytes of the current line have been written; 0 when the
 * file ends with a whole line. */
void file_end_written(struct file_end *e, size_t sent);

/* Call before the file is closed. The first sent bytes of a line that will not be finished are
 * cut off, or get a newline where the file cannot be cut (chattr +a). */
void file_end_leave(struct file_end *e, size_t sent);

#endif
