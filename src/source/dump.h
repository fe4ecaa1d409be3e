/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOURCE_DUMP_H
#define CTAGG_SOURCE_DUMP_H

#include <stdint.h>

#include "source/conntrack.h"

/* What a dump of the connection table has found.
 *
 * entries     connections, each counted once
 * duplicates  connections that the kernel sent once more: when the entry at which one message
 *             ended is gone, the next message begins with entries that were sent before
 * undecoded   messages that are damaged, or of an unknown kind
 */
struct dump_stats {
	uint64_t entries, duplicates, undecoded;
};

typedef void dump_fn(void *arg, const struct conntrack_entry *entry);

/* Called after each message of the dump, which holds about a hundred connections: for work that
 * cannot wait until the end of a long dump. */
typedef void dump_pause_fn(void *arg);

/* Show fn every connection of the network namespace of the calling thread; fn borrows the entry.
 * pause may be NULL. Uses a socket of its own, and waits until the dump is complete. Reads only: no
 * counter is changed. The kernel goes on tracking meanwhile: a connection that begins or ends
 * during the dump may be shown or not. Returns 0 or -errno: -EPERM no CAP_NET_ADMIN. */
int dump_connections(dump_fn *fn, dump_pause_fn *pause, void *arg, struct dump_stats *stats);

#endif
