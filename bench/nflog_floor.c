/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a reader of NFLOG costs: it binds group 5 as ctagg does, with batches of
 * the same size, and throws away what it receives. Prints "ready" before. */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "host/netlink.h"
#include "source/nflog.h"

int main(void)
{
	static const uint16_t group = 5;
	struct netlink_ring *ring;
	struct nflog *n;
	int err = nflog_open(&n, &group, 1, 16 << 20, NULL);

	if (!err)
		err = netlink_ring_open(&ring, 16, 65536);
	if (err) {
		fprintf(stderr, "nflog_floor: %s\n", strerror(-err));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd readable = { .fd = nflog_fd(n), .events = POLLIN };

		poll(&readable, 1, -1);
		netlink_receive(ring, nflog_fd(n));
	}
}
