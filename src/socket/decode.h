/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_DECODE_H
#define CTAGG_SOCKET_DECODE_H

#include <stdbool.h>

#include <linux/netlink.h>

#include "flow/socket.h"

/* Read a message of a dump of sockets (struct inet_diag_msg, linux/inet_diag.h), which is whole
 * (netlink_message_ok()). Returns false when the message has no counters, or is no such message: the
 * kernel keeps only a remnant of a connection that is closed, and has no counters of it. IPv4 over a
 * socket of IPv6 is IPv4. */
bool socket_decode(const struct nlmsghdr *nlh, struct socket_facts *out);

#endif
