/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/file_end.h"

/* The file's descriptor may be for writing only, so the file is opened once more to read its last
 * byte: now, since Landlock may refuse it later, and so may the kernel after a change of user. */
static int open_for_reading(int fd)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY | O_CLOEXEC);
}

/* Whether the file, which is size bytes long, ends in the middle of a line. A file that may not be
 * read is taken for one that ends with a whole line. */
static bool ends_torn(const struct file_end *e, off_t size)
{
	char last;

	return size && pread(e->reader, &last, 1, size - 1) == 1 && last != '\n';
}

/* Where the next byte goes while the file is size bytes long: with O_APPEND to the end. */
static off_t next_at(const struct file_end *e, off_t size)
{
	return e->append ? size : lseek(e->fd, 0, SEEK_CUR);
}

/* Find out anew how the file ends. A half line matters only where the next byte goes. */
static void look(struct file_end *e, off_t size)
{
	e->at = next_at(e, size);
	e->half_at = e->at == size && ends_torn(e, size) ? size : -1;
}

void file_end_open(struct file_end *e, int fd)
{
	struct stat st;

	e->fd = fd;
	e->reader = open_for_reading(fd);
	e->append = fcntl(fd, F_GETFL) & O_APPEND;
	e->at = e->half_at = -1;
	if (!fstat(fd, &st))
		look(e, st.st_size);
}

int file_end_settle(struct file_end *e, size_t *sent)
{
	struct stat st;

	if (fstat(e->fd, &st))
		return -errno;
	/* The file was truncated, and its offset is past the end now: writing there would
	 * leave a hole of zeros, so go back to the end. */
	if (!e->append && lseek(e->fd, 0, SEEK_CUR) > st.st_size)
		lseek(e->fd, st.st_size, SEEK_SET);
	/* The end is not where our last byte went: another program has written to the file,
	 * or has truncated it. */
	if (next_at(e, st.st_size) != e->at || (e->half_at >= 0 && st.st_size != e->half_at)) {
		*sent = 0;
		look(e, st.st_size);
	}
	if (e->half_at < 0 || *sent)
		return 0;
	if (write(e->fd, "\n", 1) != 1)
		return -errno;
	file_end_written(e, 0);
	return 0;
}

void file_end_written(struct file_end *e, size_t sent)
{
	/* write(2) moves the offset behind the last byte written, also with O_APPEND. */
	e->at = lseek(e->fd, 0, SEEK_CUR);
	e->half_at = sent ? e->at : -1;
}

static void take_back(const struct file_end *e, size_t sent)
{
	struct stat st;

	if (!sent || e->half_at < 0 || fstat(e->fd, &st) || st.st_size != e->half_at)
		return;
	if (!ftruncate(e->fd, st.st_size - sent))
		lseek(e->fd, st.st_size - sent, SEEK_SET);
	else if (write(e->fd, "\n", 1) != 1)
		return;		/* no room for the newline: the next start adds it */
}

void file_end_leave(struct file_end *e, size_t sent)
{
	take_back(e, sent);
	if (e->reader >= 0)
		close(e->reader);
	e->reader = -1;
}
