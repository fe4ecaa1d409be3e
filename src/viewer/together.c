/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stddef.h>

#include "cli/log.h"
#include "cli/selection.h"
#include "viewer/options.h"
#include "viewer/together.h"

const struct option_pair viewer_pairs[] = {
	{ "follow", "report table csv", "a folder is followed by the live view" },
	{ "report", "table csv", "a run writes one or the other" },
	{ "table", "csv", "a run prints one or the other" },
	{ "csv", "group sort top names", "--csv prints each flow as it comes, with what its record says" },
	{ "report", "group sort names", "a report has a table for each group, sorted by what it is about" },
	{ 0 },
};

enum options_result viewer_together(const struct option_program *p, void *to,
				    const bool given[OPTIONS_MAX_ROWS])
{
	const struct viewer_options *opts = to;
	struct refusal message;

	(void)p, (void)given;
	if (opts->follow && opts->files.n)
		log_error("%s: --follow=%s is read, and no file beside it; leave one of them out",
			  opts->files.list[0], opts->follow);
	else if (opts->top && !opts->table && !opts->report)
		log_error("--top: says how many rows a table has; add --table or --report=FILE");
	else if (options_selection(&opts->select, &message))
		log_error("%s", message.why);
	else
		return OPTIONS_RUN;
	return OPTIONS_WRONG;
}
