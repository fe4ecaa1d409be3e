/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETLINK_H
#define CTAGG_HOST_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>
#include <linux/sock_diag.h>

/* Reading netlink sockets under load: many datagrams a system call, and only what
 * the kernel itself has sent. */
struct netlink_ring;

/* Room for so many datagrams of so many bytes. Returns 0 and a ring the caller
 * owns, or -ENOMEM. */
int netlink_ring_open(struct netlink_ring **out, unsigned int datagrams, size_t bytes);

/* Whether netlink_next() has something left of what was received. */
int netlink_ring_has(const struct netlink_ring *r);

/* Receive what is queued, as much as has room. Returns how many datagrams that
 * were, -EAGAIN for none, or another -errno. */
int netlink_receive(struct netlink_ring *r, int fd);

/* The next whole message, lent until the next netlink_receive(), or NULL when all
 * has been seen. Counts what it leaves out: datagrams of other senders than the
 * kernel in *foreign, such as are cut off or damaged in *damaged. */
const struct nlmsghdr *netlink_next(struct netlink_ring *r, uint64_t *foreign, uint64_t *damaged);

/* Whether a whole message begins at nlh, of which `left` bytes are there. Not
 * mnl_nlmsg_ok(), which takes a length of 2^31 and more for a negative one. */
static inline int netlink_message_ok(const struct nlmsghdr *nlh, size_t left)
{
	return left >= sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) && nlh->nlmsg_len <= left;
}

void netlink_ring_close(struct netlink_ring *r);	/* NULL is fine */

/* Ask for a receive buffer, by force where CAP_NET_ADMIN allows; returns what the
 * kernel granted, in bytes of its own accounting. */
size_t netlink_set_buffer(int fd, size_t bytes);

/* Connect a bound socket to the kernel: no other process can send to its port id.
 * What is sent to a group can still come from others. Returns 0 or -errno. */
int netlink_connect(int fd);

/* What the socket says of its memory (SO_MEMINFO). Returns 0 or -errno, then with
 * all zero. */
int netlink_meminfo(int fd, uint32_t meminfo[SK_MEMINFO_VARS]);

#endif
