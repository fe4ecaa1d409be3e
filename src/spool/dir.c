/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/identity.h"
#include "spool/dir.h"

#define GROUP "ctagg"
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* How often a file is made anew that a ctagg which is just starting took for a torn one. */
#define TRIES 20
#define TRY_MS 1

/* mkdir(2) leaves out set-group-ID, and the umask of the caller takes more away. */
static int adopt(int fd, gid_t group)
{
	int err = identity_give(fd, false);

	if (err)
		return err;
	if (group != (gid_t)-1 && fchown(fd, -1, group) && errno != EPERM)
		return -errno;
	return fchmod(fd, SPOOL_DIR_MODE) ? -errno : 0;
}

/* Open one directory, or make it for this group; at is its parent. Returns a descriptor or
 * -errno. */
static int open_part(int at, const char *name, bool make, gid_t group)
{
	bool made = make && !mkdirat(at, name, 0700);
	struct stat st;
	int fd, err = make && !made && errno != EEXIST ? -errno : 0;

	if (err)
		return err;
	fd = openat(at, name, OPEN_DIR);
	if (fd < 0)
		return -errno;
	if (made)
		err = adopt(fd, group);
	if (!err && fstat(fd, &st))
		err = -errno;
	if (!err && !identity_may_use(&st))
		err = -EACCES;
	if (err)
		close(fd);
	return err ? err : fd;
}

static gid_t group_of_spools(void)
{
	const struct group *group = getgrnam(GROUP);

	return group ? group->gr_gid : (gid_t)-1;
}

static int open_parts(struct spool_dir *d, bool make)
{
	struct { const char *name; int *fd; } parts[] = {
		{ "new", &d->new }, { "tmp", &d->tmp }, { "dead", &d->dead },
	};
	struct stat st;

	if (fstat(d->top, &st))
		return -errno;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		*parts[i].fd = open_part(d->top, parts[i].name, make, st.st_gid);
		if (*parts[i].fd < 0) {
			d->failed = parts[i].name;
			return *parts[i].fd;
		}
	}
	return 0;
}

int spool_dir_open(struct spool_dir *d, const char *path, bool make)
{
	int err;

	*d = (struct spool_dir){ path, -1, -1, -1, -1, "" };
	d->top = open_part(AT_FDCWD, path, make, group_of_spools());
	err = d->top < 0 ? d->top : open_parts(d, make);
	if (err)
		spool_dir_close(d);
	return err;
}

void spool_dir_close(struct spool_dir *d)
{
	int *fds[] = { &d->top, &d->new, &d->tmp, &d->dead };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static int create_once(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			SPOOL_FILE_MODE);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB))
		err = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	else if (!spool_is_named(dirfd, name, fd, NULL))
		err = -EAGAIN;
	else if (fchmod(fd, SPOOL_FILE_MODE))
		err = -errno;
	if (err && err != -EAGAIN)
		unlinkat(dirfd, name, 0);
	if (err)
		close(fd);
	return err ? err : fd;
}

/* Between the two calls that make and lock a file, another ctagg that starts may find the file
 * unlocked, and set it aside as torn: then the file is made anew as soon as its name is free. */
int spool_create(int dirfd, const char *name)
{
	int fd = create_once(dirfd, name);
	bool taken = fd == -EAGAIN;

	for (int i = 0; taken && i < TRIES && (fd == -EAGAIN || fd == -EEXIST); i++) {
		poll(NULL, 0, TRY_MS);
		fd = create_once(dirfd, name);
	}
	return fd;
}

int spool_open(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	if (err)
		close(fd);
	return err ? err : fd;
}

bool spool_is_named(int dirfd, const char *name, int fd, struct stat *st)
{
	struct stat ours, named;

	if (!st)
		st = &ours;
	return !fstat(fd, st) && !fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) &&
	       st->st_ino == named.st_ino && st->st_dev == named.st_dev;
}
