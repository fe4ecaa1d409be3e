/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <signal.h>

#include "cli/log.h"
#include "cli/options.h"
#include "cli/repeat.h"
#include "cli/standard.h"
#include "pipeline/checking.h"
#include "pipeline/pipeline.h"
#include "pipeline/snapshot.h"

static int run(const struct options *opts)
{
	if (opts->check)
		return checking_run(opts);
	if (opts->read)
		return pipeline_run_recorded(opts);
	return opts->snapshot ? snapshot_run(opts) : pipeline_run(opts);
}

int main(int argc, char *argv[])
{
	enum options_result result;
	struct options opts;
	int status;

	standard_descriptors();
	result = options_parse(&opts, argc, argv);
	if (result != OPTIONS_RUN)
		return standard_status(result);
	log_level(opts.verbosity);
	/* logrotate's script sends SIGHUP to every ctagg (examples/logrotate.d/ctagg). A snapshot and
	 * a check have nothing to open anew, and are soon done. */
	if (opts.check || opts.snapshot)
		signal(SIGHUP, SIG_IGN);
	status = run(&opts);
	repeat_end();
	return status;
}
