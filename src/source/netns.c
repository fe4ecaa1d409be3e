/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source/netns.h"

static int open_netns(const char *name)
{
	char path[PATH_MAX];
	int len;

	if (strchr(name, '/'))
		len = snprintf(path, sizeof(path), "%s", name);
	else if (name[strspn(name, "0123456789")] == '\0')
		len = snprintf(path, sizeof(path), "/proc/%s/ns/net", name);
	else
		len = snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (len >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return open(path, O_RDONLY | O_CLOEXEC);
}

int netns_enter(const char *name)
{
	int fd = open_netns(name), err = 0;

	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}
