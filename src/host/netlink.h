/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETLINK_H
#define CTAGG_HOST_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>
#include <linux/sock_diag.h>

/* Netlink sockets (netlink(7)): opening one, and reading one under load. */

struct mnl_socket;

/* Open a socket of a netlink family, NETLINK_ROUTE or NETLINK_NETFILTER, in the network
 * namespace of the calling thread: close-on-exec, bound to a port id that the kernel
 * chooses, and connected to the kernel. Once connected, the kernel refuses messages that
 * another process sends to this port id; messages to a group can still come from others.
 * flags is 0 or SOCK_NONBLOCK. Returns 0 and a socket for mnl_socket_close(), or -errno
 * with *out untouched. */
int netlink_open(struct mnl_socket **out, int family, int flags);

/* Become a member of a multicast group, NFNLGRP_* or RTNLGRP_*. Returns 0 or -errno:
 * -EPERM no CAP_NET_ADMIN over the namespace (nfnetlink). */
int netlink_join(int fd, int group);

/* Ask for a receive buffer of so many bytes, beyond net.core.rmem_max where CAP_NET_ADMIN
 * allows. Returns the size that the kernel granted, in bytes of the kernel's own accounting:
 * twice the bytes asked for when all are granted (SO_RCVBUF in socket(7)). */
size_t netlink_set_buffer(int fd, size_t bytes);

/* The memory of a socket, by SK_MEMINFO_* (linux/sock_diag.h), host order. Returns 0,
 * or -errno with all zero. */
int netlink_meminfo(int fd, uint32_t meminfo[SK_MEMINFO_VARS]);

/* --- reading under load ------------------------------------------------------ */

/* Datagrams received together by one system call, and the place up to which their
 * messages have been read. */
struct netlink_ring;

/* Make room for so many datagrams, each of up to so many bytes. Returns 0 and a ring the
 * caller owns, or -ENOMEM. */
int netlink_ring_open(struct netlink_ring **out, unsigned int datagrams, size_t bytes);

/* Whether received datagrams are left that netlink_next() has not read. */
int netlink_ring_has(const struct netlink_ring *r);

/* Receive the datagrams that are queued at the socket fd, as many as the ring has room for;
 * never waits. Datagrams that are in the ring and have not been read are lost. Returns how many
 * datagrams were received, -EAGAIN for none, or another -errno. */
int netlink_receive(struct netlink_ring *r, int fd);

/* The next whole message of the kernel, lent until the next netlink_receive(); or NULL,
 * when all have been read. Skips datagrams of other senders, which it counts in *foreign,
 * and datagrams that are cut off or damaged, which it counts in *damaged. */
const struct nlmsghdr *netlink_next(struct netlink_ring *r, uint64_t *foreign, uint64_t *damaged);

/* Whether a whole message begins at nlh, where `left` bytes follow. Stands for
 * mnl_nlmsg_ok(), which mistakes a length of 2^31 or more for a negative one. */
static inline int netlink_message_ok(const struct nlmsghdr *nlh, size_t left)
{
	return left >= sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) && nlh->nlmsg_len <= left;
}

void netlink_ring_close(struct netlink_ring *r);	/* NULL is fine */

#endif
