/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_NFLOG_LOSS_H
#define CTAGG_SOURCE_NFLOG_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many logged packets never arrived.
 *
 * The kernel numbers the packets of each group (NFULNL_CFG_F_SEQ), so a gap in the numbers
 * says exactly how many packets were lost, as soon as a later packet of the same group
 * arrives. Until then only the socket's drop counter tells that messages were refused: it
 * counts messages, which hold up to NFLOG_BATCH packets, of groups that it does not name. */

#define NFLOG_MAX_GROUPS 64

/* id        the group's number, host order
 * next_seq  the number that the group's next packet should have
 * shown     how many of all refused messages were refused before this group's last packet was
 *           queued: packets of this group in these messages are in `lost` already
 */
struct nflog_group_loss {
	uint16_t id;
	uint32_t next_seq;
	uint64_t shown;
};

/* lost     packets that are missing in the numbers
 * refused  messages that found no room in the socket's receive buffer
 * emptied  the value of `refused` when the queue was last found empty
 * counter  the socket's drop counter as it was last read
 */
struct nflog_loss {
	uint64_t lost, refused, emptied;
	uint32_t counter;
	size_t n_groups;
	struct nflog_group_loss groups[NFLOG_MAX_GROUPS];
};

/* No packet is lost yet. Packets of these n (at most NFLOG_MAX_GROUPS) groups will have numbers
 * from 0 on. */
void nflog_loss_init(struct nflog_loss *l, const uint16_t *groups, size_t n);

/* The socket's drop counter (SK_MEMINFO_DROPS, which wraps at 2^32) stands at this value. */
void nflog_loss_refused(struct nflog_loss *l, uint32_t counter);

/* The queue was found empty after the last call of nflog_loss_refused(): a message that
 * arrives later was queued after all refused ones. */
void nflog_loss_emptied(struct nflog_loss *l);

/* A packet of this group with this number (host order, wraps at 2^32) has arrived. */
void nflog_loss_packet(struct nflog_loss *l, uint16_t group, uint32_t seq);

/* How many of the refused messages may hold packets that are not in `lost` yet, because some
 * group has sent no packet since. */
uint64_t nflog_loss_pending(const struct nflog_loss *l);

#endif
