/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_TRACING_H
#define CTAGG_PIPELINE_TRACING_H

#include "cli/options.h"
#include "pipeline/every_netns.h"
#include "source/conntrack.h"
#include "table/kernel.h"

/* --source=trace: the events that the tracing program of the kernel table passes on, as a subscription. */

/* Load the program into a kernel table that was opened with KERNEL_TRACE. Says what fails. Returns 0 or
 * -errno. */
int tracing_load(struct kernel *kernel, const struct options *opts);

/* Why --source=trace cannot be had here, and what to do, static; NULL: it can. The program is loaded, not
 * attached, and gone again. With -v the kernel's last words are said. */
const char *tracing_why_not(const struct options *opts);

/* Begin: from here on the kernel calls the program for the events of this network namespace, or of every one.
 * kernel, every (with --netns=all; else NULL) and secret (of the events' identity; NULL: they get none) are
 * lent for as long as the subscription is open. Says what fails. Returns 0 or -errno. */
int tracing_subscribe(struct conntrack **out, struct kernel *kernel, struct every_netns *every,
		      const uint64_t *secret);

/* Say that --source=trace cannot be had, and why: err of opening the kernel table, or of the program. */
void tracing_refused(int err);

#endif
