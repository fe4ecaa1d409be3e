/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_LINKS_H
#define CTAGG_HOST_LINKS_H

#include <stdint.h>

/* The devices of the network namespace of the thread that opens it, asked for through
 * rtnetlink when they are needed. */
struct links;

/* Returns 0 and a handle the caller owns, or -errno. */
int links_open(struct links **out);

/* The type (ARPHRD_*, linux/if_arp.h) of the device with this index, or -errno:
 * -ENODEV there is none, and was none when it was asked for lately. */
int links_type(struct links *l, uint32_t ifindex);

/* What is known is old now: the kernel is asked again for each device that is needed. */
void links_ask_anew(struct links *l);

void links_close(struct links *l);	/* NULL is fine */

#endif
