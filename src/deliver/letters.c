/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deliver/letters.h"
#include "sink/text.h"
#include "spool/name.h"

int letters_remove(const struct spool_dir *d, const char *name)
{
	return unlinkat(d->new, name, 0) && errno != ENOENT ? -errno : 0;
}

/* --- the archive ----------------------------------------------------------------------- */

static int copy_bytes(int from, int to)
{
	char buffer[65536];
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (ssize_t done = 0, written; done < n; done += written) {
			written = write(to, buffer + done, n - done);
			if (written < 0 && errno != EINTR)
				return -errno;
			if (written < 0)
				written = 0;
		}
	}
	return fsync(to) ? -errno : 0;
}

/* What an attempt before has left under the name of the copy is in the way. */
static int copy_to(int from, int archive, const char *copy)
{
	int to, err;

	unlinkat(archive, copy, 0);
	to = openat(archive, copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    SPOOL_FILE_MODE);
	if (to < 0)
		return -errno;
	err = copy_bytes(from, to);
	if (close(to) && !err)
		err = -errno;
	return err;
}

/* Onto another file system: only when the copy has reached the disk is the file removed. */
static int copy_over(const struct spool_dir *d, const char *name, int archive)
{
	char copy[SPOOL_NAME_MAX + 1];
	int from = spool_open(d->new, name), err;

	if (from < 0)
		return from;
	snprintf(copy, sizeof(copy), ".%.*s", SPOOL_NAME_MAX - 1, name);
	err = copy_to(from, archive, copy);
	if (!err && (renameat(archive, copy, archive, name) || fsync(archive)))
		err = -errno;
	if (err)
		unlinkat(archive, copy, 0);
	close(from);
	return err;
}

/* rename(2) leaves both names where both are links to one file: the other spool of that file may
 * have been archived here already. So the old name is removed in any case. */
int letters_archive(const struct spool_dir *d, const char *name, int archive)
{
	int err = renameat(d->new, name, archive, name) ? -errno : 0;

	if (err == -EXDEV)
		err = copy_over(d, name, archive);
	return err ? err : letters_remove(d, name);
}

/* --- dead letters ----------------------------------------------------------------------- */

static int write_why(int fd, const struct letters_why *why)
{
	char when[28], text[512];
	ssize_t n;
	int len;

	*text_time(when, why->time_ns) = '\0';
	len = snprintf(text, sizeof(text), "attempts %" PRIu64 "\nanswer %.300s\ntime %s\n",
		       why->attempts, why->answer, when);
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return n == len ? 0 : -ENOSPC;
}

/* NAME.why is there before NAME: no dead letter is without one. */
int letters_bury(const struct spool_dir *d, const char *name, const struct letters_why *why)
{
	char beside[SPOOL_NAME_MAX + 8];
	int fd, err;

	snprintf(beside, sizeof(beside), "%.*s.why", SPOOL_NAME_MAX - 1, name);
	unlinkat(d->dead, beside, 0);
	fd = spool_create(d->dead, beside);
	if (fd < 0)
		return fd;
	err = write_why(fd, why);
	if (!err && (renameat(d->new, name, d->dead, name)))
		err = -errno;
	if (err)
		unlinkat(d->dead, beside, 0);
	close(fd);
	return err;
}
