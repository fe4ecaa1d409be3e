/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_FILE_ID_H
#define CTAGG_SCREEN_FILE_ID_H

#include <stdbool.h>
#include <sys/stat.h>

#define FILE_ID_HANDLE 32

/* Which file it is. A file system gives the inode number of a removed file to a new one, at once; its handle
 * (name_to_handle_at(2)) tells the two apart.
 *
 * len  bytes of the handle; 0: the file system has none, or a longer one
 */
struct file_id {
	dev_t dev;
	ino_t ino;
	int type;
	unsigned int len;
	unsigned char handle[FILE_ID_HANDLE];
};

/* Of an open file and what fstat(2) says of it. */
void file_id_of(struct file_id *id, int fd, const struct stat *st);

bool file_id_equal(const struct file_id *a, const struct file_id *b);

#endif
