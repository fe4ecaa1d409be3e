/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_LOAD_H
#define CTAGG_TESTS_TABLE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Connections that begin and end on every CPU of the machine, in a network
 * namespace of their own: through ctnetlink (process context) and, with packets,
 * by UDP over a veth from another namespace (softirq, on whatever CPU receive
 * packet steering chooses, in the midst of the other load). */

/* What was done, by the kernel's own word: what ctnetlink acknowledged, and what a
 * rule counted of packets that were the first of their connection. All that began
 * has ended, and none came back to life. */
struct load_done {
	uint64_t by_netlink, by_packets;
};

#define LOAD_PACKET_BYTES 29	/* IP bytes of each of these packets, one a connection */
#define LOAD_KEYS 4		/* of connections through ctnetlink, on all CPUs the same */

/* Move the calling thread to a new namespace and set it up. Returns NULL, or why
 * it cannot be done here. */
const char *load_prepare(bool packets);

/* Begin, and end: once for each call of load_prepare(). load_stop() ends every
 * connection and returns when the last event has been sent; 0 or -errno. */
int load_start(void);
int load_stop(struct load_done *done);

/* CPUs this process may use, the first so many of which the others count from. */
int load_cpus(void);
void load_pin(int n);

#endif
