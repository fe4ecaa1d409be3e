/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SOCKET_COOKIES_H
#define CTAGG_SOCKET_COOKIES_H

#include <stdint.h>

/* Where in a list each 64-bit number is that the kernel has given: cookies of sockets, ids of cgroups.
 * Open addressing with linear probing; never more than half full. The numbers are the kernel's own,
 * which strangers do not choose: no secret is needed. Memory is taken as it is used.
 *
 * round  a slot of an earlier round is free, so that emptying costs nothing
 */
struct cookies {
	struct cookie_slot {
		uint64_t cookie;
		uint32_t place, round;
	} *slots;
	uint64_t mask;
	uint32_t round;
};

/* Room for up to n cookies. Returns 0 or -ENOMEM. */
int cookies_open(struct cookies *c, uint64_t n);

#define COOKIES_NONE UINT32_MAX

/* The place of a cookie; COOKIES_NONE: it has none. */
uint32_t cookies_find(const struct cookies *c, uint64_t cookie);

/* Give a cookie a place, or another one. */
void cookies_set(struct cookies *c, uint64_t cookie, uint32_t place);

/* No cookie has a place any more. */
void cookies_clear(struct cookies *c);

void cookies_close(struct cookies *c);	/* all zero is fine */

#endif
