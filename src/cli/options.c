/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/options.h"
#include "cli/rows.h"
#include "flow/change.h"

#define NS_PER_S 1000000000ULL

static const struct options defaults = {
	.window_ns = 60 * NS_PER_S,
	.max_flows = 65536,
	.buffer_bytes = 16 << 20,
	.align = true,
	.spool_max_bytes = 1 << 30,
	.conntrack = true,
	.changes = CHANGES_ALL,
};

enum options_result options_parse(struct options *opts, int argc, char *argv[])
{
	*opts = defaults;
	opts->spec = flow_spec_default;
	return program_parse(&ctagg_program, opts, argc, argv);
}
