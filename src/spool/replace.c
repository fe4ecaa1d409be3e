/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/bytes.h"
#include "spool/replace.h"

/* Without sync the new name may reach the disk before the text: after a loss of power the file can
 * be empty. */
static int put_in_place(const struct spool_dir *d, const char *tmp, const char *name, int fd,
			const char *text, bool sync)
{
	int err = bytes_write(fd, text, strlen(text));

	if (!err && sync && fsync(fd))
		err = -errno;
	if (!err && renameat(d->tmp, tmp, d->top, name))
		err = -errno;
	if (!err && sync && fsync(d->top))
		err = -errno;
	return err;
}

/* Several programs may replace the same file at a time: each has a temporary file of its own. A
 * process id can be that of a process in another namespace, so the name is tried again. */
int spool_replace(const struct spool_dir *d, const char *name, const char *text, bool sync)
{
	char tmp[64];
	int fd = -EEXIST, err;

	for (unsigned int i = 0; i < 100 && fd == -EEXIST; i++) {
		snprintf(tmp, sizeof(tmp), SPOOL_REPLACING "%.32s-%d-%u", name, (int)getpid(), i % 100);
		fd = spool_create(d->tmp, tmp);
	}
	if (fd < 0)
		return fd;
	err = put_in_place(d, tmp, name, fd, text, sync);
	if (err)
		unlinkat(d->tmp, tmp, 0);
	close(fd);
	return err;
}

ssize_t spool_read(const struct spool_dir *d, const char *name, char *text, size_t size,
		   struct timespec *written)
{
	int fd = spool_open(d->top, name);
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return fd;
	len = fstat(fd, &st) ? -errno : bytes_read(fd, text, size - 1, 0);
	close(fd);
	if (len < 0)
		return len;
	text[len] = '\0';
	if (written)
		*written = st.st_mtim;
	return len;
}
