/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_ATTEMPT_H
#define CTAGG_DELIVER_ATTEMPT_H

#include "deliver/counts.h"
#include "deliver/delivered.h"
#include "deliver/options.h"
#include "deliver/progress.h"
#include "deliver/reporting.h"
#include "deliver/schedule.h"
#include "deliver/transport.h"
#include "deliver/waiting.h"
#include "spool/dir.h"

/* What one deliverer works with.
 *
 * lock       of the spool
 * archive    the directory for what was delivered; -1: files are removed
 * total      files that were there at the beginning, for --once
 * written_ns when DIR/delivered was written last (clock_monotonic_ns())
 * unwritten  `delivered' says something else than DIR/delivered
 */
struct deliverer {
	const struct deliver_options *opts;
	struct spool_dir dir;
	int lock, archive;
	struct transport *transport;
	struct schedule *schedule;
	struct waiting waiting;
	struct delivered delivered;
	struct deliver_counts counts;
	struct progress progress;
	struct reporting reporting;
	uint64_t total, written_ns;
	bool unwritten;
};

enum attempt_result {
	ATTEMPT_GONE,	/* the file is no longer in new/ */
	ATTEMPT_LATER,	/* it is: a temporary failure */
	ATTEMPT_AGAIN,	/* it is: a permanent answer, but not yet the last one */
	ATTEMPT_STOPPED,
};

/* Send this file of new/ once, and do with it what follows from the answer. */
enum attempt_result attempt_file(struct deliverer *d, const char *name);

/* Give this file up: its attempts are used up. */
enum attempt_result attempt_bury(struct deliverer *d, const char *name);

/* Write DIR/delivered if there is something new to say. */
void attempt_flush(struct deliverer *d);

#endif
