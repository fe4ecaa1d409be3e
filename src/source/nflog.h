/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NFLOG_H
#define CTAGG_SOURCE_NFLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "source/nflog_decode.h"
#include "source/nflog_groups.h"
#include "source/nflog_loss.h"

/* Packets that rules log to NFLOG groups of the network namespace of the thread that opens
 * the handle. */
struct nflog;

/* Counters since the handle was opened.
 *
 * received   packets handed out
 * truncated  those of the received packets whose copied bytes end before the ports or the ICMP
 *            type
 * odd        packets not handed out, because they are no IP, contradict themselves, were cut
 *            off before their addresses, or begin with a link header of unknown length
 * undecoded  messages that are damaged, or of an unknown kind
 * foreign    messages whose sender is not the kernel; they were not read
 * lost       packets missing in the sequence numbers, exact up to the last received packet
 *            of each group
 * refused    messages that found no room in the receive buffer. Their packets are in `lost`
 *            as soon as a later packet of the same group has been received
 * pending    those of the refused messages whose packets may not be in `lost` yet. Nobody knows
 *            to which group a refused message belonged, so it is pending until every group has
 *            sent another packet
 */
struct nflog_stats {
	uint64_t received, truncated, odd, undecoded, foreign, lost, refused, pending;
};

/* Bind n groups (1 to NFLOG_MAX_GROUPS), and ask for a receive buffer of buffer_bytes: see
 * nflog_buffer(). Returns 0 and a handle the caller owns; or -errno with *out untouched and, unless
 * failed is NULL, the group that was refused in *failed: -EBUSY another program holds the group,
 * -EPERM no CAP_NET_ADMIN. */
int nflog_open(struct nflog **out, const uint16_t *groups, size_t n, size_t buffer_bytes,
	       uint16_t *failed);

/* From now on the events of packets have the names of their devices. Returns 0, or -errno as from
 * link_names_open(). Call before the first nflog_read(). */
int nflog_name_devices(struct nflog *n);

/* Call about once a second, so that it is known to the second when a device got another name. */
void nflog_tick(struct nflog *n);

/* Readable when there are packets, and when a device gets another name: then call nflog_read(). */
int nflog_fd(const struct nflog *n);

/* The receive buffer that the kernel granted, in bytes of the kernel's own accounting: twice what
 * was asked for, or less. */
size_t nflog_buffer(const struct nflog *n);

/* Receive messages with one system call and decode up to max packets (at least 1); prefixes
 * are lent until the next call. Returns how many packets there are: 0 when the messages held
 * none, and when there are max, more may be left, of which nflog_fd() does not tell. Or
 * -EAGAIN when the queue is empty, another -errno when the socket is broken. */
ssize_t nflog_read(struct nflog *n, struct nflog_packet *packets, size_t max);

/* hurry: from now on the kernel sends each packet at once; packets that it has collected
 * come within NFLOG_TIMEOUT_MS. Otherwise it sends batches. Returns 0 or -errno. */
int nflog_hurry(struct nflog *n, bool hurry);

/* Give up the groups. The packets that the kernel has collected can be read now; none come
 * later. */
void nflog_unbind(struct nflog *n);

const struct nflog_stats *nflog_stats(struct nflog *n);	/* lent */

void nflog_close(struct nflog *n);	/* NULL is fine */

#endif
