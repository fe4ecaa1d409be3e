/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_LISTENER_H
#define CTAGG_SOURCE_LISTENER_H

/* Somebody who listens to ctnetlink and hears nothing. Where nf_conntrack_events is 2, the kernel makes
 * events of connections while a socket has joined one of ctnetlink's groups. ctnetlink has messages for
 * all groups but NFNLGRP_CONNTRACK_EXP_UPDATE (net/netfilter/nf_conntrack_netlink.c), which this one
 * joins, in the network namespace of the calling thread. */
struct listener;

/* Returns 0 and a listener that the caller owns, or -errno: -EPERM no CAP_NET_ADMIN over the namespace. */
int listener_open(struct listener **out);

void listener_close(struct listener *l);	/* NULL is fine */

#endif
