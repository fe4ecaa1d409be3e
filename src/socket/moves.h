/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_MOVES_H
#define CTAGG_SOCKET_MOVES_H

#include <stdbool.h>

#include "flow/socket.h"

/* By how much the counters of each socket have moved since they were read last. */
struct socket_moves;

/* For up to max sockets. Returns 0 and a handle the caller owns, or -ENOMEM. */
int socket_moves_open(struct socket_moves **out, uint32_t max);

/* A reading begins. */
void socket_moves_begin(struct socket_moves *m);

/* The reading has come to a socket. *moved: what the socket has carried since the last reading that it
 * was in; of a new one, since it was opened. A socket that comes twice has carried the rest the
 * second time. When counters show less than before, the program has used the socket for another
 * connection (connect(2) with AF_UNSPEC), and they began at 0. Returns false, with *moved all zero, when
 * there is no room: what the socket has carried is not known, not in the next reading either. */
bool socket_moves_take(struct socket_moves *m, const struct socket_facts *facts,
		       struct socket_counters *moved);

/* A whole reading is over. Sockets that were neither in this one nor in the one before are forgotten:
 * a socket can be missing once and still be there (reading.h), and would pass for a new one. */
void socket_moves_end(struct socket_moves *m);

void socket_moves_close(struct socket_moves *m);	/* NULL is fine */

#endif
