/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_LINK_NAMES_H
#define CTAGG_HOST_LINK_NAMES_H

#include <stdint.h>

/* The names of network devices, now and in the past: a packet is read some time after it was
 * logged, and by then its device may have gone, or have another name, or its index may be
 * another device's. rtnetlink(7) notifies of changes but does not say when they happened, so of
 * each change two times are known: it came after the one and before the other. Of the network
 * namespace of the thread that opens the handle. Times are of CLOCK_REALTIME. */
struct link_names;

/* Returns 0 and a handle the caller owns, or -errno. The names that devices have now count as
 * those that they have always had. */
int link_names_open(struct link_names **out);

/* Readable when there are changes. */
int link_names_fd(const struct link_names *l);

/* Take in the changes that have happened so far, so that packets that were logged before this call
 * find their names. The more often this is called, the more exactly changes are timed. Names that
 * no device has had since forget_ns are forgotten. Returns 0, or -errno: then changes may be
 * missing, and the next call reads all names anew. */
int link_names_update(struct link_names *l, uint64_t forget_ns);

/* The name of the device that had this index at some time from from_ns to to_ns; lent until the
 * next link_names_update(). NULL: unknown, because there was no such device, or because there may
 * have been more than one name at that time. */
const char *link_names_at(const struct link_names *l, uint32_t ifindex, uint64_t from_ns,
			  uint64_t to_ns);

void link_names_close(struct link_names *l);	/* NULL is fine */

#endif
