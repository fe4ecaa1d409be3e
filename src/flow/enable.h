/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_ENABLE_H
#define CTAGG_FLOW_ENABLE_H

/* What --enable switches on in the kernel for a run. A set of them is their sum. The
 * command line makes the set, and enable/ does the switching; this header is all that
 * the two share. */
enum enable_what {
	ENABLE_ACCT = 1,	/* nf_conntrack_acct */
	ENABLE_TIMESTAMP = 2,	/* nf_conntrack_timestamp */
	ENABLE_EVENTS = 4,	/* nf_conntrack_events */
	ENABLE_HOOKS = 8,	/* a rule that uses connection tracking */
};

#endif
