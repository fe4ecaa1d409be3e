/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_DROPS_H
#define CTAGG_PIPELINE_DROPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli/options.h"
#include "flow/event.h"
#include "rule/ruleset.h"
#include "rule/totals.h"
#include "source/nflog.h"

#define DROPS_BATCH 256

/* How long before a window ends the kernel is told to keep no packets back. */
#define DROPS_HURRY_NS ((NFLOG_TIMEOUT_MS + 20) * 1000000ULL)

/* Dropped packets with the rules that dropped them. All zero: none are counted. */
struct drops {
	const struct options *opts;
	struct nflog *nflog;
	struct ruleset *ruleset;	/* NULL: cannot be read */
	struct labels *labels;
	struct rule_totals *open;	/* of the open window */
	struct rule_totals *closed;	/* of the last closed one, until its lines are made */
	struct nflog_stats before;	/* as the open window began */
	bool hurried;
	uint64_t unsure;		/* see struct drops_window; of the open one */
	int rules_err;			/* why they could not be read anew, as was said */
	bool said_behind;
	uint64_t rules_due;		/* see drops_rules_due(); 0: no change */
	struct nflog_packet packets[DROPS_BATCH];
};

/* What happened in a window besides packets.
 *
 * truncated, odd, undecoded, foreign, refused  as in struct nflog_stats
 * lost          packets that were found to be missing: in this window, and in those
 *               before it whose loss was not known
 * loss_known    otherwise `lost` is 0 and means nothing
 * unsure        packets that were read while the rules known were not those that log
 * loss_pending  packets that were lost up to its end may be missing in `lost` of this
 *               and all earlier windows
 */
struct drops_window {
	uint64_t truncated, odd, undecoded, foreign, refused, lost, unsure;
	bool loss_known, loss_pending;
};

/* Bind the groups that the options name and read the rules. Says what fails.
 * Returns 0 or -errno. */
int drops_open(struct drops *d, const struct options *opts);

/* Read up to max (at most DROPS_BATCH) packets as events, without a direction, and without
 * a time where has_time is not set. Returns as nflog_read() does. */
ssize_t drops_read(struct drops *d, struct flow_event *events, size_t max);

/* At most so many packets were queued at this moment. */
uint64_t drops_queued(const struct drops *d);

/* The ruleset may have changed, and what was queued at the first call was logged by the
 * rules as they were. Whether all of that has been read, so that drops_rules_changed() is
 * next; emptied: the queue has been seen empty. */
bool drops_rules_due(struct drops *d, bool emptied);

void drops_rules_changed(struct drops *d);

/* Add events that were read, and have been selected, to the open window's totals by
 * rule; those of connections do not matter. */
void drops_count(struct drops *d, const struct flow_event *events, size_t n);

/* Have nothing kept back by the kernel, or again. */
void drops_hurry(struct drops *d, bool hurry);

/* What happened since the open window began, which ends now: `open` becomes `closed`,
 * which must be empty. */
struct drops_window drops_close_window(struct drops *d);

void drops_close(struct drops *d);

#endif
