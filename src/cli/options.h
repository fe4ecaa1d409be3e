/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_OPTIONS_H
#define CTAGG_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/key.h"
#include "flow/select.h"
#include "table/top.h"

enum options_table {
	OPTIONS_TABLE_AUTO,	/* in the kernel where that works */
	OPTIONS_TABLE_BPF,
	OPTIONS_TABLE_HASH,
};

enum options_check {
	OPTIONS_NO_CHECK,
	OPTIONS_CHECK,
	OPTIONS_CHECK_JSON,
};

#define OPTIONS_MAX_GROUPS 64

#define OPTIONS_MAX_LEVELS 8

/* What the command line asks for. Strings are the caller's argv. */
struct options {
	uint64_t window_ns;
	/* Longer windows, each a multiple of the one before, from the second of -w on. */
	uint64_t level_ns[OPTIONS_MAX_LEVELS];
	size_t n_levels;
	uint64_t top;		/* flows to keep apart in the output; 0: all */
	enum top_by top_by;
	bool top_default;	/* --top was given without a counter */
	unsigned int early_close;	/* percent of the table; 0: never */
	uint64_t count;		/* windows to write; 0 is no limit */
	const char *output;	/* NULL: standard output */
	const char *netns;	/* NULL: our own */
	uint32_t max_flows;
	enum options_table table;
	size_t buffer_bytes;
	struct flow_spec spec;		/* the key */
	struct flow_select select;
	bool align;
	enum options_check check;
	unsigned int enable;	/* a set of enum enable_what */
	bool interim;
	bool snapshot;
	const char *state;	/* of the snapshot; NULL: do not compare */
	bool conntrack;
	uint16_t groups[OPTIONS_MAX_GROUPS];	/* NFLOG groups */
	/* of each: where it cannot be known, its packets were let go */
	bool group_accepts[OPTIONS_MAX_GROUPS];
	size_t n_groups;
	int verbosity;		/* enum log_level */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,	/* --help or --version has been printed: exit 0 */
	OPTIONS_WRONG,	/* the error has been printed: exit 2 */
	OPTIONS_FAILED,	/* so has this one: exit 1 */
};

/* Read the command line into *opts. Errors are one line on standard error that
 * names the option and the value. */
enum options_result options_parse(struct options *opts, int argc, char *argv[]);

#endif
