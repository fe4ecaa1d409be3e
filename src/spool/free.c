/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "spool/free.h"

/* This part of the file system stays free. */
#define SPARE 20

/* Whether len more bytes leave enough room. A file system that does not say how large it is has
 * room until a write fails. */
static bool has_room(int dirfd, size_t len)
{
	struct statvfs fs;
	uint64_t free_bytes;

	if (fstatvfs(dirfd, &fs) || !fs.f_blocks)
		return true;
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return free_bytes >= len + (uint64_t)fs.f_blocks * fs.f_frsize / SPARE;
}

static bool is_on(const struct spool_bound *b, int dirfd)
{
	struct stat ours, wanted;

	return !fstat(b->dir->top, &ours) && !fstat(dirfd, &wanted) && ours.st_dev == wanted.st_dev;
}

/* The spool with the oldest file of all those on this file system; NULL: no file is left. */
static struct spool_bound *oldest(struct spool_bound *const *spools, size_t n, int dirfd)
{
	struct spool_bound *found = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *name = is_on(spools[i], dirfd) ? spool_bound_oldest(spools[i]) : NULL;

		if (name && (!found || strcmp(name, spool_bound_oldest(found)) < 0))
			found = spools[i];
	}
	return found;
}

/* Remove the oldest file that is not locked. A file can be linked into several spools, and takes
 * its room until all of its names have gone: the next calls remove them, as they are the oldest
 * ones then. Returns false when there is no such file. */
static bool remove_oldest(struct spool_bound *const *spools, size_t n, int dirfd,
			  struct spool_dropped *dropped)
{
	struct spool_bound *b;

	while ((b = oldest(spools, n, dirfd)))
		if (spool_bound_remove(b, dropped))
			return true;
	return false;
}

static void restart(struct spool_bound *const *spools, size_t n)
{
	for (size_t i = 0; i < n; i++)
		spool_bound_restart(spools[i]);
}

bool spool_free_oldest(struct spool_bound *const *spools, size_t n, int dirfd,
		       struct spool_dropped *dropped)
{
	bool removed;

	restart(spools, n);
	removed = remove_oldest(spools, n, dirfd, dropped);
	restart(spools, n);
	return removed;
}

/* Returns 0 or -errno. */
static int write_at(int fd, const char *text, size_t len, off_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, text, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENOSPC;
		text += n;
		len -= n;
		offset += n;
	}
	return 0;
}

static int try_write(int dirfd, int fd, const char *text, size_t len, off_t offset)
{
	return has_room(dirfd, len) ? write_at(fd, text, len, offset) : -ENOSPC;
}

/* EDQUOT: the user may not use more of the disk. */
int spool_free_write(struct spool_bound *const *spools, size_t n, int dirfd, int fd,
		     const char *text, size_t len, off_t offset, struct spool_dropped *dropped)
{
	int err = try_write(dirfd, fd, text, len, offset);

	if (err != -ENOSPC && err != -EDQUOT)
		return err;
	restart(spools, n);
	while ((err == -ENOSPC || err == -EDQUOT) && remove_oldest(spools, n, dirfd, dropped))
		err = try_write(dirfd, fd, text, len, offset);
	restart(spools, n);
	return err;
}
