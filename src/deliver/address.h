/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_ADDRESS_H
#define CTAGG_DELIVER_ADDRESS_H

#include "cli/refusal.h"

/* HOST:PORT, of which an IPv6 address stands in brackets; ADDRESS_HOST_MAX is what a name in the
 * DNS can have (RFC 1035, 2.3.4), and the final '\0'. */
#define ADDRESS_HOST_MAX 256

struct address {
	char host[ADDRESS_HOST_MAX];
	char port[6];	/* a number from 1 to 65535 */
	int type;	/* of socket(2): SOCK_DGRAM or SOCK_STREAM */
};

/* HOST:PORT, for datagrams. Returns 0, or -EINVAL with the reason. */
int address_parse(struct address *out, const char *text, struct refusal *why);

/* The same; or tcp:HOST:PORT, for a connection. */
int address_parse_any(struct address *out, const char *text, struct refusal *why);

/* Connect a socket, which is non-blocking, to the first address of the host that takes it: of a
 * datagram socket the first one for which the kernel has a route.
 * Names are resolved as the system does it, which can take long: returns soon after stop_fd, which
 * is lent and not read, became readable. Returns a descriptor that the caller owns; or -errno, with
 * the reason in *why: -ECANCELED when it was stopped, -EHOSTUNREACH when the name could not be
 * resolved, or what socket(2) and connect(2) say. */
int address_connect(const struct address *a, int stop_fd, struct refusal *why);

#endif
