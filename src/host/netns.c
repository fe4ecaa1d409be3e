/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/netns.h"

#define NAMES NETNS_NAMES "/"

#ifndef SO_NETNS_COOKIE	/* asm-generic/socket.h of Linux 5.14 */
#define SO_NETNS_COOKIE 71
#endif

enum netns_kind netns_kind(const char *name)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), NAMES "%s", name);

	if (strchr(name, '/'))
		return NETNS_PATH;
	if (name[strspn(name, "0123456789")] != '\0')
		return NETNS_NAME;
	return len < (int)sizeof(path) && !access(path, F_OK) ? NETNS_NAME : NETNS_PID;
}

static int open_netns(const char *name)
{
	static const struct {
		const char *before, *behind;
	} around[] = {
		[NETNS_NAME] = { NAMES, "" },
		[NETNS_PATH] = { "", "" },
		[NETNS_PID] = { "/proc/", "/ns/net" },
	};
	enum netns_kind kind = netns_kind(name);
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s%s%s", around[kind].before, name,
		     around[kind].behind) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	/* O_NONBLOCK: opening a FIFO would wait for its writer. Signals are blocked here, so
	 * nothing would end the wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	/* cppcheck-suppress resourceLeak; the descriptor is the caller's */
	return fd < 0 ? -errno : fd;
}

/* Look through the names of ip-netns(8): each is a file on which the namespace is mounted, and has
 * the namespace's inode. Leaves found as it is when no name fits. */
static void find_name(const struct stat *netns, char found[NETNS_NAME_SIZE])
{
	DIR *names = opendir(NAMES);
	struct dirent *entry;
	bool any = false;
	struct stat st;

	while (names && (entry = readdir(names))) {
		if (fstatat(dirfd(names), entry->d_name, &st, 0) || st.st_ino != netns->st_ino ||
		    st.st_dev != netns->st_dev || (any && strcmp(entry->d_name, found) > 0))
			continue;
		snprintf(found, NETNS_NAME_SIZE, "%s", entry->d_name);
		any = true;
	}
	if (names)
		closedir(names);
}

static void describe(int fd, const char *name, char found[NETNS_NAME_SIZE])
{
	struct stat netns = { 0 };

	if (netns_kind(name) == NETNS_NAME) {
		snprintf(found, NETNS_NAME_SIZE, "%s", name);
		return;
	}
	fstat(fd, &netns);
	snprintf(found, NETNS_NAME_SIZE, "%" PRIuMAX, (uintmax_t)netns.st_ino);
	find_name(&netns, found);
}

int netns_cookie(uint64_t *cookie)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	socklen_t size = sizeof(*cookie);

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &size))
		err = errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno;
	close(fd);
	return err;
}

int netns_enter(const char *name, char found[NETNS_NAME_SIZE])
{
	int fd = open_netns(name), err = 0;

	if (fd < 0)
		return fd;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	else
		describe(fd, name, found);
	close(fd);
	return err;
}
