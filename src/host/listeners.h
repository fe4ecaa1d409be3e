/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_LISTENERS_H
#define CTAGG_HOST_LISTENERS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a socket of a netlink family (NETLINK_NETFILTER and others) in the network namespace of
 * the calling thread has joined one of these multicast groups: bit n - 1 stands for group n, up to
 * group 32. False also when /proc does not tell. */
bool listeners_any(int family, uint32_t groups);

#endif
