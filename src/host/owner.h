/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_OWNER_H
#define CTAGG_HOST_OWNER_H

#include <stdint.h>

#include "host/process.h"

/* Which process has a netlink socket.
 *
 * pid   of a process that has the socket open; 0: not known. Without CAP_SYS_PTRACE, processes of
 *       other users are not known, and processes of other pid namespaces never are
 * name  of this process as /proc/PID/comm has it; "": not known
 */
struct owner {
	uint32_t pid;
	char name[PROCESS_NAME_SIZE];
};

/* Find a process that has the netlink socket with this port id open: a socket of a netlink family
 * (NETLINK_NETFILTER and others) in the network namespace of the calling thread. A port id is the
 * process id of its owner only for a process's first netlink socket (netlink(7)), so the socket is
 * looked for in the descriptors of all processes, which takes long where there are many. */
void owner_find(struct owner *owner, int family, uint32_t port);

/* The same of a socket with this inode, in whatever network namespace. */
void owner_of_inode(struct owner *owner, uint64_t inode);

#endif
