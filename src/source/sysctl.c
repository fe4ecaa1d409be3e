/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/sysctl.h"

int sysctl_netfilter(const char *name)
{
	char path[128], text[32];
	ssize_t n;
	char *end;
	long value;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/netfilter/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
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
