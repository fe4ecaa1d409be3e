/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_PUBLISHING_H
#define CTAGG_PIPELINE_PUBLISHING_H

#include "cli/options.h"
#include "metrics/windows.h"
#include "sink/origin.h"

/* --metrics: the counters of a run in a file for Prometheus, replaced after each window.
 *
 * path     of the file; NULL: without --metrics, and nothing is published
 * labels   of every sample: the network namespace and the tags; NULL: none
 */
struct publishing {
	const char *path;
	char *labels;
	struct metrics_windows windows;
};

/* Publish the first file, in which every counter is 0, so that a file which cannot be written is
 * found at the start. Call when privileges have been given up. rotates: there is a kernel table.
 * Returns DONE, or another exit status after an error message. */
int publishing_open(struct publishing *p, const struct options *opts, const struct origin *origin,
		    bool rotates);

/* Publish what has been added to p->windows, if there is something new. A failure is said once,
 * until publishing works again; the run goes on, and the next window tries again. */
void publishing_turn(struct publishing *p);

/* At the end of the run, publish once more: lines have been written since the last window. */
void publishing_end(struct publishing *p);

void publishing_close(struct publishing *p);	/* a struct that is all zero is fine */

#endif
