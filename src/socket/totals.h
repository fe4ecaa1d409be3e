/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_TOTALS_H
#define CTAGG_SOCKET_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/socket.h"
#include "socket/cgroups.h"

/* What each socket has carried in one window, and which of the sockets have records. All functions but
 * socket_totals_open() and socket_totals_add() take NULL for totals that stay empty. */
struct socket_totals;

/* For up to max sockets (1 or more), of which up to top have records. Returns 0 and empty totals that the
 * caller owns, or -ENOMEM. The totals may be closed after the cgroups. */
int socket_totals_open(struct socket_totals **out, uint32_t max, uint32_t top);

/* Add what a socket has carried; facts are the latest of it. The totals hold the cgroup, which can be
 * NULL, until they are cleared. When there are more than max sockets, the further ones are added up. */
void socket_totals_add(struct socket_totals *t, const struct socket_facts *facts,
		       const struct socket_counters *moved, struct cgroup *cgroup);

/* Add the totals of another window, which is later than all that were added before, and which stay as
 * they are. */
void socket_totals_add_all(struct socket_totals *t, const struct socket_totals *from);

/* How many sockets there are; and whether there were more than max. */
size_t socket_totals_n(const struct socket_totals *t);
bool socket_totals_full(const struct socket_totals *t);

/* The totals are complete: choose the sockets that have records, and return how many records there are.
 * Chosen are, in turns, the socket that has carried most bytes (both ways) and the one that has sent
 * most segments again, of those that are left; the latter as long as there are such. Of two that are
 * equal, the one with more of the other; then the one with the smaller cookie. One record more has
 * the sum of the rest, one the sum of those beyond max. */
size_t socket_totals_lines(struct socket_totals *t);

/* The next record, to be called as often as there are records: sockets in the order in which they were
 * chosen, then sums. Lent until the totals change. */
struct socket_line socket_totals_next(struct socket_totals *t);

void socket_totals_clear(struct socket_totals *t);
void socket_totals_close(struct socket_totals *t);

#endif
