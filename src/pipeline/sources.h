/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_SOURCES_H
#define CTAGG_PIPELINE_SOURCES_H

#include "cli/options.h"
#include "intake/intake.h"
#include "source/source.h"
#include "table/kernel.h"

/* What a source finds when it is opened, all of it lent for as long as the source is open.
 *
 * intake  what every event goes through; a source may have it follow connections
 * kernel  the kernel table, NULL where there is none
 * labels  NULL, or set by the source whose events have the numbers of rules: what the
 *         numbers stand for
 * arg     of struct pipeline_parts
 */
struct source_setup {
	const struct options *opts;
	struct intake *intake;
	struct kernel *kernel;
	struct labels *labels;
	void *arg;
};

/* Open a source if the options ask for it, else leave *out as it is. Returns 0, or an error
 * that has been said; also then *out, if it is set, is the caller's to close. */
typedef int source_open_fn(struct source **out, struct source_setup *setup);

/* The kinds of sources, in the order in which what they have queued is read at the end of a
 * window: a row for each is all that a new kind needs here. */
#define SOURCES(X)                                                                             \
	X(connections_open)                                                                    \
	X(drops_open)

#define SOURCE_DECLARE(open) source_open_fn open;
SOURCES(SOURCE_DECLARE)

#endif
