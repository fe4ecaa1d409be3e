/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/log.h"
#include "cli/repeat.h"
#include "cli/standard.h"
#include "deliver/modes.h"
#include "deliver/options.h"

int main(int argc, char *argv[])
{
	struct deliver_options opts;
	enum options_result result;
	int status;

	standard_descriptors();
	result = deliver_options_parse(&opts, argc, argv);
	if (result != OPTIONS_RUN)
		return standard_status(result);
	log_level(opts.verbosity);
	status = modes_run(&opts);
	repeat_end();
	return status;
}
