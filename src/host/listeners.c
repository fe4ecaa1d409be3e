/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/listeners.h"

/* Find a socket that has joined one of the groups, in the network namespace of a process. The file has a
 * line for each socket: its address, family, port id, and the groups that the socket has joined, in
 * hexadecimal (netlink_native_seq_show()), five more numbers, and the inode. Returns the inode, or 0. */
static uint64_t find(const char *process, int family, uint32_t groups)
{
	uint64_t inode = 0, of_socket;
	char line[256], path[300];
	uint32_t joined;
	FILE *f;
	int of;

	snprintf(path, sizeof(path), "/proc/%s/net/netlink", process);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (!inode && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %d %*s %" SCNx32 " %*s %*s %*s %*s %*s %" SCNu64, &of, &joined, &of_socket) == 3 &&
		    of == family && joined & groups)
			inode = of_socket;
	fclose(f);
	return inode;
}

uint64_t listeners_here(int family, uint32_t groups)
{
	return find("self", family, groups);
}

/* The number of a process's network namespace, 0: not known. */
static uint64_t namespace_of(const char *process)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", process);
	return stat(path, &st) ? 0 : st.st_ino;
}

uint64_t listeners_elsewhere(int family, uint32_t groups)
{
	uint64_t seen[LISTENERS_MAX_NAMESPACES] = { namespace_of("self") }, inode = 0;
	struct dirent *entry;
	size_t n = 1, i;
	DIR *proc = opendir("/proc");

	if (!proc)
		return 0;
	while (!inode && n < LISTENERS_MAX_NAMESPACES && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		seen[n] = namespace_of(entry->d_name);
		for (i = 0; seen[i] != seen[n]; i++)
			;
		if (i < n || !seen[n])
			continue;
		n++;
		inode = find(entry->d_name, family, groups);
	}
	closedir(proc);
	return inode;
}
