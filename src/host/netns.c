/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/netns.h"

#define NAMES "/run/netns/"	/* of iproute2 */

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
	return fd < 0 ? -errno : fd;
}

int netns_enter(const char *name)
{
	int fd = open_netns(name), err = 0;

	if (fd < 0)
		return fd;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}
