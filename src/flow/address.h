/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_ADDRESS_H
#define CTAGG_FLOW_ADDRESS_H

#include <string.h>

#include <linux/types.h>

/* Addresses are 16 bytes in network order everywhere; an IPv4 address is v4-mapped
 * (RFC 4291, 2.5.5.2): ::ffff:192.0.2.1. The family stands beside an address, because an
 * IPv6 packet can carry a v4-mapped address too. */

/* Write the 4 bytes at ip4 (network order) as a v4-mapped address. */
static inline void flow_addr_v4(__u8 addr[16], const void *ip4)
{
	memset(addr, 0, 10);
	memset(addr + 10, 0xff, 2);
	memcpy(addr + 12, ip4, 4);
}

#endif
