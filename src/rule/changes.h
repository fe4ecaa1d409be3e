/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_CHANGES_H
#define CTAGG_RULE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Notifications of nf_tables (linux/netfilter/nf_tables.h) that tables, chains, rules, sets or
 * other objects have changed in the network namespace of the thread that opens the handle. */
struct changes;

/* Subscribe. Returns 0 and a handle the caller owns, or -errno with *out untouched: -EPERM no
 * CAP_NET_ADMIN. */
int changes_open(struct changes **out);

/* The descriptor that is readable when there are notifications, and from the time of
 * changes_wake_at() on. */
int changes_fd(const struct changes *c);

/* Make changes_fd() readable from at_ns (nanoseconds of CLOCK_MONOTONIC) on, with or without
 * notifications, until changes_take() is called. */
void changes_wake_at(struct changes *c, uint64_t at_ns);

/* Read all notifications. Returns 1 when rules may have changed; 0 when there were no
 * notifications, or only notifications of changes that do not matter, as of elements of sets,
 * which come and go all the time; or -errno. */
int changes_take(struct changes *c);

/* Whether one of the netlink messages in len bytes says that tables, chains or rules have
 * changed. */
bool changes_matter(const void *messages, size_t len);

void changes_close(struct changes *c);	/* NULL is fine */

#endif
