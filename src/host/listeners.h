/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_LISTENERS_H
#define CTAGG_HOST_LISTENERS_H

#include <stdint.h>

/* The inode of a socket of a netlink family (NETLINK_NETFILTER and others) in the network namespace of
 * the calling thread that has joined one of these multicast groups: bit n - 1 stands for group n, up to
 * group 32. 0: there is none, or /proc does not tell. */
uint64_t listeners_here(int family, uint32_t groups);

/* The inode of such a socket in another network namespace, 0: none was found. Seen are namespaces that a
 * process is in of which this process may know so (CAP_SYS_PTRACE, for other users' processes), the first
 * LISTENERS_MAX_NAMESPACES of them. */
#define LISTENERS_MAX_NAMESPACES 1024
uint64_t listeners_elsewhere(int family, uint32_t groups);

#endif
