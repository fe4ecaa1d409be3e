/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_ADDRESSES_H
#define CTAGG_HOST_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "flow/dir.h"

/* The addresses of all interfaces in the network namespace of the thread that opens the
 * handle, kept current through rtnetlink(7). */
struct addresses;

/* Subscribe to changes of addresses, then read all addresses. Returns 0 and a handle the
 * caller owns, or -errno with *out untouched. */
int addresses_open(struct addresses **out);

/* The addresses as they are at this moment, in the network namespace of the calling thread. Nothing is kept
 * open, and nothing changes them. Returns 0 or -errno, as addresses_open(). */
int addresses_read(struct addresses **out);

/* Whether both have the same addresses. */
bool addresses_same(const struct addresses *a, const struct addresses *b);

/* A handle of n addresses that are given (network order, IPv4 as v4-mapped) in place of those of
 * interfaces; nothing changes them. Returns 0 or -ENOMEM, as addresses_open(). */
int addresses_of(struct addresses **out, const __u8 (*given)[16], size_t n);

/* The descriptor that is readable when an address has come or gone: then call
 * addresses_update(). */
int addresses_fd(const struct addresses *a);

/* Read the addresses again if one has changed. Returns 1 when one had, 0 when none had, or
 * -errno; then the addresses known before stay in use. */
int addresses_update(struct addresses *a);

/* The direction of a flow from src to dst, where dst is the real destination, after NAT.
 * An address belongs to this namespace when an interface has it, and when it is in
 * 127.0.0.0/8. A flow from elsewhere to a broadcast or multicast address comes in. Both
 * addresses are in network order, 16 bytes, IPv4 as v4-mapped (RFC 4291, 2.5.5.2). */
enum flow_dir addresses_direction(const struct addresses *a, const __u8 src[16],
				  const __u8 dst[16]);

/* Show fn each address once: those of interfaces, and broadcast addresses that no
 * interface has. Returns 0, or the first non-zero that fn returned. */
typedef int addresses_fn(void *arg, const __u8 addr[16], bool broadcast);
int addresses_each(const struct addresses *a, addresses_fn *fn, void *arg);

void addresses_close(struct addresses *a);	/* NULL is fine */

#endif
