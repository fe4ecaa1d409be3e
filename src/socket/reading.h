/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_READING_H
#define CTAGG_SOCKET_READING_H

#include "flow/socket.h"

/* Reads, a step at a time, the TCP sockets that have a connection, of IPv4 and IPv6, by sock_diag(7).
 * Never waits, so that a host with many thousand sockets can be read while other work goes on. In
 * the network namespace of the thread that opens the handle; needs no capability. Sockets that listen,
 * and remnants of closed connections (TIME-WAIT), are left out, as ss(8) does without options.
 *
 * Connections come and go during a reading. One that comes may be missing; one that was there all the
 * time may rarely be missing or come twice, when its neighbour in the kernel's list has gone or come. */
struct socket_reading;

typedef void socket_fn(void *arg, const struct socket_facts *facts);

/* fn gets each socket, which is lent for the call. Returns 0 and a handle the caller owns, or -errno
 * with *out untouched. */
int socket_reading_open(struct socket_reading **out, socket_fn *fn, void *arg);

/* Begin to read. Returns 0 or -errno as socket_reading_step(). */
int socket_reading_begin(struct socket_reading *r);

/* Read on: as many sockets as find room in 32 KiB, about 80. Returns 0 when there is more, 1 when all
 * have been read; or -errno: -ENOENT a kernel without tcp_diag, -ENOMEM. After an error, begin anew. */
int socket_reading_step(struct socket_reading *r);

void socket_reading_close(struct socket_reading *r);	/* NULL is fine */

#endif
