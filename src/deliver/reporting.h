/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_REPORTING_H
#define CTAGG_DELIVER_REPORTING_H

#include <stdbool.h>
#include <stdint.h>

#include "deliver/counts.h"
#include "spool/dir.h"

/* --metrics: how delivery goes, in a file for Prometheus.
 *
 * path    of the file; NULL: without --metrics, and nothing is reported
 * labels  of every sample: the spool
 * at_ns   when the file was replaced last (clock_monotonic_ns())
 */
struct reporting {
	const char *path;
	char *labels;
	uint64_t at_ns;
};

/* Begin to report into this file (NULL: nothing does), which is made at once. Returns 0 or
 * -errno. */
int reporting_open(struct reporting *r, const char *path, const struct spool_dir *d);

/* Replace the file by these counts, and by what waits in the spool now. at_once: also when it was
 * replaced less than ten seconds ago; counting what waits takes a pass over the spool. A failure is
 * said once, until it works again. */
void reporting_turn(struct reporting *r, const struct spool_dir *d, const struct deliver_counts *c,
		    bool at_once);

void reporting_close(struct reporting *r);

#endif
