/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_CHANGES_H
#define CTAGG_RULE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Notifications of nf_tables in the network namespace of the thread that opens it. */
struct changes;

/* Returns 0 and a handle the caller owns, or -errno with *out untouched. */
int changes_open(struct changes **out);

/* Readable when there are notifications, or when changes_wake_at() asked for it. */
int changes_fd(const struct changes *c);

/* Make changes_fd() readable at this time, CLOCK_MONOTONIC, until changes_take(). */
void changes_wake_at(struct changes *c, uint64_t at_ns);

/* Take all notifications. Returns 1 when rules may have changed, 0 when not (elements of
 * sets come and go all the time), or -errno. */
int changes_take(struct changes *c);

/* Whether one of the messages in len bytes says that tables, chains or rules have
 * changed. */
bool changes_matter(const void *messages, size_t len);

void changes_close(struct changes *c);	/* NULL is fine */

#endif
