/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_SNAPSHOT_RECORD_H
#define CTAGG_SINK_SNAPSHOT_RECORD_H

#include "sink/record.h"

/* The records of a snapshot, whose window is the time that the dump of the connection table
 * took. Each function writes a line as record_flow() does. */

/* Flows and `other`: how many connections are in the table, open and closed by TCP, and what they
 * have carried so far. */
char *record_live(struct record *r, char *p, const struct flow_row *row);
char *record_live_other(struct record *r, char *p, const struct flow_sums *sum,
			const char *reason, uint64_t folded);

/* How a flow has changed since the last snapshot: the fields of record_live(), and previous_NAME
 * for each counter NAME. previous is NULL for a flow that has appeared, current is NULL for a flow
 * that has vanished: then there are 0 connections, and packets and bytes are null. */
char *record_change(struct record *r, char *p, const struct flow_key *key,
		    const struct flow_sums *previous, const struct flow_sums *current);

/* What the `window` record of a snapshot says besides some fields of struct window_record.
 *
 * duplicates  entries that the dump showed twice
 * offloaded   connections that a flowtable forwards: their counters stand still
 * compared    there was a snapshot to compare with: the members that follow are known
 * unprinted_changes  of the three: those that have no `change` record
 * sha256      of the state that this snapshot leaves; hexadecimal, static or lent
 * sha256_keys of the keys in this state, in the same way
 */
struct record_snapshot {
	uint64_t duplicates, offloaded;
	bool compared;
	uint64_t appeared, vanished, changed, unprinted_changes;
	const char *sha256, *sha256_keys;
};
char *record_snapshot(struct record *r, char *p, const struct window_record *w,
		      const struct record_snapshot *s);

#endif
