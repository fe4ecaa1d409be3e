/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "confine/files.h"
#include "confine/landlock.h"

#define DNS_PORT 53

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_FS_TRUNCATE)
#define CHANGING                                                                                   \
	(READING | WRITING | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE |        \
	 LANDLOCK_FS_REFER)

/* The rights that mean something for a file; the kernel refuses a rule for a file with others. */
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | WRITING)

/* All rights of version 1: from executing files to making symbolic links. */
#define FIRST ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* The folders that may be changed, for confine_is_replaced(). */
#define FOLDERS 16
static struct folder {
	const struct confine_path *path;
	dev_t dev;
	ino_t ino;
} folders[FOLDERS];
static size_t n_folders;

/* --- paths ---------------------------------------------------------------------------- */

/* The folder that a file is in. */
static int parent_of(const char *file, char folder[PATH_MAX])
{
	const char *slash = strrchr(file, '/');
	int len = slash ? (int)(slash - file) + 1 : 0;

	return snprintf(folder, PATH_MAX, "%.*s.", len, file) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int open_path(const struct confine_path *p)
{
	char folder[PATH_MAX];
	int err = p->parent ? parent_of(p->path, folder) : 0, fd;

	if (err)
		return err;
	fd = open(p->parent ? folder : p->path, O_PATH | O_CLOEXEC);
	/* cppcheck-suppress resourceLeak; the descriptor is the caller's */
	return fd < 0 ? -errno : fd;
}

/* Whether a path cannot be opened for want of something, and may be there. */
static bool is_short(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

static void remember(const struct confine_path *p, const struct stat *st)
{
	if (!(p->access & CONFINE_CHANGE) || n_folders == FOLDERS)
		return;
	folders[n_folders++] = (struct folder){ p, st->st_dev, st->st_ino };
}

bool confine_is_replaced(const char *file)
{
	for (size_t i = 0; i < n_folders; i++) {
		const struct folder *f = &folders[i];
		struct stat now;
		int fd;

		if (!f->path->parent || strcmp(f->path->path, file))
			continue;
		fd = open_path(f->path);
		if (fd < 0)
			return false;
		if (fstat(fd, &now)) {
			close(fd);
			return false;
		}
		close(fd);
		return now.st_dev != f->dev || now.st_ino != f->ino;
	}
	return false;
}

/* --- rules ---------------------------------------------------------------------------- */

/* What this version of Landlock can refuse; the rest is left to owners and modes. */
static struct landlock_handled handled(int version, enum confine_connect connect)
{
	struct landlock_handled h = { .fs = FIRST | LANDLOCK_FS_REFER };

	if (version >= 3)
		h.fs |= LANDLOCK_FS_TRUNCATE;
	if (version >= 4)
		h.net = LANDLOCK_NET_BIND_TCP;
	if (version >= 4 && connect != CONFINE_CONNECT_ALL)
		h.net |= LANDLOCK_NET_CONNECT_TCP;
	if (version >= 5)
		h.fs |= LANDLOCK_FS_IOCTL_DEV;
	if (version >= 6)
		h.scoped = LANDLOCK_SCOPED_ABSTRACT_UNIX | LANDLOCK_SCOPED_SIGNALS;
	return h;
}

static uint64_t rights_of(unsigned int access)
{
	uint64_t rights = 0;

	if (access & CONFINE_READ_FILES)
		rights |= READING;
	if (access & CONFINE_WRITE_FILES)
		rights |= WRITING;
	if (access & CONFINE_CHANGE)
		rights |= CHANGING;
	if (access & CONFINE_REMOVE_FOLDERS)
		rights |= LANDLOCK_ACCESS_FS_REMOVE_DIR;
	return rights;
}

/* A rule is for an inode, not for a name. The inode of a folder of /proc may be made anew, without the
 * rule, when the kernel is short of memory and nobody uses the folder. So a folder of which
 * files are only written to, as of /proc/sys, is kept open. */
static bool keeps_open(const struct confine_path *p)
{
	return p->access == CONFINE_WRITE_FILES;
}

/* What cannot be opened cannot be used either. The kernel has no rules for what has no place in a file
 * system, as a pipe that /dev/stdout stands for (EBADFD), which stays usable as it is open. */
static int allow_path(int ruleset, const struct confine_path *p, uint64_t handled_fs)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights_of(p->access) & handled_fs, .parent_fd = open_path(p),
	};
	struct stat st;
	int err = 0;

	if (rule.parent_fd < 0)
		return is_short(rule.parent_fd) ? rule.parent_fd : 0;
	if (fstat(rule.parent_fd, &st))
		err = -errno;
	if (!err && !S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	if (!err && landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) && errno != EBADFD)
		err = -errno;
	if (!err)
		remember(p, &st);
	if (err || !keeps_open(p))
		close(rule.parent_fd);
	return err;
}

static int allow_names(int ruleset, const struct landlock_handled *h, enum confine_connect connect)
{
	struct landlock_port rule = { LANDLOCK_NET_CONNECT_TCP, DNS_PORT };

	if (!(h->net & LANDLOCK_NET_CONNECT_TCP) || connect != CONFINE_CONNECT_DNS)
		return 0;
	return landlock_add(ruleset, LANDLOCK_NET_PORT, &rule) ? -errno : 0;
}

static int allow_all(int ruleset, const struct confine_files *files, const struct landlock_handled *h)
{
	int err = allow_names(ruleset, h, files->connect);

	for (size_t i = 0; i < files->n && !err; i++)
		err = allow_path(ruleset, &files->paths[i], h->fs);
	return err;
}

int confine_files(const struct confine_files *files)
{
	int version = landlock_version(), ruleset, err;
	struct landlock_handled h;

	if (version < 0)
		return -errno;
	if (version < 2)
		return -ERANGE;
	h = handled(version, files->connect);
	ruleset = landlock_create(&h);
	if (ruleset < 0)
		return -errno;
	err = allow_all(ruleset, files, &h);
	if (!err && landlock_restrict(ruleset))
		err = -errno;
	close(ruleset);
	return err ? err : version;
}
