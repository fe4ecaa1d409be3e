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
 * output    all lines go to this output and nowhere else; the pipeline closes it. NULL: lines
 *           go to the outputs that the options name
 * read      gives the clock its time, called with `arg`; NULL: the system gives the time. With
 *           `read` no timer closes a window: a window is closed after a source has been read,
 *           if the clock says by then that the window is due
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

/* The same with the events that --read reads, in the time that these say. */
int pipeline_run_recorded(const struct options *opts);

/* The same with other parts. Events are then not of this host: its addresses are not asked
 * for, nothing is switched on, and no privileges are given up. */
int pipeline_run_parts(const struct options *opts, const struct pipeline_parts *parts);

#endif
