/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_ADDRESSES_H
#define CTAGG_HOST_ADDRESSES_H

#include <stdbool.h>

#include <linux/types.h>

#include "flow/dir.h"

/* The addresses of the network namespace of the thread that opens it, kept
 * current through rtnetlink. */
struct addresses;

/* Subscribe to address changes and read what is there. Returns 0 and a handle
 * the caller owns, or -errno with *out untouched. */
int addresses_open(struct addresses **out);

/* Readable when an address has come or gone: call addresses_update(). */
int addresses_fd(const struct addresses *a);

/* Read what has changed. Returns 1 when there was a change, 0 when there was
 * none, or -errno; then the addresses known before still hold. */
int addresses_update(struct addresses *a);

/* The direction of a flow from src to dst, its real destination. Of this
 * namespace are the addresses of its interfaces and 127.0.0.0/8; a broadcast or
 * multicast destination counts as ours for what comes from elsewhere. Both are
 * 16 bytes as in struct flow_key. */
enum flow_dir addresses_direction(const struct addresses *a, const __u8 src[16],
				  const __u8 dst[16]);

/* Show fn each address that interfaces have, and each broadcast address that is
 * not also one of those. Returns 0, or the first non-zero that fn returned. */
typedef int addresses_fn(void *arg, const __u8 addr[16], bool broadcast);
int addresses_each(const struct addresses *a, addresses_fn *fn, void *arg);

void addresses_close(struct addresses *a);	/* NULL is fine */

#endif
