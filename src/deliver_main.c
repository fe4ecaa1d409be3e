/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/log.h"
#include "cli/standard.h"
#include "deliver/modes.h"
#include "deliver/options.h"

int main(int argc, char *argv[])
{
	struct deliver_options opts;
	enum options_result result;

	standard_descriptors();
	result = deliver_options_parse(&opts, argc, argv);
	if (result != OPTIONS_RUN)
		return standard_status(result);
	log_level(opts.verbosity);
	return modes_run(&opts);
}
