/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_PIPELINE_H
#define CTAGG_PIPELINE_PIPELINE_H

#include <stddef.h>

#include "cli/options.h"
#include "pipeline/sources.h"
#include "sink/output.h"
#include "window/clock.h"

/* What a pipeline is made of besides the options. The program's own parts are the kernel's
 * events, this host's clock and the outputs that the options name. Other parts do without
 * a kernel: events that somebody plays, with the time that these happened at.
 *
 * sources   each is opened, in this order, with `arg` in its setup
 * output    all lines go there, and nowhere else; owned from then on. NULL: the outputs that
 *           the options name
 * read      where the clock takes its time from, called with `arg`; NULL: from the system.
 *           A clock that is read this way wakes nobody: windows are closed when a source
 *           has been read and the clock has gone on
 */
struct pipeline_parts {
	source_open_fn *const *sources;
	size_t n_sources;
	struct output *output;
	clock_read_fn *read;
	void *arg;
};

/* Do what the options ask for until it is done: sources into tables, closed windows into
 * lines. Errors are printed. Returns the exit status. */
int pipeline_run(const struct options *opts);

/* The same with other parts. Events are then not of this host: its addresses are not asked
 * for, nothing is switched on, and no privileges are given up. */
int pipeline_run_parts(const struct options *opts, const struct pipeline_parts *parts);

#endif
