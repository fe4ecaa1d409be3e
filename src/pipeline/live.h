/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LIVE_H
#define CTAGG_PIPELINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "interim/interim.h"
#include "source/addresses.h"
#include "table/kernel.h"
#include "table/memory.h"

/* --interim: what connections have carried since the last window, from passes over the
 * connection table. All zero: not asked for, and all of this does nothing. */
struct live {
	struct interim *interim;
	bool in_kernel;		/* ends may be folded there */
	bool failed;		/* the last pass was not whole: what it missed comes later */
	const struct options *opts;
	const struct addresses *addresses;
	struct memory *into;
	uint64_t pass_ns;
};

/* What is lent stays the caller's; kernel is NULL without a kernel table. Returns 0 or
 * -ENOMEM. */
int live_open(struct live *l, const struct options *opts, const struct addresses *addresses,
	      struct kernel *kernel);

/* Of each end in a batch, take off what has been counted. Before anything selects or
 * makes keys. */
void live_end(struct live *l, struct flow_event *events, size_t n);

/* Count into the table of the window that ends at end_ns, when all that was queued has
 * been read. Says what fails. */
void live_count(struct live *l, struct memory *into, uint64_t end_ns);

void live_close(struct live *l);

#endif
