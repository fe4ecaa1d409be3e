/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SOURCES_H
#define CTAGG_PIPELINE_SOURCES_H

#include "cli/options.h"
#include "intake/intake.h"
#include "pipeline/every_netns.h"
#include "source/source.h"
#include "table/kernel.h"

/* What a source is given when it is opened, all lent for as long as the source is open.
 *
 * intake  what every event goes through; a source may let the intake follow connections
 * kernel  the kernel table; NULL: there is none
 * labels  set by the source whose events have numbers of rules: the labels that the numbers
 *         stand for. NULL until then
 * drop_reasons  set by the source whose events have numbers of reasons: what they mean, until the
 *         source is closed. NULL until then
 * arg     of struct pipeline_parts
 * every_netns  with --netns=all; else NULL
 */
struct source_setup {
	const struct options *opts;
	struct intake *intake;
	struct kernel *kernel;
	struct labels *labels;
	const struct drop_reasons *drop_reasons;
	void *arg;
	struct every_netns *every_netns;
};

/* Open a source if the options ask for it, otherwise leave *out as it is. Returns 0, or not 0
 * after an error message. If *out is set, the caller closes the source, also after an error. */
typedef int source_open_fn(struct source **out, struct source_setup *setup);

/* The kinds of sources, in the order in which their queues are read at the end of a window. A new
 * kind needs a row here and nothing else in this file. */
#define SOURCES(X)                                                                             \
	X(connections_open)                                                                    \
	X(drops_open)                                                                          \
	X(kernel_drops_open)                                                                   \
	X(tracker_open)                                                                        \
	X(rules_open)                                                                          \
	X(sockets_open)

#define SOURCE_DECLARE(open) source_open_fn open;
SOURCES(SOURCE_DECLARE)

#endif
