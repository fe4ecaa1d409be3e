/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_ENABLE_HOOKS_H
#define CTAGG_ENABLE_HOOKS_H

#include <libmnl/libmnl.h>

/* Add a table with a rule that uses connection tracking, for IPv4 and IPv6, so that
 * the kernel tracks connections in this namespace. It sees no packet: its chain is
 * in no hook. The table belongs to the socket and goes with it (NFT_TABLE_F_OWNER,
 * Linux 5.12). Returns 0 and the socket, or -errno. */
int hooks_add(struct mnl_socket **out);

#endif
