/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/process.h"
#include "sink/lock.h"

int lock_take(int fd)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	return errno == EWOULDBLOCK ? -EBUSY : -errno;
}

/* Whether a line of /proc/locks, "1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF", is of a lock
 * on this file. *pid becomes 0 for a process that is not in our pid namespace. A line with "->"
 * after the first number is of a process that waits for the lock. */
static bool is_lock_of(const char *line, const struct stat *st, int *pid)
{
	unsigned int major, minor;
	unsigned long long inode;

	return sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%llu", pid, &major, &minor, &inode) == 4 &&
	       major == major(st->st_dev) && minor == minor(st->st_dev) && inode == st->st_ino;
}

/* Returns 0 when nothing is known. */
static int holder_pid(const char *path)
{
	FILE *locks = fopen("/proc/locks", "re");
	struct stat st;
	char line[256];
	int pid = 0;

	if (!locks)
		return 0;
	if (!stat(path, &st))
		while (fgets(line, sizeof(line), locks) && !is_lock_of(line, &st, &pid))
			pid = 0;
	fclose(locks);
	return pid > 0 ? pid : 0;
}

/* A process can give itself any name: one that could confuse a terminal is not shown. */
static bool is_printable(const char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			return false;
	return true;
}

static void describe(char name[PROCESS_NAME_SIZE], int pid)
{
	process_name(name, pid);
	if (!*name || !is_printable(name))
		strcpy(name, "a program");
	else if (!strcmp(name, PACKAGE_NAME))
		strcpy(name, "another " PACKAGE_NAME);
}

void lock_holder(char text[LOCK_HOLDER_MAX], const char *path)
{
	int pid = holder_pid(path);
	char name[PROCESS_NAME_SIZE];

	if (!pid) {
		strcpy(text, "another program");
		return;
	}
	describe(name, pid);
	snprintf(text, LOCK_HOLDER_MAX, "%s (pid %d)", name, pid);
}
