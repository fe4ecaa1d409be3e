/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/namespace.h"

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

void namespace_enter(void)
{
	if (getenv("CTAGG_NO_KERNEL"))	/* tests/cross/run */
		cr_skip_test("no netlink sockets in this emulation");
	/* A user namespace is not for us to make: Criterion has threads. */
	if (unshare(CLONE_NEWNET))
		cr_skip_test("no network namespace: %s; run as root, or under unshare -r",
			     strerror(errno));
}

void namespace_run(const char *command)
{
	int status = system(command);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		cr_skip_test("missing here: %s", command);
	cr_assert_eq(status, 0, "%s", command);
}

void namespace_sysctl(const char *name, const char *value)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), "/proc/sys/net/netfilter/%s", name);
	err = write_text(path, value);
	if (err)
		cr_skip_test("cannot set %s: %s", name, strerror(-err));
}
