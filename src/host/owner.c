/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/owner.h"
#include "host/process.h"

/* Find the inode of a netlink socket. The file has a line for each socket: its address, family, port
 * id, six more numbers, and the inode. Returns false when there is no such socket. */
static bool find_inode(int family, uint32_t port, char *inode, size_t size)
{
	FILE *f = fopen("/proc/self/net/netlink", "re");
	char line[256], found[32];
	uint32_t id;
	int of;
	bool is_there = false;

	if (!f)
		return false;
	while (!is_there && fgets(line, sizeof(line), f))
		is_there = sscanf(line, "%*s %d %" SCNu32 " %*s %*s %*s %*s %*s %*s %31[0-9]", &of, &id,
				  found) == 3 && of == family && id == port;
	fclose(f);
	snprintf(inode, size, "socket:[%s]", is_there ? found : "");
	return is_there;
}

/* Whether a process has a descriptor of this target, "socket:[INODE]". */
static bool has_open(const char *pid, const char *target)
{
	char path[512], link[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		link[n > 0 ? n : 0] = '\0';
		found = !strcmp(link, target);
	}
	closedir(dir);
	return found;
}

static void find_holder(struct owner *owner, const char *socket)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return;
	while (!owner->pid && (entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    has_open(entry->d_name, socket))
			owner->pid = strtoul(entry->d_name, NULL, 10);
	closedir(proc);
	if (owner->pid)
		process_name(owner->name, owner->pid);
}

void owner_find(struct owner *owner, int family, uint32_t port)
{
	char socket[64];

	memset(owner, 0, sizeof(*owner));
	if (find_inode(family, port, socket, sizeof(socket)))
		find_holder(owner, socket);
}

void owner_of_inode(struct owner *owner, uint64_t inode)
{
	char socket[64];

	memset(owner, 0, sizeof(*owner));
	snprintf(socket, sizeof(socket), "socket:[%" PRIu64 "]", inode);
	find_holder(owner, socket);
}
