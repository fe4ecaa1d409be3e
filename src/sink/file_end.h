/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_FILE_END_H
#define CTAGG_SINK_FILE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The end of a regular file that lines are added to; for file.c only. It can be in
 * the middle of a line: somebody was killed while writing it, the disk was full and took
 * a part of ours, or of another's who adds to the file, too. Then the next line must not
 * be glued to that half.
 *
 * Half a line of ours stays where it is while there is hope of room for the rest:
 * taken back at once, it would come and go with every try, and a program that
 * follows the file takes a file that shrinks for a new one and reads all of it
 * again. It is taken back when we leave the file, if nobody has changed the file's
 * size since.
 *
 * The size is looked at, and the file is written or cut right after; what another
 * program does to the file between these two calls is not seen. */
struct file_end {
	int fd;			/* lent */
	bool append;		/* O_APPEND: else the offset says where the next byte goes */
	off_t at;		/* where the next byte goes, unless others write; -1: not known */
	off_t half_at;		/* so long was the file when it ended in half a line; -1: it did not */
};

/* Begin with fd. Half a line of somebody else's at the end is found where the file can
 * be read, and where the next byte goes to its end. */
void file_end_open(struct file_end *e, int fd);

/* Before writing. *sent: so many bytes of the line in hand have been written, maybe
 * to an end that is gone since; then it becomes 0, and the line is to be written from
 * its beginning. Half a line that stays as it is gets its newline. Returns 0, or
 * -errno when there is no room for it: try again later. */
int file_end_settle(struct file_end *e, size_t *sent);

/* After writing; sent is not 0 when the file ends in the middle of our line. */
void file_end_written(struct file_end *e, size_t sent);

/* Before the file is closed: the sent bytes of a line that will not be finished here
 * are taken back, or closed with a newline where the file cannot be cut. */
void file_end_leave(const struct file_end *e, size_t sent);

#endif
