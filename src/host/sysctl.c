/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host/sysctl.h"

static int open_netfilter(const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/netfilter/%s", name);
	return open(path, flags | O_CLOEXEC);
}

int sysctl_readable(void)
{
	return access("/proc/sys/net", R_OK | X_OK) ? -errno : 0;
}

bool sysctl_read_only(void)
{
	struct statvfs fs;

	return !statvfs("/proc/sys/net", &fs) && fs.f_flag & ST_RDONLY;
}

int sysctl_netfilter(const char *name)
{
	int fd = open_netfilter(name, O_RDONLY);
	char text[32], *end;
	ssize_t n;
	long value;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	text[n] = '\0';
	value = strtol(text, &end, 10);
	if (end == text || value < 0 || value > INT_MAX)
		return -ERANGE;
	return value;
}

int sysctl_netfilter_set(const char *name, int value)
{
	int fd = open_netfilter(name, O_WRONLY), err = 0;
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", value);

	if (fd < 0)
		return -errno;
	/* One write() for the whole text: without memory dprintf(3) writes byte by byte, and
	 * the kernel refuses the newline by itself, which is no value. */
	if (write(fd, text, len) < 0)
		err = -errno;
	close(fd);
	return err;
}
