/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_RESOLVER_H
#define CTAGG_SCREEN_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names of addresses, which a thread looks up: whoever asks never waits. The names of the
 * RESOLVER_NAMES addresses that were asked for last are kept. */
struct resolver;

#define RESOLVER_NAMES 1024

/* Looks up the name of an address (network order, IPv4 mapped), for as long as it takes. Returns
 * false when the address has none. A name is text from outside. */
typedef bool resolver_look_fn(const uint8_t addr[16], char *to, size_t size);

/* look: NULL is the resolver of the system (view/resolve.h). Returns 0 or -errno. */
int resolver_open(struct resolver **out, resolver_look_fn *look);

/* Does not wait for a name that is being looked up. NULL is fine. */
void resolver_close(struct resolver *r);

/* The name of an address, harmless (view/show.h). Returns false while it is looked up, which begins
 * with the first call, and when there is none. The addresses that were asked for last are looked up
 * first. A shown_name_fn (screen/shown.h). */
bool resolver_name(void *resolver, const uint8_t addr[16], char *to, size_t size);

/* Look up again those that had no name. */
void resolver_retry(struct resolver *r);

/* A descriptor that is readable when there is a new name; resolver_heard() makes it unreadable
 * again. */
int resolver_fd(const struct resolver *r);
void resolver_heard(struct resolver *r);

#endif
