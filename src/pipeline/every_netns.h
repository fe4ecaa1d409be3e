/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_EVERY_NETNS_H
#define CTAGG_PIPELINE_EVERY_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli/options.h"
#include "flow/event.h"
#include "host/netns_list.h"
#include "table/kernel.h"

/* --netns=all: which network namespaces there are, what they are called, and which addresses each has. They are
 * looked for once a second, and when an event is of one that is not known yet or whose addresses have just
 * changed; but for no more than a fiftieth, or a fifth, of the time. */
struct every_netns;

/* Look for the first time, and tell the kernel table, which is lent (NULL: there is none). Says what fails.
 * Returns 0 or -errno. */
int every_netns_open(struct every_netns **out, const struct options *opts, struct kernel *kernel);

/* A window has ended, and its namespaces will be named. */
void every_netns_end_window(struct every_netns *e);

/* Whose addresses the intake takes directions from; lent. */
const struct netns_list *every_netns_list(const struct every_netns *e);

/* These events come next: know their namespaces. */
void every_netns_events(struct every_netns *e, const struct flow_event *events, size_t n);

/* Call about once a second. */
void every_netns_tick(struct every_netns *e);

/* In how many namespaces the kernel makes no events (nf_conntrack_events), as of the last look. */
size_t every_netns_unwatched(const struct every_netns *e);

/* The same now, for --check; or -errno. */
ssize_t every_netns_count_unwatched(void);

/* Put back what --enable has switched on in other namespaces. */
void every_netns_put_back(struct every_netns *e);

/* The name of a namespace in a key: a netns_name_fn of sink/record.h, for a struct every_netns. */
const char *every_netns_name(void *names, __u32 netns);

void every_netns_close(struct every_netns *e);	/* NULL is fine */

#endif
