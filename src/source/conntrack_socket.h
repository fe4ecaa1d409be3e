/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_CONNTRACK_SOCKET_H
#define CTAGG_SOURCE_CONNTRACK_SOCKET_H

#include "source/conntrack.h"

/* The socket of a subscription that has joined ctnetlink's groups NEW and DESTROY; only conntrack.c uses
 * this. */

/* As conntrack_open(). stats, which are lent, get undecoded, foreign, lost and reopens. */
int conntrack_socket_open(void **out, struct conntrack_stats *stats, size_t buffer_bytes,
			  conntrack_prepare_fn *prepare, void *arg);

/* What the socket does as a feed; arg is the socket. */
extern const struct conntrack_feed conntrack_socket_feed;

#endif
