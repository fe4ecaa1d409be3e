/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_OPTIONS_H
#define CTAGG_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/program.h"
#include "flow/distinct.h"
#include "flow/drop_reasons.h"
#include "flow/key.h"
#include "flow/select.h"
#include "flow/size.h"
#include "host/identity.h"
#include "sink/seed.h"

enum options_table {
	OPTIONS_TABLE_AUTO,	/* BPF where it works, else HASH */
	OPTIONS_TABLE_BPF,	/* events are counted by a filter in the kernel */
	OPTIONS_TABLE_HASH,	/* events are counted in memory */
};

enum options_source {
	OPTIONS_SOURCE_NETLINK,	/* ctnetlink tells of events */
	OPTIONS_SOURCE_TRACE,	/* a program in the kernel sees them */
};

enum options_check {
	OPTIONS_NO_CHECK,
	OPTIONS_CHECK,		/* print text */
	OPTIONS_CHECK_JSON,
};

/* How bad a cause has to be for --check to exit with status 3. */
enum options_fail_on {
	OPTIONS_FAIL_ON_ERROR,
	OPTIONS_FAIL_ON_WARNING,	/* or worse */
	OPTIONS_FAIL_ON_NOTE,		/* or worse: any cause */
};

enum options_interim {
	OPTIONS_NO_INTERIM,
	OPTIONS_INTERIM,	/* count what connections carry from the start on */
	OPTIONS_INTERIM_ALL,	/* count also what they have carried before */
};

enum options_spool_sync {
	OPTIONS_SYNC_WINDOW,	/* windows have reached the disk before consumers see them */
	OPTIONS_SYNC_NONE,
};

#define OPTIONS_MAX_GROUPS 64

#define OPTIONS_MAX_LEVELS 8

#define OPTIONS_MAX_TAGS 64

#define OPTIONS_MAX_SPOOLS 8

#define OPTIONS_MAX_OWN 1024

#define OPTIONS_MAX_LABELS 16

/* What the command line asks for. Strings point into the argv that was parsed. */
struct options {
	uint64_t window_ns;
	/* The lengths of the longer windows: the second and further durations of -w, each a
	 * multiple of the one before. */
	uint64_t level_ns[OPTIONS_MAX_LEVELS];
	size_t n_levels;
	uint64_t top;		/* flows to keep apart in the output; 0: all */
	enum top_by top_by;
	bool top_default;	/* --top was given without a counter */
	unsigned int early_close;	/* percent of the table; 0: never */
	uint64_t count;		/* windows to write; 0 is no limit */
	const char *output;	/* NULL: standard output */
	const char *spools[OPTIONS_MAX_SPOOLS];	/* directories with a file for each window */
	size_t n_spools;
	uint64_t spool_max_bytes, spool_max_age_ns;	/* of each spool; age 0: no limit */
	enum options_spool_sync spool_sync;
	bool spool_only;	/* windows go to spools, and to no other output */
	const char *metrics;	/* the file for Prometheus; NULL: none */
	struct identity user;	/* to become once it is set up; without a name: none */
	const char *host;	/* what records call this host; NULL: its name */
	const char *tags[OPTIONS_MAX_TAGS];	/* KEY=VALUE, each KEY once */
	size_t n_tags;
	const char *labels[OPTIONS_MAX_LABELS];	/* files with labels of networks and marks */
	size_t n_labels;
	const char *anonymize;	/* the file of the key for addresses; NULL: they are shown */
	const char *netns;	/* NULL: the namespace that ctagg is started in, or with netns_all all */
	bool netns_all;		/* connections of every network namespace are counted */
	uint32_t max_flows;
	enum options_table table;
	enum options_source source;
	size_t buffer_bytes;	/* to ask the kernel for; the kernel can grant less */
	struct flow_spec spec;		/* the key */
	const char *key;		/* the same as it was given; NULL: the default */
	struct flow_distinct distinct;	/* of which field values are counted */
	struct flow_select select;
	bool align;		/* windows begin at multiples of window_ns on the clock */
	enum options_check check;
	enum options_fail_on fail_on;
	unsigned int enable;	/* a set of enum enable_what */
	enum options_interim interim;
	bool events;		/* write a line for each event, and count nothing */
	bool snapshot;
	const char *state;	/* the file a snapshot is compared with; NULL: none */
	unsigned int changes;	/* with state: a set of enum change_what, those to print */
	uint32_t change_share;	/* print CHANGE_CHANGED only from this share on; see flow/change.h */
	bool strict;		/* a partial window makes the exit status 4 */
	bool conntrack;		/* count connections */
	uint16_t groups[OPTIONS_MAX_GROUPS];	/* of NFLOG, host order */
	/* For each group: packets whose fate the rules do not show are assumed to be let go
	 * (true) or dropped (false). */
	bool group_accepts[OPTIONS_MAX_GROUPS];
	size_t n_groups;
	bool kernel_drops;	/* count packets that the kernel drops */
	struct drop_reasons drop_reasons;	/* for one of these reasons */
	bool rules;		/* read the counters of rules that drop */
	uint64_t sockets;	/* read sockets; so many have records. 0: none is read */
	bool auto_groups;	/* also groups to which rules that drop log */
	const char *read;	/* file of events that are read instead of the kernel's; NULL: none */
	/* With read: addresses that are this host's, network order, IPv4 as v4-mapped. */
	__u8 own[OPTIONS_MAX_OWN][16];
	size_t n_own;
	struct seed seed;	/* with read: what ids and the name of the run are made of */
	int verbosity;		/* enum log_level */
};

/* Read the command line into *opts. Errors are one line on standard error that
 * names the option and the value. */
enum options_result options_parse(struct options *opts, int argc, char *argv[]);

#endif
