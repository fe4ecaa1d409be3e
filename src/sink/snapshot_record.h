/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_SNAPSHOT_RECORD_H
#define CTAGG_SINK_SNAPSHOT_RECORD_H

#include "sink/record.h"

/* The records of a snapshot; its window is the time that the dump took. Each is
 * written as record_flow() does. */

/* Connections that are alive, and what they have carried so far. */
char *record_live(struct record *r, char *p, const struct flow_row *row);
char *record_live_other(struct record *r, char *p, const struct flow_sums *sum,
			const char *reason, uint64_t folded);

/* What has become of a flow since the last snapshot: previous is NULL for one that
 * has appeared, current for one that has vanished. */
char *record_change(struct record *r, char *p, const struct flow_key *key,
		    const struct flow_sums *previous, const struct flow_sums *current);

/* The `window` record. compared: the last four are known. */
struct record_snapshot {
	enum window_status status;
	uint64_t records;
	const struct flow_sums *total;
	uint64_t duplicates, undecoded_events, offloaded, max_error;
	const char *max_error_counter;
	enum window_switch accounting, timestamps;
	bool compared;
	uint64_t appeared, vanished, changed;
	const char *sha256;
};
char *record_snapshot(struct record *r, char *p, const struct record_snapshot *w);

#endif
