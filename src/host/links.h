/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_LINKS_H
#define CTAGG_HOST_LINKS_H

#include <stdint.h>

/* The types of the network devices in the network namespace of the thread that opens the
 * handle. The kernel is asked through rtnetlink(7), a device at a time, when a type is
 * needed. */
struct links;

/* Returns 0 and a handle the caller owns, or -errno. */
int links_open(struct links **out);

/* The type (ARPHRD_*, linux/if_arp.h) of the device with this index, or -errno: -ENODEV
 * there is no such device. A device that has gone keeps its type for some time. */
int links_type(struct links *l, uint32_t ifindex);

/* Forget which types are current: links_type() asks the kernel once more for each
 * device, since an index can be given to another device. */
void links_ask_anew(struct links *l);

void links_close(struct links *l);	/* NULL is fine */

#endif
