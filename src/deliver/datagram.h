/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_DATAGRAM_H
#define CTAGG_DELIVER_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "deliver/address.h"

/* The largest datagram: with headers it fits into an Ethernet frame, also in a tunnel. */
#define DATAGRAM_MAX 1400

/* Sends datagrams to one host.
 *
 * fd  connected; -1: not yet, or not since the last failure
 */
struct datagram {
	struct address address;
	int fd;
	uint64_t resolved_ns;
};

/* Connect, unless that is done. A host that moved is never noticed from its silence, so its name is
 * resolved again after a minute; while the address is the same, the socket stays. *anew: it is another
 * socket than before. Returns 0 or what address_connect() returns. */
int datagram_connect(struct datagram *d, int stop_fd, bool *anew, struct refusal *why);
void datagram_disconnect(struct datagram *d);

/* Send one datagram, as soon as the kernel has room. Returns 0 when the kernel took it; -ECANCELED
 * when stop_fd became readable; or another -errno. */
int datagram_send(const struct datagram *d, const struct iovec *part, size_t n, int stop_fd);

/* Wait, at most for timeout_ms (-1: for ever), until stop_fd becomes readable, which is -ECANCELED, or
 * the descriptor takes something (-1: for nothing else). */
int datagram_wait(int fd, int stop_fd, int timeout_ms);

/* What the host answered to the last datagrams, as far as the kernel knows by now: 0 or -errno. */
int datagram_error(const struct datagram *d);

#endif
