/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NFLOG_H
#define CTAGG_SOURCE_NFLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "flow/event.h"
#include "source/packet.h"

/* Packets that rules log to NFLOG groups of the network namespace of the thread
 * that opens it (linux/netfilter/nfnetlink_log.h). */
struct nflog;

#define NFLOG_MAX_GROUPS 64

/* The kernel keeps a message back until there are so many, or so long. */
#define NFLOG_BATCH 64
#define NFLOG_TIMEOUT_MS 100

/* Longest prefix that a rule can have: nftables 127, iptables 63. */
#define NFLOG_MAX_PREFIX 128

/* One logged packet.
 *
 * event   key but for dir and rule, time_ns when has_time; kind is FLOW_DROP: what
 *         the rule did afterwards is for the caller to know
 * group   host order
 * family  NFPROTO_* of the rule's hook: IPv4, IPv6, bridge, netdev
 * hook    of that family, NF_INET_* for the first two
 * prefix  as it came, without its NUL; lent until the next nflog_read()
 */
struct nflog_packet {
	struct flow_event event;
	uint16_t group;
	uint8_t family, hook;
	const char *prefix;
	size_t prefix_len;
};

/* Everything that happened since it was opened.
 *
 * received   packets handed out
 * truncated  of those, such whose ports or ICMP type were not in what was copied
 * odd        packets that are no IP, contradict themselves, were cut off before their
 *            addresses, or begin with a link header of unknown length: not handed out
 * undecoded  messages that are damaged or none of these: not handed out
 * foreign    messages whose sender is not the kernel: dropped unread
 * lost       packets missing in the sequence numbers, exact up to the last one
 *            received
 * refused    messages that found no room in the receive buffer: what they held
 *            is in `lost` as soon as a later one of the same group is received
 * pending    of the refused, those whose packets may not be in `lost` yet: not every
 *            group has sent a later message, and which group they were of is unknown
 */
struct nflog_stats {
	uint64_t received, truncated, odd, undecoded, foreign, lost, refused, pending;
};

/* Bind n groups (1 to NFLOG_MAX_GROUPS), with a receive buffer of at least
 * buffer_bytes where the kernel grants it. Returns 0 and a handle the caller
 * owns, or -errno with *out untouched and in *failed, unless NULL, the group that
 * was refused: -EBUSY another program has it, -EPERM no CAP_NET_ADMIN. */
int nflog_open(struct nflog **out, const uint16_t *groups, size_t n, size_t buffer_bytes,
	       uint16_t *failed);

/* Who holds a group: its netlink port id, mostly that of its process; 0 unknown. */
uint32_t nflog_holder(uint16_t group);

int nflog_fd(const struct nflog *n);
size_t nflog_buffer(const struct nflog *n);	/* as conntrack_buffer() */

/* Read what one system call gives and decode up to max packets, as
 * conntrack_read() does. */
ssize_t nflog_read(struct nflog *n, struct nflog_packet *packets, size_t max);

/* With hurry, the kernel keeps nothing back from now on; what it has kept comes
 * within NFLOG_TIMEOUT_MS. Without, batches again. Returns 0 or -errno. */
int nflog_hurry(struct nflog *n, bool hurry);

/* Give up the groups: what was kept back can be read now, nothing comes later. */
void nflog_unbind(struct nflog *n);

const struct nflog_stats *nflog_stats(struct nflog *n);	/* lent */

/* The type (ARPHRD_*) of the device with this index, or -errno. */
typedef int nflog_device_type(void *arg, uint32_t ifindex);

/* One netlink message of len bytes; type_of, with arg, is asked only where the packet
 * begins with a link header. Returns 0, with result saying what the packet
 * is (a PACKET_ODD one has no key); -EBADMSG for a damaged message or another one.
 * seq is host order. */
struct nflog_message {
	struct nflog_packet packet;
	enum packet_result result;
	uint32_t seq;
	bool has_seq;
};
int nflog_decode(const void *msg, size_t len, nflog_device_type *type_of, void *arg,
		 struct nflog_message *out);

void nflog_close(struct nflog *n);	/* NULL is fine */

#endif
