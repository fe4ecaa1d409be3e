/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "spool/lock.h"

/* Whoever removes a file or puts it into new/ has the lock for less than a millisecond. */
#define TRIES 20
#define TRY_MS 1

/* A consumer of another user may have made the file, and only its group may read it: reading is
 * enough for a lock. Writing is tried first, because NFS locks no file that is open for reading only
 * (flock(2)). */
static int open_lock(const struct spool_dir *d)
{
	const int flags = O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(d->top, "lock", O_RDWR | flags, SPOOL_FILE_MODE);

	/* cppcheck-suppress resourceLeak; the descriptor is the caller's */
	return fd < 0 && errno == EACCES ? openat(d->top, "lock", O_RDONLY | flags, SPOOL_FILE_MODE) : fd;
}

int spool_lock(const struct spool_dir *d)
{
	int fd = open_lock(d), err;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return err;
}

/* A file can be removed, and another one can get its name, before it is locked. */
static int take(int dirfd, const char *name, int operation, int tries)
{
	int fd = spool_open(dirfd, name), err = -EBUSY;

	if (fd < 0)
		return fd;
	while (err == -EBUSY && tries--) {
		err = !flock(fd, operation | LOCK_NB) ? 0 : errno == EWOULDBLOCK ? -EBUSY : -errno;
		if (err == -EBUSY && tries)
			poll(NULL, 0, TRY_MS);
	}
	if (!err && !spool_is_named(dirfd, name, fd, NULL))
		err = -ENOENT;
	if (err)
		close(fd);
	return err ? err : fd;
}

int spool_take(int dirfd, const char *name)
{
	return take(dirfd, name, LOCK_SH, TRIES);
}

int spool_take_alone(int dirfd, const char *name)
{
	return take(dirfd, name, LOCK_EX, 1);
}
