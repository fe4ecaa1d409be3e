/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NFLOG_GROUPS_H
#define CTAGG_SOURCE_NFLOG_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The requests that bind NFLOG groups to a socket and configure them
 * (linux/netfilter/nfnetlink_log.h). */

struct mnl_socket;

/* The kernel collects the packets of a group in one message, which it sends when this many
 * packets are in it, or this long after the first. */
#define NFLOG_BATCH 64
#define NFLOG_TIMEOUT_MS 100

/* The most bytes that a message can have. The kernel allocates so many bytes for each message, and
 * the allocator adds some: together they fit 32 KiB. A batch is sent early when the next packet
 * does not fit. */
#define NFLOG_BATCH_BYTES (32768 - 1024)

/* Bind n groups to the socket, then let the kernel number their packets from 0. A packet
 * without a number was logged between these two requests. Returns 0; or -errno and, unless
 * failed is NULL, the group that was refused in *failed: -EBUSY another program holds the
 * group, -EPERM no CAP_NET_ADMIN. */
int nflog_groups_bind(const struct mnl_socket *nl, const uint16_t *groups, size_t n,
		      uint16_t *failed);

/* hurry: the kernel sends each packet of the group at once; otherwise it sends batches. A batch
 * that was begun before is sent within NFLOG_TIMEOUT_MS. Returns 0 or -errno. */
int nflog_group_hurry(const struct mnl_socket *nl, uint16_t group, bool hurry);

/* Give up a group: the kernel sends the batch that was begun, then nothing more. */
void nflog_group_unbind(const struct mnl_socket *nl, uint16_t group);

/* The netlink port id of the socket that holds a group, which is mostly the id of the socket's
 * process; 0 when the port id cannot be found out. */
uint32_t nflog_holder(uint16_t group);

#endif
