/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_HOOKS_H
#define CTAGG_ENABLE_HOOKS_H

#include <libmnl/libmnl.h>

/* Add a table of nftables with a rule that uses connection tracking, so that the kernel tracks
 * connections of IPv4 and IPv6 in the network namespace of the calling thread. The rule sees no
 * packet, because its chain is in no hook. The table belongs to a socket, and the kernel removes
 * it when the socket is closed (NFT_TABLE_F_OWNER, Linux 5.12). Returns 0 and the socket, for
 * mnl_socket_close(), or -errno. */
int hooks_add(struct mnl_socket **out);

#endif
