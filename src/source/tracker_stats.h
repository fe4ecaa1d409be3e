/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_TRACKER_STATS_H
#define CTAGG_SOURCE_TRACKER_STATS_H

#include "flow/window_kernel.h"

/* What connection tracking counts of its own work in the network namespace of the calling thread,
 * and how full its table is, asked of ctnetlink: IPCTNL_MSG_CT_GET_STATS_CPU and
 * IPCTNL_MSG_CT_GET_STATS in linux/netfilter/nfnetlink_conntrack.h. Nothing is set back. */
struct tracker_stats;
struct nlmsghdr;

/* Returns 0 and a handle the caller owns, or -ENOMEM. */
int tracker_stats_open(struct tracker_stats **out);

/* Ask the kernel, by a socket that the first call opens: by how much each counter has grown since the last call that returned 0 or, before
 * there was one, null; and the values of this moment. Never waits for an answer: the kernel makes
 * answers while it is asked. Returns 0, or -errno, and what the error leaves unknown is marked so:
 * -EPERM no CAP_NET_ADMIN. After an error the next call uses another socket. */
int tracker_stats_read(struct tracker_stats *t, struct window_kernel *k);

/* Take one message of the kernel: the counters of a CPU, or the values of the table. A counter has
 * 32 bits and begins again with 0. A message without an attribute leaves its value unknown; one
 * that is damaged says nothing. Returns MNL_CB_OK. */
int tracker_stats_take_cpu(const struct nlmsghdr *nlh, void *stats);
int tracker_stats_take_table(const struct nlmsghdr *nlh, void *stats);

/* Begin to ask, and make of what has been taken since the last call what tracker_stats_read()
 * says. */
void tracker_stats_begin(struct tracker_stats *t);
void tracker_stats_end(struct tracker_stats *t, struct window_kernel *k);

void tracker_stats_close(struct tracker_stats *t);	/* NULL is fine */

#endif
