/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETNS_H
#define CTAGG_HOST_NETNS_H

#include <stdint.h>

/* How a network namespace can be named. Digits are a name when ip-netns(8) has made a namespace
 * of this name, otherwise a process id, as in ip(8). */
enum netns_kind {
	NETNS_NAME,	/* a file in /run/netns, made by ip-netns(8) */
	NETNS_PATH,	/* contains a slash */
	NETNS_PID,	/* a process id */
};
enum netns_kind netns_kind(const char *name);

/* The size of the longest name of a namespace, with its NUL: of a file. */
#define NETNS_NAME_SIZE 256

#define NETNS_NAMES "/run/netns"	/* where ip-netns(8) has its names */

/* What tells the network namespace of the calling thread from all others that there were since the machine
 * started (SO_NETNS_COOKIE, Linux 5.14). Returns 0 or -errno: -EOPNOTSUPP the kernel is older. */
int netns_cookie(uint64_t *cookie);

/* Move the calling thread into the network namespace of this name, path or process id, and write
 * into found the name that ip-netns(8) has for the namespace: the name given, or the first one in
 * the alphabet; or, where ip-netns(8) has none, the number of the namespace's inode.
 * Returns 0 or -errno: -ENOENT there is no such namespace, -EINVAL the path is no network
 * namespace, -EPERM CAP_SYS_ADMIN is missing, -ENAMETOOLONG. */
int netns_enter(const char *name, char found[NETNS_NAME_SIZE]);

#endif
