/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "enable/claim.h"
#include "host/identity.h"
#include "host/netns.h"
#include "window/clock.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define PATIENCE_NS 5000000000ULL
#define PAUSE_NS 1000000
#define MAX_VALUE 2	/* the greatest that a sysctl of enable.c can have */

enum byte {
	BYTE_LOCK,
	BYTE_WANT,
};

/* --- the name of the file ---------------------------------------------------- */

static int read_boot_id(struct claim *c)
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, c->boot, sizeof(c->boot) - 1);
	if (n < 1)
		err = n ? -errno : -EIO;
	close(fd);
	if (err)
		return err;
	c->boot[n] = '\0';
	c->boot[strcspn(c->boot, "\n")] = '\0';
	return 0;
}

static int inode_name(char *name, size_t size)
{
	struct stat st;

	if (stat("/proc/thread-self/ns/net", &st))
		return -errno;
	snprintf(name, size, "inode-%ju", (uintmax_t)st.st_ino);
	return 0;
}

/* The part of the file's name that stands for the network namespace. One kernel always gives
 * the same kind of name: a cookie or an inode. Fails where no socket can be opened. */
static int namespace_name(char *name, size_t size)
{
	uint64_t cookie;
	int err = netns_cookie(&cookie);

	if (err == -EOPNOTSUPP)
		return inode_name(name, size);
	if (!err)
		snprintf(name, size, "net-%" PRIu64, cookie);
	return err;
}

/* --- locks ------------------------------------------------------------------ */

static void pause_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
}

static int set_lock(const struct claim *c, enum byte byte, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	return fcntl(c->fd, F_OFD_SETLK, &lock) ? -errno : 0;
}

/* Try until the lock is free or the time is over. F_OFD_SETLKW would wait in the kernel
 * instead, without end if the process that holds the lock is stopped, since signals are blocked
 * here. */
static int wait_for_lock(const struct claim *c, short type, uint64_t until_ns)
{
	int err;

	while ((err = set_lock(c, BYTE_LOCK, type)) == -EAGAIN || err == -EACCES) {
		if (clock_monotonic_ns() >= until_ns)
			return -ETIMEDOUT;
		pause_a_little();
	}
	return err;
}

/* Whether the path still names the file that was opened: the last ctagg to end removes the file,
 * maybe while others wait for its lock. */
static bool is_current(const struct claim *c)
{
	struct stat open_file, named;

	return !fstat(c->fd, &open_file) && !stat(c->path, &named) &&
	       open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

static int lock_until(struct claim *c, short type, uint64_t until_ns)
{
	int err = c->fd < 0 ? -EBADF : wait_for_lock(c, type, until_ns);

	return err ? err : is_current(c) ? 0 : -ESTALE;
}

int claim_lock(struct claim *c)
{
	return lock_until(c, F_WRLCK, clock_monotonic_ns() + PATIENCE_NS);
}

void claim_unlock(struct claim *c)
{
	if (c->fd >= 0)
		set_lock(c, BYTE_LOCK, F_UNLCK);
}

/* --- opening ---------------------------------------------------------------- */

/* Whether this is a regular file with one name. A user who may write into the directory could
 * have put something else in its place: a link to another file, which must not be written to,
 * or a FIFO. */
static bool is_plain_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_nlink <= 1;
}

/* Make the directory where it is missing, for whoever has to remove its files. */
static int make_directory(void)
{
	int fd, err;

	if (mkdir(CLAIM_DIRECTORY, 0755))
		return errno == EEXIST ? 0 : -errno;
	fd = open(CLAIM_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = identity_give(fd, false);
	close(fd);
	return err;
}

/* Returns 0 or -errno: -ESTALE the directory was there, and has been removed meanwhile. */
static int open_file(struct claim *c, enum claim_use use)
{
	int flags = (use == CLAIM_LOOK ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	bool make = use == CLAIM_MAKE;
	int err = make ? make_directory() : 0;

	if (err)
		return err;
	c->fd = make ? identity_open(c->path, flags, 0600) : open(c->path, flags);
	if (c->fd < 0) {
		err = make ? c->fd : -errno;
		return make && err == -ENOENT ? -ESTALE : err;
	}
	return is_plain_file(c->fd) ? 0 : -EPERM;
}

int claim_open(struct claim *c, const char *sysctl, enum claim_use use)
{
	uint64_t until_ns = clock_monotonic_ns() + PATIENCE_NS;
	char name[64];
	int err;

	c->fd = -1;
	err = namespace_name(name, sizeof(name));
	if (!err)
		err = read_boot_id(c);
	if (err)
		return err;
	snprintf(c->path, sizeof(c->path), CLAIM_DIRECTORY "/%s.%s", name, sysctl);
	do {
		err = open_file(c, use);
		if (!err)
			err = lock_until(c, use == CLAIM_LOOK ? F_RDLCK : F_WRLCK, until_ns);
		if (err)
			claim_close(c);
	} while (err == -ESTALE && clock_monotonic_ns() < until_ns);
	if (err && use == CLAIM_MAKE)
		rmdir(CLAIM_DIRECTORY);	/* removes only an empty directory, as one just made is */
	return err;
}

void claim_close(struct claim *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* --- the value before -------------------------------------------------------- */

int claim_before(const struct claim *c)
{
	char text[64], boot[sizeof(c->boot)];
	ssize_t n = c->fd < 0 ? -1 : pread(c->fd, text, sizeof(text) - 1, 0);
	int before;

	if (n < 1)
		return -ENOENT;
	text[n] = '\0';
	if (sscanf(text, "%39s %d", boot, &before) != 2 || strcmp(boot, c->boot) || before < 0 ||
	    before > MAX_VALUE)
		return -ENOENT;
	return before;
}

/* The text always has the same length, so that one write replaces the old text. */
int claim_note(struct claim *c, int before)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%-36s %11d\n", c->boot, before);
	ssize_t n = pwrite(c->fd, text, len, 0);

	return n == len ? 0 : n < 0 ? -errno : -ENOSPC;
}

int claim_want(struct claim *c)
{
	return set_lock(c, BYTE_WANT, F_RDLCK);
}

bool claim_wanted(const struct claim *c)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = BYTE_WANT,
			      .l_len = 1 };

	return c->fd >= 0 && !fcntl(c->fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

/* A file that cannot be removed, because the directory is somebody else's, is emptied: then no
 * value before is noted in it. */
void claim_remove(struct claim *c)
{
	if (unlink(c->path) && ftruncate(c->fd, 0))
		return;
	rmdir(CLAIM_DIRECTORY);
}
