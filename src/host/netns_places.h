/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HOST_NETNS_PLACES_H
#define CTAGG_HOST_NETNS_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "host/netns.h"
#include "host/process.h"

/* Where network namespaces can be entered. */

/* inode  of the namespace's file
 * path   of a file that is the namespace
 * name   under /run/netns; or PID/NAME of the process with the lowest number in it. A name can have
 *        any bytes
 */
struct netns_place {
	uint64_t inode;
	char path[sizeof(NETNS_NAMES) + NETNS_NAME_SIZE];
	char name[NETNS_NAME_SIZE];
};

struct netns_places {
	struct netns_place *list;
	size_t n;
};

/* Find each namespace that has a name under /run/netns, or that a process is in whose files this process may
 * see. Each is there once. Returns 0, or -errno with *out untouched. */
int netns_places_find(struct netns_places **out);

void netns_places_free(struct netns_places *places);	/* NULL is fine */

#endif
